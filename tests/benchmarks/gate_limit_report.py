"""The table of `gate_limit.py`: each gate beside the optimal rule at the same rollouts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Row(NamedTuple):
    """One point, with one entry a run in each column."""

    world: str
    tasks: int
    rule: str
    useless_price: float
    price: float
    gain: list[float]
    rollouts: list[float]
    useless: list[float]
    useless_accepted: list[float]
    harmful: list[float]
    harmful_accepted: list[float]
    worse: list[float]

    @property
    def rollouts_mean(self) -> float:
        return float(np.mean(self.rollouts))

    @property
    def useless_share(self) -> float:
        """Accepted among edits that do not improve."""
        return sum(self.useless_accepted) / max(1.0, sum(self.useless))

    @property
    def harmful_share(self) -> float:
        """Accepted among edits that harm by a point or more."""
        return sum(self.harmful_accepted) / max(1.0, sum(self.harmful))


class Share(NamedTuple):
    """A gate's gain as a share of another rule's, with a 95 % interval."""

    value: float
    half: float


def report(rows: Sequence[Row]) -> str:
    """A Markdown table: gain, price, errors, and shares of the optimal rule's gain."""
    heads = ("n", "rule", "gain, points", "rollouts", "useless %", "harmful %", "worse %")
    shares = ("of the optimal gain %", "at its errors %")
    lines = ["| " + " | ".join((*heads, *shares)) + " |", "|---" * 9 + "|"]
    for tasks in sorted({row.tasks for row in rows}):
        of_size = [row for row in rows if row.tasks == tasks]
        for row in of_size:
            gain, error = np.mean(row.gain), np.std(row.gain) / math.sqrt(len(row.gain))
            lines.append(
                f"| {tasks} | {name_of(row)} | {100 * gain:.2f} ± {196 * error:.2f} "
                f"| {row.rollouts_mean:.0f} | {100 * row.useless_share:.1f} "
                f"| {100 * row.harmful_share:.1f} | {100 * np.mean(row.worse):.1f} "
                f"| {told(row, at_rollouts(of_size, row))} "
                f"| {told(row, at_errors(of_size, row))} |"
            )
    return "\n".join(lines)


def name_of(row: Row) -> str:
    """The rule and its prices."""
    if not row.price:
        return row.rule
    errors = f", useless {100 * row.useless_price:.1f} points" if row.useless_price else ""
    return f"{row.rule}, {1e5 * row.price:.2g} points a 1,000 rollouts{errors}"


def told(row: Row, optimal: Floats | None) -> str:
    """The share, where the row is a gate's."""
    if row.price or row.rule == "ceiling" or optimal is None:
        return ""
    found = share(np.array(row.gain), optimal)
    return f"{100 * found.value:.0f} ± {100 * found.half:.0f}"


def share(mine: Floats, optimal: Floats) -> Share:
    """Ratio of means of paired runs (delta method; Cochran, *Sampling Techniques*, 1977)."""
    count = min(len(mine), len(optimal))
    mine, optimal = mine[:count], optimal[:count]
    value = float(mine.mean() / optimal.mean())
    rest = (mine - value * optimal) / optimal.mean()
    return Share(value, 1.96 * float(rest.std()) / math.sqrt(count))


def at_rollouts(rows: Sequence[Row], row: Row, useless_price: float = 0.0) -> Floats | None:
    """The optimal rule's gains by run at the row's rollouts: between the points of its curve.

    A mixture of two rules, one run with this and the next with that, is a rule as well, so that
    every point between two is to be had. Beyond the dearest point its gain stays what it is.
    """
    points = [one for one in rows if one.rule == "optimal" and one.useless_price == useless_price]
    return between(points, [one.rollouts_mean for one in points], row.rollouts_mean)


def at_errors(rows: Sequence[Row], row: Row) -> Floats | None:
    """The same where it accepts as large a share of useless edits as the row."""
    prices = sorted({one.useless_price for one in rows if one.rule == "optimal"})
    curves: list[tuple[float, Floats]] = []
    for price in prices:
        gains = at_rollouts(rows, row, price)
        points = [one for one in rows if one.rule == "optimal" and one.useless_price == price]
        errors = mixed([one.rollouts_mean for one in points], row.rollouts_mean)
        if gains is None or errors is None:
            return None
        curves.append((sum(w * points[at].useless_share for at, w in errors), gains))
    weights = mixed([error for error, _ in curves], row.useless_share)
    if weights is None:
        return None
    return np.asarray(sum(w * curves[at][1] for at, w in weights), np.float64)


def between(points: Sequence[Row], places: Sequence[float], place: float) -> Floats | None:
    """Gains by run at a place between points."""
    weights = mixed(places, place)
    if weights is None:
        return None
    return np.asarray(sum(w * np.array(points[at].gain) for at, w in weights), np.float64)


def mixed(places: Sequence[float], place: float) -> list[tuple[int, float]] | None:
    """Which points to mix, and how, to be at a place; the nearest one beyond either end."""
    if not places:
        return None
    order = np.argsort(places)
    spots = np.array(places)[order]
    if place <= spots[0]:
        return [(int(order[0]), 1.0)]
    if place >= spots[-1]:
        return [(int(order[-1]), 1.0)]
    above = int(np.searchsorted(spots, place, side="right"))
    part = float((place - spots[above - 1]) / (spots[above] - spots[above - 1]))
    return [(int(order[above - 1]), 1 - part), (int(order[above]), part)]
