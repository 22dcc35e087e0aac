"""The ablation bench's results as paired differences with their intervals, and as a table.

A seed is the unit: both sides of a pair have the same seed, and over several sets a seed counts once,
with the mean over the sets. Intervals are Student's t at 95 %, since a percentile bootstrap of few
seeds is much too narrow (of three it is the range).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from skillopt.core.gate.student_t import t_quantile
from tests.benchmarks.ablation_mechanisms import Mechanism
from tests.benchmarks.ablation_runs import Result

ENOUGH = 20
"""Seeds below which a report says that they are few."""


class Measure(NamedTuple):
    """A column."""

    field: str
    title: str
    digits: int


MEASURES = (
    Measure("gain", "true gain, points", 1),
    Measure("calls", "calls", 0),
    Measure("useless", "useless acceptances", 2),
    Measure("chars", "length, characters", 0),
)


class Pair(NamedTuple):
    """Two runs that differ in the mechanism only."""

    on: Result
    off: Result

    @property
    def differs(self) -> bool:
        """It did something: the two runs differ in some result."""
        on, off = (one.model_dump(exclude={"arm"}) for one in self)
        return bool(on != off)


class Difference(NamedTuple):
    """On less off: a mean with its 95 % interval, which is unknown (NaN) for a single seed."""

    mean: float
    low: float
    high: float

    @property
    def sign(self) -> int:
        """+1 or -1 where the interval leaves zero out, else 0."""
        return (self.low > 0) - (self.high < 0)


class Row(NamedTuple):
    """A mechanism over some sets."""

    mechanism: Mechanism
    seeds: int
    differing: str
    """How many of its pairs differ at all, as `2 of 3`."""
    on: dict[str, float]
    """Mean by measure."""
    off: dict[str, float]
    differences: dict[str, Difference]


Pairs = Mapping[str, Mapping[int, Pair]]
"""By set and seed."""


def row_of(mechanism: Mechanism, pairs: Pairs) -> Row | None:
    """The mechanism over the seeds that every one of these sets has; None where there is none."""
    seeds = sorted(set.intersection(*(set(of_seed) for of_seed in pairs.values())))
    if not seeds:
        return None
    by_seed = [[of_seed[seed] for of_seed in pairs.values()] for seed in seeds]
    on: dict[str, float] = {}
    off: dict[str, float] = {}
    differences: dict[str, Difference] = {}
    for field, _, _ in MEASURES:
        ons = [_mean(getattr(pair.on, field) for pair in some) for some in by_seed]
        offs = [_mean(getattr(pair.off, field) for pair in some) for some in by_seed]
        on[field], off[field] = _mean(ons), _mean(offs)
        differences[field] = difference([a - b for a, b in zip(ons, offs, strict=True)])
    differ = [pair.differs for some in by_seed for pair in some]
    return Row(mechanism, len(seeds), f"{sum(differ)} of {len(differ)}", on, off, differences)


def difference(values: Sequence[float]) -> Difference:
    """The mean of paired differences, with Student's interval."""
    mean = statistics.fmean(values)
    if len(values) < 2:
        return Difference(mean, math.nan, math.nan)
    error = statistics.stdev(values) / math.sqrt(len(values))
    reach = t_quantile(0.95, len(values) - 1) * error
    return Difference(mean, mean - reach, mean + reach)


def table(rows: Sequence[Row]) -> str:
    """Markdown: each mechanism's gains, and its differences, on less off."""
    titles = ["mechanism", "default", "seeds", "pairs that differ", "gain on, off"]
    titles += [one.title for one in MEASURES]
    lines = [_line(titles), _line(["---"] * len(titles)), *map(_cells, rows)]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> str:
    on, off = (_number(side["gain"], 1) for side in (row.on, row.off))
    return _line(
        [
            f"[{row.mechanism.name}]({row.mechanism.page})",
            row.mechanism.default,
            str(row.seeds),
            row.differing,
            f"{on}, {off}",
            *(shown(row.differences[one.field], one.digits) for one in MEASURES),
        ]
    )


def summary(rows: Sequence[Row]) -> str:
    """In words: which gains are shown, and which defaults they speak against."""
    lines = []
    for sign, words in ((1, "gains more with it"), (-1, "gains less with it")):
        names = [one.mechanism.name for one in rows if one.differences["gain"].sign == sign]
        lines.append(f"- {words}: {', '.join(names) or 'none'}")
    unproven = [
        one.mechanism.name
        for one in rows
        if one.mechanism.default == "on" and one.differences["gain"].sign <= 0
    ]
    lines.append(f"- on by default without a gain shown here: {', '.join(unproven) or 'none'}")
    if rows and min(one.seeds for one in rows) < ENOUGH:
        lines.append(f"- fewer than {ENOUGH} seeds: an interval that holds zero says little")
    if len(rows) > 1:
        lines.append(
            f"- of {len(rows)} intervals of 95 % one in twenty leaves zero out by chance alone"
        )
    return "\n".join(lines) + "\n"


def shown(one: Difference, digits: int) -> str:
    """`+1.2 [-0.3, +2.7]`."""
    mean = _number(one.mean, digits, sign="+")
    if math.isnan(one.low):
        return f"{mean} (one seed)"
    low, high = (_number(end, digits, sign="+") for end in (one.low, one.high))
    return f"{mean} [{low}, {high}]"


def _number(value: float, digits: int, *, sign: str = "") -> str:
    """Without a zero's sign."""
    rounded = round(value, digits)
    return f"{rounded:{sign}.{digits}f}" if rounded else f"{0:.{digits}f}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)
