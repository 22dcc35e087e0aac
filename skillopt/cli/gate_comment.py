"""`skillopt gate --markdown`: the verdicts as a comment for a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from skillopt.cli.output import count
from skillopt.cli.verdicts import changed
from skillopt.core.figures import margin_points, points
from skillopt.core.gate.measure_words import TITLES, told_measure

if TYPE_CHECKING:
    from skillopt.app.gate_changes import GatedChanges, GatedSkill
    from skillopt.app.single_edit import GatedEdit
    from skillopt.core.gate import NoWorse, PairedTask, Verdict
    from skillopt.core.gate.difference import Difference

_SPECIAL = re.compile(r"([\\`*_\[\]~#>])")


def comment(gated: GatedEdit, *, spent: str) -> str:
    """GitHub-flavoured Markdown: verdict, numbers, the tasks that changed, the power line.

    Args:
        gated: the gate's word.
        spent: calls, tokens and money in words.
    """
    verdict = gated.verdict
    parts = [
        f"### skillopt gate: {gated.outcome.value} ({plain(gated.skill)})",
        plain(verdict.reason) + ".",
        "\n".join(_numbers(gated, spent)),
        *(f"**Note:** {plain(note)}." for note in verdict.notes),
        *(["**Note:** the target judged itself."] if gated.self_judged else []),
        _tasks(verdict),
        f"{plain(gated.power.text)}",
        *(f"**Warning:** {plain(warning)}." for warning in gated.power.warnings),
        *(f"**Warning:** {plain(text)}." for text in _warnings(gated)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


MARK = "<!-- skillopt gate -->"
"""First line of a comment on several skills, by which a later run finds its own."""
MOST_CHARS = 60_000
"""GitHub takes comments of 65,536 characters."""
MOST_ROWS = 100
"""Tasks in one table."""


def comment_on_all(found: GatedChanges, *, spent: Callable[[GatedEdit], str]) -> str:
    """One comment on every skill that has changed: a table, then a section for each verdict.

    Args:
        found: the verdicts.
        spent: calls, tokens and money of one of them in words.
    """
    against = f"{plain(found.ref)} (`{found.base[:12]}`)"
    if not found.skills:
        return f"{MARK}\n### skillopt gate: no skill has changed since {against}\n"
    head = "failed" if found.failed else found.outcome.value if found.verdicts else "nothing tested"
    rows = ["| skill | verdict | gain | p-value |", "|---|---|--:|--:|"]
    rows += [_in_one_row(one) for one in found.skills]
    parts = [f"{MARK}\n## skillopt gate: {head}, against {against}", "\n".join(rows)]
    length = sum(map(len, parts))
    for one in found.verdicts:
        section = comment(one, spent=spent(one)).rstrip("\n")
        length += len(section)
        if length > MOST_CHARS:
            parts.append("The other verdicts do not fit into a comment; the ledger has them.")
            break
        parts.append(section)
    return "\n\n".join(parts) + "\n"


def comment_on_failure(message: str) -> str:
    """The comment where there is no verdict at all.

    Args:
        message: what went wrong.
    """
    says = "There is no verdict on the skills as they are now; see the log of the job."
    return f"{MARK}\n## skillopt gate: failed\n\n{plain(message)}.\n\n{says}\n"


def _in_one_row(one: GatedSkill) -> str:
    moved = "" if one.before is None else f" (was {plain(one.before)})"
    name = f"{plain(one.path)}{moved}"
    if one.gated is None:
        said = (
            f"failed: {plain(one.failed)}" if one.failed else f"skipped: {plain(one.skipped or '')}"
        )
        return f"| {name} | {said} | | |"
    verdict = one.gated.verdict
    return f"| {name} | **{one.gated.outcome.value}** | {_gain(verdict)} | {_p_value(verdict)} |"


def _warnings(gated: GatedEdit) -> tuple[str, ...]:
    carried = (*(leak.text for leak in gated.leaks), *(one.text for one in gated.content))
    return tuple(dict.fromkeys([*gated.warnings, *carried]))


def plain(text: str) -> str:
    """``text`` as Markdown that shows it and does nothing else: no markup, no mention, no row."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    marked = _SPECIAL.sub(r"\\\1", html.escape(shown, quote=False).replace("&gt;", ">"))
    return marked.replace("|", "&#124;").replace("@", "&#64;")


def _numbers(gated: GatedEdit, spent: str) -> list[str]:
    verdict = gated.verdict
    found = gated.difference
    rows = [
        ("versions", f"`{gated.old[:12]}` → `{gated.new[:12]}`"),
        ("gain on validation tasks", _gain(verdict)),
        *([("difference where both ran", _difference(found))] if found else []),
        *([("margin", _margin(verdict.no_worse))] if verdict.no_worse else []),
        ("p-value", _p_value(verdict)),
        ("evidence", f"{count(verdict.tasks_seen, 'task')} in pass {verdict.passes}"),
        ("rollouts", f"{verdict.rollouts}"),
        *((TITLES[measure.name], told_measure(measure)) for measure in verdict.measures),
        ("spent", spent),
        ("ledger", f"run `{gated.run}`"),
    ]
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]


def _gain(verdict: Verdict) -> str:
    return "n/a" if verdict.gain is None else f"{points(verdict.gain)} points"


def _p_value(verdict: Verdict) -> str:
    return "n/a" if verdict.p_value is None else f"{verdict.p_value:.4f}"


def _difference(found: Difference) -> str:
    limits = f"95 % interval [{points(found.low)}, {points(found.high)}]"
    return f"{points(found.mean)} points, {limits}, {count(found.tasks, 'task')}"


def _margin(found: NoWorse) -> str:
    limits = f"[{points(found.low)}, {points(found.high)}]"
    asked = f"no worse than {margin_points(found.points)} points"
    return f"{asked}; {100 * found.within:.3g} % interval {limits}"


def _tasks(verdict: Verdict) -> str:
    """The tasks that changed and no others, those that changed most first, in a fold."""
    ran = [pair for pair in verdict.pairs if pair.candidate is not None]
    if not ran:
        return ""
    differ = sorted(filter(changed, ran), key=lambda pair: -abs(_change(pair)))
    summary = f"{len(differ)} of {count(len(ran), 'task')} changed"
    if not differ:
        return summary + "."
    head = ["| task | old | new | runs |", "|---|--:|--:|--:|"]
    rows = [*map(_row, differ[:MOST_ROWS])]
    if len(differ) > MOST_ROWS:
        rows.append(f"| and {count(len(differ) - MOST_ROWS, 'more task')} | | | |")
    inside = "\n".join([*head, *rows])
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"


def _change(pair: PairedTask) -> float:
    return (pair.candidate or 0.0) - (pair.incumbent or 0.0)


def _row(pair: PairedTask) -> str:
    scores = [f"{score:.2f}" if score is not None else "n/a" for score in _pair(pair)]
    return f"| {plain(pair.task)} | {scores[0]} | {scores[1]} | {pair.candidate_runs} |"


def _pair(pair: PairedTask) -> tuple[float | None, float | None]:
    return pair.incumbent, pair.candidate
