"""The figure of `gate_limit.py`: gain against rollouts, as SVG with a text alternative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from tests.benchmarks.gate_limit_report import Row

COLUMNS, PANEL, HEIGHT, GAP, TOP, LEFT, BOTTOM = 3, 230, 170, 46, 64, 48, 36
MARGIN = 10
"""Pixels inside a panel."""
COLOURS = {
    "optimal": "#0b5394",
    "optimal, fewer errors": "#6fa8dc",
    "optimal, fewest errors": "#9fc5e8",
    "from the prior alone": "#666",
    "balanced": "#b45f06",
    "explore": "#e69138",
    "strict": "#38761d",
    "1 SE": "#93c47d",
}


class Scale(NamedTuple):
    """From points of gain and rollouts to pixels."""

    left: float
    top: float
    most_rollouts: float
    most_gain: float

    def x(self, rollouts: float) -> float:
        return self.left + MARGIN + rollouts / self.most_rollouts * (PANEL - 2 * MARGIN)

    def y(self, gain: float) -> float:
        return self.top + HEIGHT - MARGIN - gain / self.most_gain * (HEIGHT - 2 * MARGIN)


def figure(rows: Sequence[Row], title: str) -> str:
    """One panel a number of tasks: curves of the optimal rule, points of the others."""
    shown = [row for row in rows if row.rule != "ceiling"]
    sizes = sorted({row.tasks for row in shown})
    width = LEFT + min(COLUMNS, len(sizes)) * (PANEL + GAP)
    height = TOP + -(-len(sizes) // COLUMNS) * (HEIGHT + BOTTOM + GAP)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"',
        ' aria-labelledby="title alternative" font-family="sans-serif" font-size="11">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="alternative">{escape(alternative(shown))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(MARGIN, 18, f"{title}: gain in points, up, and rollouts, right", weight="bold"),
        *_legend(sorted({curve_of(row) for row in shown}, key=list(COLOURS).index)),
    ]
    for at, tasks in enumerate(sizes):
        left = LEFT + at % COLUMNS * (PANEL + GAP)
        top = TOP + at // COLUMNS * (HEIGHT + BOTTOM + GAP) + 20
        parts += _panel([row for row in shown if row.tasks == tasks], left=left, top=top)
    return "\n".join([*parts, "</svg>"]) + "\n"


def curve_of(row: Row) -> str:
    """The curve that a point belongs to."""
    if row.rule == "prior alone":
        return "from the prior alone"
    if row.rule != "optimal" or not row.useless_price:
        return row.rule
    return "optimal, fewest errors" if row.useless_price > 0.01 else "optimal, fewer errors"


def alternative(rows: Sequence[Row]) -> str:
    """The figure in words."""
    lines = []
    for row in rows:
        where = f"{row.tasks} tasks, {curve_of(row)}"
        lines.append(f"{where}: {100 * np.mean(row.gain):.1f} points, {row.rollouts_mean:.0f}.")
    return "Gain and rollouts by rule. " + " ".join(lines)


def _panel(rows: Sequence[Row], *, left: float, top: float) -> Iterator[str]:
    most = max(row.rollouts_mean for row in rows)
    gains = [100 * float(np.mean(row.gain)) for row in rows]
    across, up = ticks(most), ticks(max(1.0, *gains))
    scale = Scale(left, top, max(most, across[-1]), max(*gains, up[-1]) / 100)
    yield f'<rect x="{left}" y="{top}" width="{PANEL}" height="{HEIGHT}" fill="#f6f6f6"/>'
    yield _text(left, top - 6, f"{rows[0].tasks} tasks", weight="bold")
    for rollouts in across:
        yield _text(scale.x(rollouts), top + HEIGHT + 14, f"{rollouts:,}", anchor="middle")
    for gain in up:
        yield _text(left - 4, scale.y(gain / 100) + 4, f"{gain}", anchor="end")
    for curve, colour in COLOURS.items():
        points = sorted(
            (row.rollouts_mean, float(np.mean(row.gain))) for row in rows if curve_of(row) == curve
        )
        places = [(scale.x(rollouts), scale.y(max(0.0, gain))) for rollouts, gain in points]
        if curve.startswith("optimal"):
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'


def ticks(most: float) -> list[int]:
    """Round figures from 0 on, the last of them not above ``most``: at most five."""
    power = 10 ** max(0, len(str(int(most))) - 2)
    step = next(size * power for size in (1, 2, 5, 10, 20, 50) if most < 5 * size * power)
    return list(range(0, int(most) + 1, step))


def _legend(curves: Sequence[str]) -> Iterator[str]:
    x = float(MARGIN)
    for curve in curves:
        yield f'<circle cx="{x + 4:.1f}" cy="36" r="4" fill="{COLOURS[curve]}"/>'
        yield _text(x + 12, 40, curve)
        x += 24 + 6.2 * len(curve)


def _text(x: float, y: float, text: str, *, anchor: str = "start", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )
