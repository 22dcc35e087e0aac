"""The ablation bench's figure: a forest plot of paired differences, as SVG with a text alternative."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from tests.benchmarks.ablation_report import MEASURES, Measure, Row, shown

NAMES, PANEL, GAP, LINE, TOP, BOTTOM = 170, 190, 40, 24, 56, 34
MARGIN = 8
"""Pixels inside a panel on both sides."""


def figure(rows: Sequence[Row], title: str) -> str:
    """One panel a measure, one line a mechanism: the mean as a dot, the interval as a bar."""
    width = NAMES + len(MEASURES) * (PANEL + GAP)
    height = TOP + LINE * len(rows) + BOTTOM
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img"',
        ' aria-labelledby="title alternative" font-family="sans-serif" font-size="12">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="alternative">{escape(alternative(rows))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        _text(MARGIN, 18, title, anchor="start", weight="bold"),
    ]
    for at, row in enumerate(rows):
        parts.append(_text(NAMES - MARGIN, _middle(at) + 4, row.mechanism.name, anchor="end"))
    for at, measure in enumerate(MEASURES):
        parts += _panel(rows, measure, left=NAMES + at * (PANEL + GAP))
    return "\n".join([*parts, "</svg>"]) + "\n"


def alternative(rows: Sequence[Row]) -> str:
    """The figure in words."""
    lines = ["On less off, mean and 95 % interval."]
    for row in rows:
        cells = (f"{one.title} {shown(row.differences[one.field], one.digits)}" for one in MEASURES)
        lines.append(f"{row.mechanism.name}: {'; '.join(cells)}.")
    return " ".join(lines)


def reach(rows: Sequence[Row], measure: Measure) -> float:
    """The largest distance from zero that a panel has to show."""
    ends = (abs(end) for row in rows for end in row.differences[measure.field])
    return max((end for end in ends if not math.isnan(end)), default=0.0) or 1.0


def _panel(rows: Sequence[Row], measure: Measure, *, left: int) -> Iterator[str]:
    far = reach(rows, measure)
    scale = (PANEL / 2 - MARGIN) / far
    zero = left + PANEL / 2
    bottom = TOP + LINE * len(rows)
    yield _text(zero, TOP - 14, measure.title)
    yield f'<rect x="{left}" y="{TOP}" width="{PANEL}" height="{bottom - TOP}" fill="#f6f6f6"/>'
    yield _stroke(zero, TOP, zero, bottom, colour="#999")
    for value in (-far, 0.0, far):
        label = f"{value:+.{measure.digits}f}" if value else "0"
        yield _text(zero + value * scale, bottom + 16, label)
    for at, row in enumerate(rows):
        one = row.differences[measure.field]
        colour = "#0b5394" if one.sign else "#777"
        if not math.isnan(one.low):
            low, high = (zero + end * scale for end in (one.low, one.high))
            yield _stroke(low, _middle(at), high, _middle(at), colour=colour)
        x = zero + one.mean * scale
        yield f'<circle cx="{x:.1f}" cy="{_middle(at)}" r="4" fill="{colour}"/>'


def _middle(at: int) -> int:
    return TOP + LINE * at + LINE // 2


def _text(x: float, y: float, text: str, *, anchor: str = "middle", weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-weight="{weight}">'
        f"{escape(text)}</text>"
    )


def _stroke(x1: float, y1: float, x2: float, y2: float, *, colour: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" stroke="{colour}"'
        ' stroke-width="2"/>'
    )
