"""`skillopt gate --markdown`: the verdict as a comment for a pull request."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from skillopt.cli.output import count
from skillopt.cli.verdicts import TITLES, changed, told_measure
from skillopt.core.figures import margin_points, points

if TYPE_CHECKING:
    from skillopt.app.single_edit import GatedEdit
    from skillopt.core.gate import NoWorse, PairedTask, Verdict

_SPECIAL = re.compile(r"([\\`*_\[\]~#>])")


def comment(gated: GatedEdit, *, spent: str) -> str:
    """GitHub-flavoured Markdown: verdict, numbers, the tasks collapsed, the power line.

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
        *(f"**Warning:** {plain(text)}." for text in _carried(gated)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _carried(gated: GatedEdit) -> tuple[str, ...]:
    leaks = (leak.text for leak in gated.leaks)
    return tuple(dict.fromkeys([*leaks, *(one.text for one in gated.content)]))


def plain(text: str) -> str:
    """``text`` as Markdown that shows it and does nothing else: no markup, no mention, no row."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    marked = _SPECIAL.sub(r"\\\1", html.escape(shown, quote=False).replace("&gt;", ">"))
    return marked.replace("|", "&#124;").replace("@", "&#64;")


def _numbers(gated: GatedEdit, spent: str) -> list[str]:
    verdict = gated.verdict
    gain = "n/a" if verdict.gain is None else f"{points(verdict.gain)} points"
    p_value = "n/a" if verdict.p_value is None else f"{verdict.p_value:.4f}"
    rows = [
        ("versions", f"`{gated.old[:12]}` → `{gated.new[:12]}`"),
        ("gain on validation tasks", gain),
        *([("margin", _margin(verdict.no_worse))] if verdict.no_worse else []),
        ("p-value", p_value),
        ("evidence", f"{count(verdict.tasks_seen, 'task')} in pass {verdict.passes}"),
        ("rollouts", f"{verdict.rollouts}"),
        *((TITLES[measure.name], told_measure(measure)) for measure in verdict.measures),
        ("spent", spent),
        ("ledger", f"run `{gated.run}`"),
    ]
    return ["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)]


def _margin(found: NoWorse) -> str:
    limits = f"[{points(found.low)}, {points(found.high)}]"
    asked = f"no worse than {margin_points(found.points)} points"
    return f"{asked}; {100 * found.within:.3g} % interval {limits}"


def _tasks(verdict: Verdict) -> str:
    """The tasks, those that changed first, in a fold."""
    ran = [pair for pair in verdict.pairs if pair.candidate is not None]
    if not ran:
        return ""
    ran.sort(key=lambda pair: -abs((pair.candidate or 0) - (pair.incumbent or 0)))
    rows = [_row(pair) for pair in ran]
    summary = f"{sum(map(changed, ran))} of {count(len(ran), 'task')} changed"
    head = ["| task | old | new | runs |", "|---|--:|--:|--:|"]
    inside = "\n".join([*head, *rows])
    return f"<details><summary>{summary}</summary>\n\n{inside}\n\n</details>"


def _row(pair: PairedTask) -> str:
    scores = [f"{score:.2f}" if score is not None else "n/a" for score in _pair(pair)]
    return f"| {plain(pair.task)} | {scores[0]} | {scores[1]} | {pair.candidate_runs} |"


def _pair(pair: PairedTask) -> tuple[float | None, float | None]:
    return pair.incumbent, pair.candidate
