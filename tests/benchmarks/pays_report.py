"""The results of `ledger_pays.py` as text: `on` against `off`, pair by pair.

A seed is the unit. Differences of gains have Student's t interval. Calls are compared as totals over
the seeds, on as a share of off, with a jackknife interval (each seed left out once; Student's t), since
the calls of one seed may be none.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

from skillopt.core.gate.student_t import t_quantile
from skillopt.core.value import Value

Pairs = Sequence[tuple["Course", "Course"]]


class Course(Value):
    """What one run came to."""

    part: str
    set: str
    seed: int
    arm: str
    steps: tuple[tuple[int, float], ...]
    """At the start and at each acceptance: calls so far, and true gain over the first version."""
    calls: int
    """All calls of the rounds; the sealed test is not among them."""
    train: int
    """Paid rollouts of train tasks."""
    validation: int
    """Paid rollouts of validation tasks: the first version's, and the gate's."""
    contests: int
    """Proposals that came to the gate."""

    @property
    def gain(self) -> float:
        """Of the last version, in points."""
        return self.steps[-1][1]

    @property
    def best(self) -> float:
        """The largest on the way."""
        return max(gain for _, gain in self.steps)

    def until(self, gain: float) -> int:
        """Calls until that gain was reached."""
        return next(calls for calls, reached in self.steps if reached >= gain - 1e-9)

    def __str__(self) -> str:
        return f"{self.part}, {self.set}, seed {self.seed}, {self.arm}: {self.gain:+.1f} in {self.calls}"


def report(courses: Sequence[Course]) -> str:
    """Every set of each part, every arm but `off` against it."""
    found: dict[tuple[str, str, str], dict[int, Course]] = {}
    for one in courses:
        found.setdefault((one.part, one.set, one.arm), {})[one.seed] = one
    tables = []
    for (part, name, arm), runs in found.items():
        others = found.get((part, name, "off"), {})
        pairs = [(runs[seed], others[seed]) for seed in sorted(runs) if seed in others]
        if arm != "off" and len(pairs) > 1:
            tables.append("\n".join([f"{part} run, {name}, {arm} / off", *rows(pairs)]))
    return "\n\n".join(tables)


def rows(pairs: Pairs) -> list[str]:
    """One comparison."""
    return [
        f"  pairs                           {len(pairs)}",
        f"  final gain, points              {_mean(pairs, 'gain')}",
        f"  gain, on less off               {_difference([a.gain - b.gain for a, b in pairs])}",
        f"  calls                           {_mean(pairs, 'calls')}",
        f"  of them train tasks             {_mean(pairs, 'train')}",
        f"  of them validation tasks        {_mean(pairs, 'validation')}",
        f"  contests at the gate            {_mean(pairs, 'contests')}",
        f"  calls until the same gain       {_share(pairs, until_same)}",
        f"  calls for each point            {_share(pairs, for_a_point)}",
    ]


def until_same(pairs: Pairs) -> float:
    """Calls until the smaller one of a pair's best gains, of all pairs, on as a share of off."""
    same = [min(a.best, b.best) for a, b in pairs]
    on = sum(a.until(gain) for (a, _), gain in zip(pairs, same, strict=True))
    off = sum(b.until(gain) for (_, b), gain in zip(pairs, same, strict=True))
    return on / off if off else math.nan


def for_a_point(pairs: Pairs) -> float:
    """All calls over all points, on as a share of off."""
    (on_calls, off_calls), (on, off) = (
        [sum(getattr(pair[side], field) for pair in pairs) for side in (0, 1)]
        for field in ("calls", "gain")
    )
    return (on_calls / on) / (off_calls / off) if on and off and off_calls else math.nan


def _mean(pairs: Pairs, field: str) -> str:
    on, off = (statistics.mean(getattr(pair[side], field) for pair in pairs) for side in (0, 1))
    return f"{on:.1f} / {off:.1f}"


def _difference(values: Sequence[float]) -> str:
    mean = statistics.mean(values)
    half = t_quantile(0.95, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:+.1f} [{mean - half:+.1f}, {mean + half:+.1f}]"


def jackknife(pairs: Pairs, of: Callable[[Pairs], float]) -> tuple[float, float, float]:
    """The share and its 95 % interval."""
    whole, count = of(pairs), len(pairs)
    left_out = [of([*pairs[:at], *pairs[at + 1 :]]) for at in range(count)]
    spread = math.sqrt(
        (count - 1) / count * sum((x - statistics.mean(left_out)) ** 2 for x in left_out)
    )
    half = t_quantile(0.95, count - 1) * spread
    return whole, whole - half, whole + half


def _share(pairs: Pairs, of: Callable[[Pairs], float]) -> str:
    share, low, high = jackknife(pairs, of)
    return f"{share:.2f} [{low:.2f}, {high:.2f}]"
