"""The charts of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from skillopt.core.figures import count, percent, points
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.report.values import Spend, Step
from skillopt.pages.charts.svg import colour, drawing, svg_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 860
"""Pixels of a chart as wide as the page."""


def sealed_chart(sealed: SealedTest, *, name: str = "sealed") -> Markup:
    """The difference with its interval, beside no difference at all."""
    tint = "good" if sealed.low > 0 else "bad" if sealed.high < 0 else "unsure"
    low, middle, high = (100 * value for value in (sealed.low, sealed.difference, sealed.high))
    with drawing(name, WIDTH, 120) as figure:
        axes = figure.add_axes((0.02, 0.36, 0.96, 0.6))
        reach = max(5.0, abs(low), abs(high)) * 1.12
        axes.set(xlim=(min(-0.25 * reach, low * 1.15), max(0.25 * reach, high * 1.15)), ylim=(0, 1))
        _bare(axes)
        axes.axvline(0, color=colour("strong-line"), lw=1.5, ls=(0, (4, 3)))
        axes.annotate("no difference", (0, 0.93), xytext=(6, 0), textcoords="offset points",
                      color=colour("muted"), va="center", fontsize=12)  # fmt: skip
        axes.plot([low, high], [0.42, 0.42], color=colour(tint), lw=5, solid_capstyle="butt")
        for end in (low, high):
            axes.plot([end, end], [0.28, 0.56], color=colour(tint), lw=3)
        axes.plot([middle], [0.42], "o", ms=15, mfc=colour(tint), mec=colour("ground"), mew=2)
        axes.annotate(f"{points(sealed.difference)} points", (middle, 0.42), xytext=(0, 15),
                      textcoords="offset points", ha="center", fontsize=15)  # fmt: skip
        axes.set_xlabel("difference in points, last version minus first", fontsize=12)
        axes.xaxis.set_major_formatter(lambda value, _: points(value / 100).replace(".0", ""))
        says = (
            f"Difference {points(sealed.difference)} points, 95 % interval from "
            f"{points(sealed.low)} to {points(sealed.high)}, on {count(sealed.tasks, 'test task')}."
        )
        return svg_of(figure, name=name, title="The sealed test with its interval", says=says)


_FEW = 30
"""Candidates of one verdict up to which their marks are large."""
_MARKS = {"accepted": ("o", "good"), "rejected": ("x", "bad"), "inconclusive": ("^", "unsure")}


def path_chart(steps: Sequence[Step], *, name: str = "path") -> Markup | None:
    """The score over rounds; None where nothing was measured."""
    known = [value for step in steps for value in (step.before, step.score) if value is not None]
    if not steps or not known:
        return None
    with drawing(name, WIDTH, 300) as figure:
        axes = figure.add_axes((0.065, 0.17, 0.92, 0.7))
        _line(axes, steps)
        for outcome, (mark, tint) in _MARKS.items():
            _candidates(axes, [s for s in steps if s.outcome == outcome], mark, tint, outcome)
        untested = [step.number for step in steps if step.score is None]
        values = [*known, *(s.low for s in steps if s.low is not None),
                  *(s.high for s in steps if s.high is not None)]  # fmt: skip
        low, high = max(0.0, min(values)), min(1.0, max(values))
        room = max(0.02, 0.08 * (high - low))
        bottom = low - room
        if untested:
            axes.plot(untested, [bottom + 0.4 * room] * len(untested), "|", ms=9, mew=1.5,
                      color=colour("muted"), label="refused before the gate")  # fmt: skip
        axes.set(xlim=(0, len(steps) + 0.6), ylim=(bottom, high + room))
        axes.locator_params(axis="x", integer=True)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.grid(axis="y")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("round")
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=5, borderaxespad=0,
                    handletextpad=0.4, columnspacing=1.4, fontsize=12)  # fmt: skip
        return svg_of(figure, name=name, title="Score by round", says=_path_said(steps))


def _line(axes: Axes, steps: Sequence[Step]) -> None:
    """The version that the run has at each moment; a step at each acceptance."""
    levels = [steps[0].before, *(step.after for step in steps)]
    places = [0, *(step.number for step in steps)]
    kept = [(x, y) for x, y in zip(places, levels, strict=True) if y is not None]
    if kept:
        across, up = zip(*[*kept, (len(steps) + 0.6, kept[-1][1])], strict=True)
        axes.step(across, up, where="post", color=colour("mark"), lw=2, label="incumbent")


def _candidates(axes: Axes, steps: Sequence[Step], mark: str, tint: str, label: str) -> None:
    shown = [(step.number, step.score) for step in steps if step.score is not None]
    if not shown:
        return
    for step in steps:
        if step.low is not None and step.high is not None:
            ends = [max(0.0, step.low), min(1.0, step.high)]
            axes.plot([step.number] * 2, ends, color=colour(tint), lw=2, alpha=0.75)
    filled, few = label == "accepted", len(steps) <= _FEW
    across, up = zip(*shown, strict=True)
    axes.plot(across, up, mark,
              ms=9 if few else 6, mew=2 if few else 1.5,
              mfc=colour(tint if filled else "ground"), mec=colour(tint),
              ls="none", label=label)  # fmt: skip


def _path_said(steps: Sequence[Step]) -> str:
    first, last = steps[0].before, steps[-1].after
    counts = {name: sum(step.outcome == name for step in steps) for name in _MARKS}
    told = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    return (
        f"{count(len(steps), 'round')}: {told}. The incumbent's score on validation tasks goes "
        f"from {percent(first)} to {percent(last)}. The table below has every round."
    )


def spend_chart(spend: Spend, *, name: str = "spend") -> Markup | None:
    """Tokens by role and purpose; calls where no tokens are known; None where nothing was paid."""
    unit: Callable[[Any], int] = lambda usage: usage.tokens  # noqa: E731
    label = "tokens"
    if not any(row.usage.tokens for row in spend.rows):
        unit, label = (lambda usage: usage.calls), "calls"
    rows = [row for row in spend.rows if unit(row.usage)]
    if not rows:
        return None
    amounts = [unit(row.usage) for row in rows]
    height = 34 * len(rows) + 10
    with drawing(name, WIDTH, height) as figure:
        axes = figure.add_axes((0.3, 0.0, 0.56, 1.0))
        places = range(len(rows))
        axes.barh(places, amounts, height=0.62, color=colour("pass"))
        for place, amount in zip(places, amounts, strict=True):
            axes.annotate(f"{amount:,}", (amount, place), xytext=(6, 0), fontsize=12,
                          textcoords="offset points", va="center")  # fmt: skip
        axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(0, max(amounts)), xticks=[])
        axes.set_yticks(places, [f"{row.role}: {row.purpose}" for row in rows], fontsize=12)
        axes.tick_params(axis="y", length=0, labelcolor=colour("ink"))
        axes.spines["bottom"].set_visible(False)
        most = max(zip(amounts, rows, strict=True), key=lambda pair: pair[0])[1]
        says = f"{sum(amounts):,} {label} in all; the largest part: {most.role}, {most.purpose}."
        return svg_of(figure, name=name, title=f"Spend by role, in {label}", says=says)


def _bare(axes: Axes) -> None:
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
