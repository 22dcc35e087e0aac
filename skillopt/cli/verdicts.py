"""A verdict in full: its numbers, the candidate's cost, and the tasks."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.cli.output import count, one_line
from skillopt.cli.tables import Column, table_lines
from skillopt.cli.terminal import printable
from skillopt.core.content.finding import Finding
from skillopt.core.figures import points
from skillopt.core.gate import PairedTask, Verdict
from skillopt.core.gate.measure_words import TITLES, told_measure
from skillopt.core.proposals.leak import Leak

PAIR_COLUMNS = (
    Column("incumbent", right=True),
    Column("candidate", right=True),
    Column("task"),
)


def told_numbers(verdict: Verdict) -> tuple[str, ...]:
    """Gain and effort, then length, cost and time, then what to know of single tasks."""
    gain = "n/a" if verdict.gain is None else f"{points(verdict.gain)} points"
    p_value = "" if verdict.p_value is None else f", p = {verdict.p_value:.4f}"
    tasks, rollouts = count(verdict.tasks_seen, "task"), count(verdict.rollouts, "rollout")
    effort = f"{tasks} in pass {verdict.passes}, {rollouts}"
    return (
        f"  gain on validation tasks {gain}{p_value}; {effort}",
        *(f"  {TITLES[measure.name]}: {told_measure(measure)}" for measure in verdict.measures),
        *(f"  note: {printable(note)}" for note in verdict.notes),
    )


def told_leaks(found: Sequence[Leak]) -> tuple[str, ...]:
    """What a hand-written edit carries of tasks and checks: it is tested all the same."""
    return tuple(
        f"warning: {printable(text)}" for text in dict.fromkeys(leak.text for leak in found)
    )


def told_content(found: Sequence[Finding]) -> tuple[str, ...]:
    """What the content policy has found, and what that means."""
    meaning = {"warn": "warning", "hold": "held for a person", "refuse": "refused", "allow": ""}
    return tuple(f"{meaning[one.action]}: {printable(one.text)}" for one in found)


def told_table(verdict: Verdict) -> tuple[str, ...]:
    """The paired results of every validation task."""
    rows = [
        (_score(pair.incumbent), _score(pair.candidate), one_line(pair.task))
        for pair in verdict.pairs
    ]
    return table_lines(PAIR_COLUMNS, rows, report=True)


def changed(pair: PairedTask) -> bool:
    """Whether the two versions scored differently on the task."""
    return None not in (pair.incumbent, pair.candidate) and pair.incumbent != pair.candidate


def _score(score: float | None) -> str:
    return "n/a" if score is None else f"{score:.2f}"
