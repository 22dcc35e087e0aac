"""Tasks by versions: what a cell says is its height first, and its colour second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from skillopt.core.figures import count
from skillopt.core.report.values import Group, HeatMap
from skillopt.pages.charts.svg import colour, drawing, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUPS: dict[Group, str] = {
    "fixed": "fixed",
    "broken": "broken",
    "changed": "changed in part",
    "failing": "not passed",
    "passing": "passed throughout",
    "unknown": "never evaluated",
}
_LEFT, _RIGHT, _BOTTOM, _WIDTH = 126.0, 8.0, 30.0, 860.0
_GAP = 10.0
"""Pixels between two groups."""
_LINE, _LETTER = 17.0, 7.4
"""Pixels of a heading's line, and of a letter in it, roughly."""
_MOST_HEIGHT = 720.0
_TALLEST, _LOWEST = 22.0, 6.0
_LABELS = 12.0
"""Pixels of a row from which on each has its label."""


class Look(NamedTuple):
    """How a cell is drawn."""

    share: float
    """Of the row's height, from its foot."""
    colour: str


LOOKS = {"P": Look(0.86, "pass"), "H": Look(0.5, "part"), "F": Look(0.2, "fail")}


class _Layout(NamedTuple):
    row: float
    """Pixels of a row."""
    column: float
    """Pixels of a task; less than 1 where they are many."""
    top: float
    """Where the first row begins, below the headings."""


def heat_chart(heat: HeatMap, *, name: str = "heat") -> Markup:
    """Versions downwards, tasks across, in groups."""
    rows, tasks = len(heat.versions), len(heat.rows)
    gap = _GAP * (len(_groups(heat)) - 1)
    column = min(26.0, (_WIDTH - _LEFT - _RIGHT - gap) / tasks)
    levels = _levels(_groups(heat), column)
    layout = _Layout(
        row=max(_LOWEST, min(_TALLEST, _MOST_HEIGHT / rows)),
        column=column,
        top=_LINE * (max(levels) + 1) + 10,
    )
    height = layout.top + _BOTTOM + rows * layout.row
    with drawing(name, _WIDTH, height) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
        axes.axis("off")
        left = _LEFT
        for (group, start, end), level in zip(_groups(heat), levels, strict=True):
            up = layout.top - 8 - _LINE * level
            axes.plot([left, left], [up - 4, layout.top], color=colour("strong-line"), lw=1)
            axes.text(left + 4, up, _heading(group, end - start), fontsize=12, va="center")
            _rows(axes, heat, layout, span=(start, end), left=left)
            left += (end - start) * layout.column + _GAP
        _labels(axes, heat, layout)
        _legend(axes, height)
        return svg_of(figure, name=name, title="Validation tasks by versions", says=_said(heat))


def _groups(heat: HeatMap) -> list[tuple[Group, int, int]]:
    """Each group with the places of its first task and of the one after its last."""
    found: list[tuple[Group, int, int]] = []
    for place, row in enumerate(heat.rows):
        if found and found[-1][0] == row.group:
            found[-1] = (row.group, found[-1][1], place + 1)
        else:
            found.append((row.group, place, place + 1))
    return found


def _heading(group: Group, tasks: int) -> str:
    return f"{GROUPS[group]} {tasks:,}"


def _levels(groups: Sequence[tuple[Group, int, int]], column: float) -> list[int]:
    """The line of each heading, from the foot: above those that it would run into."""
    found: list[int] = []
    ends: list[float] = []
    left = 0.0
    for group, start, end in groups:
        width = (end - start) * column + _GAP
        needs = _LETTER * len(_heading(group, end - start)) + 8
        level = 0 if needs <= width else 1
        while level < len(ends) and ends[level] > left:
            level += 1
        ends += [0.0] * (level + 1 - len(ends))
        ends[level] = left + needs
        found.append(level)
        left += width
    return found


def _rows(
    axes: Axes, heat: HeatMap, layout: _Layout, *, span: tuple[int, int], left: float
) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    lines: dict[str, list[tuple[float, float]]] = {state: [] for state in (*LOOKS, "?", ".")}
    slim = 1.0 if layout.column >= 6 else 0.0  # noqa: PLR2004 - narrower cells have no gap
    for at in range(len(heat.versions)):
        foot = layout.top + (at + 1) * layout.row
        for state, start, end in _runs(heat, at, span, merged=not slim):
            look = LOOKS.get(state)
            middle = foot - layout.row * look.share / 2 if look else foot - layout.row / 2
            lines[state] += [
                (left + (start - span[0]) * layout.column, middle),
                (left + (end - span[0]) * layout.column - slim, middle),
            ]
    for state, places in lines.items():
        if not places:
            continue
        look = LOOKS.get(state, Look(0, "strong-line" if state == "." else "unsure"))
        path = Path(places, [Path.MOVETO, Path.LINETO] * (len(places) // 2))
        axes.add_artist(
            PathPatch(path, fill=False, edgecolor=colour(look.colour), capstyle="butt",
                      linewidth=look.share * layout.row or (0.5 if state == "." else 2),
                      linestyle="-" if state != "?" else (0, (1, 1)))
        )  # fmt: skip


def _runs(
    heat: HeatMap, at: int, span: tuple[int, int], *, merged: bool
) -> Iterator[tuple[str, int, int]]:
    """Neighbouring tasks with the same result, as one."""
    start = span[0]
    for place in range(span[0] + 1, span[1] + 1):
        ends = place == span[1] or heat.rows[place].cells[at] != heat.rows[start].cells[at]
        if ends or not merged:
            yield heat.rows[start].cells[at], start, place
            start = place


def _labels(axes: Axes, heat: HeatMap, layout: _Layout) -> None:
    """Each version's name; where rows are low, that of accepted ones and of every tenth."""
    last = -_LABELS
    for at, version in enumerate(heat.versions):
        middle = layout.top + (at + 0.5) * layout.row
        important = version.outcome == "accepted" or at % 10 == 0
        if middle - last < _LABELS or not (layout.row >= _LABELS or important):
            continue
        text = "first version" if version.number is None else f"{version.number} {version.outcome}"
        tint = {"accepted": "good", "rejected": "bad", "inconclusive": "unsure"}
        axes.text(
            _LEFT - 8, middle, text, ha="right", va="center", fontsize=12,
            color=colour(tint.get(version.outcome or "", "ink")),
        )  # fmt: skip
        last = middle


def _legend(axes: Axes, height: float) -> None:
    foot, left = height - 6, _LEFT
    said = {"P": "passed", "H": "in part", "F": "failed", "?": "no result", ".": "not evaluated"}
    for state, words in said.items():
        look = LOOKS.get(state)
        tall = 14 * look.share if look else 0
        middle = foot - tall / 2 if look else foot - 7
        tint = look.colour if look else "strong-line" if state == "." else "unsure"
        axes.plot([left, left + 16], [middle] * 2, color=colour(tint), solid_capstyle="butt",
                  lw=tall or (0.5 if state == "." else 2),
                  ls="-" if state != "?" else (0, (1, 1)))  # fmt: skip
        axes.text(left + 22, foot - 6, words, fontsize=12, va="center", color=colour("muted"))
        left += 40 + 7.2 * len(words)


def _said(heat: HeatMap) -> str:
    counts = ", ".join(f"{end - start:,} {GROUPS[group]}" for group, start, end in _groups(heat))
    return (
        f"{count(len(heat.rows), 'validation task')} by {count(len(heat.versions), 'version')}: "
        f"{counts}. The table below has every task."
    )
