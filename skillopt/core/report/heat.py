"""Validation tasks by versions: what passed where, and what was never looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import get_args

from skillopt.core.gate.contest import PairedTask
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.report.path import outcome_of
from skillopt.core.report.values import Cell, Group, HeatMap, HeatRow, HeatVersion

_ORDER: dict[str, int] = {group: place for place, group in enumerate(get_args(Group))}


def heat_map(
    record: RunRecord, rounds: Sequence[Round], *, no_result: Collection[tuple[str, str]]
) -> HeatMap | None:
    """The map; None where the gate has compared nothing.

    Args:
        record: the run.
        rounds: its decided rounds.
        no_result: version and task of rollouts that could not be had.
    """
    tested = [round_ for round_ in rounds if round_.decision.verdict is not None]
    if not tested:
        return None
    columns = [(_column(record.first, None), _first_cells(record.first, tested))]
    columns += [
        (
            HeatVersion(
                version=round_.decision.candidate or "",
                number=round_.number,
                outcome=outcome_of(round_),
            ),
            _cells(round_, no_result),
        )
        for round_ in tested
    ]
    tasks = dict.fromkeys(task for _, cells in columns for task in cells)
    line = _line(record, tested)
    rows = [_row(task, columns, line) for task in tasks]
    rows.sort(key=lambda row: (_ORDER[row.group], _natural(row.task)))
    return HeatMap(versions=tuple(version for version, _ in columns), rows=tuple(rows))


def _column(version: str, number: int | None) -> HeatVersion:
    return HeatVersion(version=version, number=number, outcome=None)


def _first_cells(first: str, tested: Sequence[Round]) -> dict[str, Cell]:
    """The first version's results, as the contests against it had them."""
    cells: dict[str, Cell] = {}
    for round_ in tested:
        verdict = round_.decision.verdict
        if verdict is not None and round_.parent == first and round_.against is None:
            for pair in verdict.pairs:
                if cells.get(pair.task, ".") == ".":
                    cells[pair.task] = _cell(pair.incumbent)
    return cells


def _cells(round_: Round, no_result: Collection[tuple[str, str]]) -> dict[str, Cell]:
    verdict, candidate = round_.decision.verdict, round_.decision.candidate
    assert verdict is not None
    lost = {task for version, task in no_result if version == candidate}
    return {pair.task: _of(pair, lost) for pair in verdict.pairs}


def _of(pair: PairedTask, lost: Collection[str]) -> Cell:
    return "?" if pair.candidate is None and pair.task in lost else _cell(pair.candidate)


def _cell(score: float | None) -> Cell:
    if score is None:
        return "."
    return "P" if score >= 1 else "F" if score <= 0 else "H"


def _line(record: RunRecord, tested: Sequence[Round]) -> frozenset[str]:
    """The versions from the first to the one that the run came to."""
    parents = {
        round_.decision.candidate: round_.parent
        for round_ in tested
        if isinstance(round_.decision, AcceptedRound)
    }
    at = record.last or next(reversed(parents), record.first)
    found = {at}
    while at in parents and parents[at] not in found:
        at = parents[at]
        found.add(at)
    return frozenset(found)


def _row(
    task: str,
    columns: Sequence[tuple[HeatVersion, Mapping[str, Cell]]],
    line: frozenset[str],
) -> HeatRow:
    cells = [found.get(task, ".") for _, found in columns]
    accepted = [
        cell
        for (version, _), cell in zip(columns, cells, strict=True)
        if version.number is None or (version.outcome == "accepted" and version.version in line)
    ]
    return HeatRow(task=task, group=_group(accepted), cells="".join(cells))


def _group(cells: Sequence[Cell]) -> Group:
    """From the first version to the last one that the task was run with."""
    known = [cell for cell in cells if cell in "PHF"]
    if not known:
        return "unknown"
    match known[0] == "P", known[-1] == "P":
        case True, True:
            return "passing"
        case False, True:
            return "fixed"
        case True, False:
            return "broken"
        case _:
            return "failing" if known[0] == known[-1] else "changed"


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """A key that puts `t2` before `t10`; no number is read from more than 18 digits."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for char in [*name, ""]:
        if char.isascii() and char.isdigit() and len(digits) < _DIGITS:
            digits += char
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, char))
    return tuple(parts)


_DIGITS = 18
