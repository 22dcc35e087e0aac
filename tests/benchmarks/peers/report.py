"""The tables of the results: means over seeds, and the smallest and the largest gain."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from tests.benchmarks.peers.environments import TOOLS
from tests.benchmarks.peers.runs import Result
from tests.benchmarks.peers.world import SETTINGS

HEADS = (
    *("world", "tool", "seeds", "true gain", "least to most", "claimed", "half", "4/5"),
    *("calls", "asked", "over", "repeats", "repaid", "changed", "CPU s", "wall s"),
)
KILL_HEADS = (
    "world",
    "tool",
    "seeds",
    "killed at",
    "paid again",
    "calls",
    "without",
    "gain",
    "without",
)

BEGIN, END = "<!-- peers: results -->", "<!-- peers: end -->"
"""Between these lines of a page the tables stand."""


def report(results: Sequence[Result]) -> str:
    """Both tables, in Markdown."""
    runs = [_row(world, tool, group) for world, tool, group in _groups(results, "runs")]
    kills = [_kill_row(world, tool, group) for world, tool, group in _groups(results, "kills")]
    return "\n\n".join(
        _table(heads, rows) for heads, rows in ((HEADS, runs), (KILL_HEADS, kills)) if rows
    )


def with_results(page: str, results: Sequence[Result], day: date) -> str:
    """A page with these tables in the place of those between its marks.

    Raises:
        ValueError: the page has no such marks.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the page has no {BEGIN} with {END} after it; add both where tables go")
    said = f"Written on {day.day} {day:%B %Y} by `--write`."
    return f"{before}{begin}\n\n{said}\n\n{report(results)}\n\n{end}{after}"


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """The same, unrounded, with every run."""
    return {
        "runs": [
            {"world": world, "tool": tool, "seeds": len(group), **_means(group)}
            for world, tool, group in _groups(results, "runs")
        ],
        "results": [one.model_dump(mode="json") for one in results],
    }


def _groups(results: Sequence[Result], part: str) -> Iterable[tuple[str, str, list[Result]]]:
    for world in SETTINGS:
        for tool in TOOLS:
            group = [
                one for one in results if (one.part, one.world, one.tool) == (part, world, tool)
            ]
            if group:
                yield world, tool, group


def _means(group: Sequence[Result]) -> dict[str, float]:
    def mean(value: Callable[[Result], float]) -> float:
        return statistics.mean(value(one) for one in group)

    return {
        "gain": 100 * mean(lambda one: one.figures.gain),
        "least": 100 * min(one.figures.gain for one in group),
        "most": 100 * max(one.figures.gain for one in group),
        "claimed": 100 * mean(lambda one: one.figures.claimed),
        "target": mean(lambda one: one.figures.target),
        "optimizer": mean(lambda one: one.figures.optimizer),
        "over": max(one.figures.over for one in group),
        "repeated": mean(lambda one: one.figures.repeated),
        "repaid": mean(lambda one: one.figures.repaid),
        "changed": mean(lambda one: one.figures.changed),
        "cpu": mean(lambda one: one.cpu),
        "wall": mean(lambda one: one.wall),
    }


def _row(world: str, tool: str, group: Sequence[Result]) -> tuple[str, ...]:
    means = _means(group)
    first = group[0].figures
    findable = first.true_best > first.true_first
    return (
        world,
        tool,
        str(len(group)),
        _points(means["gain"]),
        f"{_points(means['least'])} to {_points(means['most'])}",
        _points(means["claimed"]),
        _reached([one.figures.half for one in group]) if findable else "",
        _reached([one.figures.most for one in group]) if findable else "",
        f"{means['target']:.0f}",
        f"{means['optimizer']:.0f}",
        f"{means['over']:.0f}" if TOOLS[tool].bounded else "no limit",
        f"{means['repeated']:.1f}",
        f"{means['repaid']:.0f}",
        f"{means['changed']:.0f}",
        f"{means['cpu']:.1f}",
        f"{means['wall']:.0f}",
    )


def _kill_row(world: str, tool: str, group: Sequence[Result]) -> tuple[str, ...]:
    kills = [one.killed for one in group if one.killed]
    means = [
        statistics.mean(values)
        for values in zip(
            *((one.at, one.again, one.calls, one.without) for one in kills), strict=True
        )
    ]
    gains = [100 * statistics.mean(one.gain for one in kills)]
    gains += [100 * statistics.mean(one.gain_without for one in kills)]
    numbers = (*(f"{mean:.0f}" for mean in means), *map(_points, gains))
    return (world, tool, str(len(kills)), *numbers)


def _reached(calls: Sequence[int | None]) -> str:
    """The median of calls, where at least half got there, and how many did."""
    there = sorted(one for one in calls if one is not None)
    middle = (len(calls) - 1) // 2
    shown = str(there[middle]) if len(there) > middle else "-"
    return f"{shown} ({len(there)} of {len(calls)})"


def _points(value: float) -> str:
    return f"{value:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)
