"""The report of the bench on a real model: its tables, and the orderings that it asserts."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from skillopt.core.gate.bounded_mean import share_interval
from skillopt.core.gate.student_t import t_quantile
from tests.benchmarks.null_edits import STATED
from tests.benchmarks.real_results import Measure, Part, Result

PLAIN = frozenset({"Brier", "skill", "correlation"})
"""Measures that are shown as they are; the others as percentages."""
FEWEST = 3
"""Seeds from which their mean has an interval: that of two says next to nothing."""
COUNTS = frozenset({"wrong", "certified", "tested", "accepted", "rounds"})


class Offered(NamedTuple):
    """Edits without use that one gate was offered."""

    name: str
    """`equal` or `sentence`, and the gate."""
    accepted: int
    offers: int
    stated: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 %, of the share accepted (Clopper and Pearson)."""
        return share_interval(self.accepted / self.offers, self.offers)


def report(results: Sequence[Result]) -> str:
    """All tables in Markdown."""
    parts = [(part, of_part(results, part)) for part in get_args(Part) if part != "gate"]
    tables = [_table(part, own) for part, own in parts if own]
    if gates := offered(results):
        tables.append(gate_table(gates))
    days = sorted({one.day for one in results})
    said = f"Measured on {' to '.join(dict.fromkeys([days[0], days[-1]]))}."
    return "\n\n".join([said, *tables, "\n".join(orderings_told(orderings(results)))])


def orderings(results: Sequence[Result]) -> dict[str, bool]:
    """What is asserted and whether it holds, for the parts that were measured."""
    return {
        **_probe_orderings(of_part(results, "probe")),
        **_self_check_orderings(of_part(results, "self-check")),
        **_proposer_orderings(of_part(results, "proposer")),
        **{
            f"{one.name}: no more is accepted than stated": one.interval[0] <= one.stated
            for one in offered(results)
            if one.name.startswith("equal")
        },
    }


def orderings_told(held: Mapping[str, bool]) -> Iterator[str]:
    """A line for each."""
    return (f"- {'holds' if holds else 'DOES NOT HOLD'}: {name}" for name, holds in held.items())


def _probe_orderings(results: Sequence[Result]) -> dict[str, bool]:
    means = {arm: means_of(own) for arm, own in by_arm(results).items()}
    held: dict[str, bool] = {}
    for arm, found in means.items():
        checks = f"{arm}: asked to check, it breaks a larger share than it repairs"
        held[checks] = found["broken"] > found["repaired"]
        held[f"{arm}: text around a task costs score"] = found["wrapped"] < 0
        as_text = means.get(arm.replace("turns", "one text"), found)
        if as_text is not found:
            errors = f"{arm}: earlier errors cost less than in one text"
            held[errors] = found["after errors"] > as_text["after errors"]
        if "correlation" in found:
            agrees = f"{arm}: tasks with more agreement score higher"
            held[agrees] = found["correlation"] > 0
    return held


def _self_check_orderings(results: Sequence[Result]) -> dict[str, bool]:
    means = {arm: means_of(own) for arm, own in by_arm(results).items()}
    pairs = {arm: arm.replace("probability", "stated") for arm in means if "probability" in arm}
    return {
        f"{arm}: a better Brier score than what is stated": means[arm]["Brier"]
        < means[other]["Brier"]
        for arm, other in pairs.items()
        if other in means and "Brier" in means[arm] and "Brier" in means[other]
    }


def _proposer_orderings(results: Sequence[Result]) -> dict[str, bool]:
    means = {arm: means_of(own) for arm, own in by_arm(results).items()}
    best = means.pop("imitate", None)
    if best is None:
        return {}
    return {
        f"imitate gains more than {arm}": best["gain"] > found["gain"]
        for arm, found in means.items()
    }


def of_part(results: Iterable[Result], part: Part) -> list[Result]:
    """Its results, by seed."""
    own = [one for one in results if one.piece.part == part]
    return sorted(own, key=lambda one: one.piece.seed)


def by_arm(results: Iterable[Result]) -> dict[str, list[Result]]:
    """The results of each arm."""
    found: dict[str, list[Result]] = {}
    for one in results:
        found.setdefault(one.piece.arm, []).append(one)
    return found


def means_of(results: Sequence[Result]) -> dict[str, float]:
    """The mean over seeds of each measure that any has."""
    return {name: measure.value for name, measure in over_seeds(results).items()}


def over_seeds(results: Sequence[Result]) -> dict[str, Measure]:
    """Means over seeds with Student's 95 % intervals, for three seeds or more."""
    names = dict.fromkeys(name for one in results for name in one.found)
    return {
        name: _mean([one.found[name].value for one in results if name in one.found])
        for name in names
    }


def _mean(values: Sequence[float]) -> Measure:
    mean, count = statistics.mean(values), len(values)
    if count < FEWEST:
        return Measure(value=mean)
    half = t_quantile(0.95, count - 1) * statistics.stdev(values) / math.sqrt(count)
    return Measure(value=mean, low=mean - half, high=mean + half)


def offered(results: Iterable[Result]) -> list[Offered]:
    """What each gate accepted, over all seeds."""
    return [
        Offered(
            name,
            accepted=round(sum(one.found[name].value for one in own)),
            offers=sum(one.piece.size for one in own),
            stated=STATED[name.split(", ")[1]],
        )
        for own in by_arm(of_part(results, "gate")).values()
        for name in own[0].found
    ]


def gate_table(rows: Sequence[Offered]) -> str:
    """How many each gate accepted."""
    lines = ["| offered, gate | accepted | 95 % interval | it states |", "|---|---|---|---|"]
    for one in rows:
        low, high = one.interval
        lines.append(
            f"| {one.name} | {one.accepted} of {one.offers} | "
            f"[{low:.1%}, {high:.1%}] | {one.stated:.0%} |"
        )
    return "\n".join(lines)


def _table(part: Part, results: Sequence[Result]) -> str:
    seeds = sorted({one.piece.seed for one in results})
    titles = [part, "measure", *(f"seed {seed}" for seed in seeds)]
    if several := len(seeds) > 1:
        titles.append("mean of the seeds")
    lines = [_row(titles), "|---" * len(titles) + "|"]
    for arm, own in by_arm(results).items():
        for name, mean in over_seeds(own).items():
            shown = {
                one.piece.seed: told(name, one.found[name]) for one in own if name in one.found
            }
            cells = [shown.get(seed, "") for seed in seeds]
            lines.append(_row([arm, name, *cells, *([told(name, mean)] if several else [])]))
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def told(name: str, measure: Measure) -> str:
    """A cell: a count, a number, or a percentage, with its interval where there is one."""
    if name in COUNTS:
        return f"{measure.value:.2g}"
    scale, digits = (1, 2) if name in PLAIN else (100, 1)
    value, low, high = (
        None if one is None else f"{round(scale * one, digits) + 0.0:.{digits}f}"
        for one in (measure.value, measure.low, measure.high)
    )
    return f"{value}" if low is None else f"{value} [{low}, {high}]"
