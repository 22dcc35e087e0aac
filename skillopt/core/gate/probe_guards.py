"""Guards on what probes measure: calibration, and consistency under wrapped tasks.

Both are distances from perfect in [0, 1], lower is better, and may worsen by an absolute margin
against the version the run started from. As with cost and time it is a non-inferiority test: with
c and f of candidate and first version, paired by task (by cluster, if tasks have one), the guard
holds where the upper end of the one-sided 95 % t interval of mean(c - f - margin) is not above 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from skillopt.core.gate.contest import Measure
from skillopt.core.gate.guards import Pair, upper_end
from skillopt.core.value import Value

ProbeName = Literal["brier", "inconsistency"]

FEWEST = 0.5
"""Share of the tasks that must have a value for both versions."""

ROUNDING = 1e-9
"""An upper end this near to 0 is 0."""


class ProbeGuard(Value):
    """What a guard measured, and why it vetoes."""

    measure: Measure
    veto: str | None
    """A sentence; None where it holds."""


def probe_guard(
    name: ProbeName,
    first: Mapping[str, float],
    candidate: Mapping[str, float],
    *,
    units: Mapping[str, str],
    margin: float,
) -> ProbeGuard:
    """Hold the candidate's values against the first version's.

    Args:
        name: of the measure.
        first: its value by task for the version the run started from.
        candidate: the same for the candidate; what could not be measured is left out of both.
        units: cluster (or id) of every task that was to be measured.
        margin: by how much the mean may be higher.
    """
    pairs = [
        Pair(unit, first[task], candidate[task])
        for task, unit in units.items()
        if task in first and task in candidate
    ]
    count = len(pairs)
    measure = Measure(
        name=name,
        first=sum(pair.first for pair in pairs) / count if count else None,
        candidate=sum(pair.candidate for pair in pairs) / count if count else None,
        tasks=count,
        margin=margin,
    )
    return ProbeGuard(measure=measure, veto=_veto(measure, pairs, len(units)))


def _veto(measure: Measure, pairs: list[Pair], wanted: int) -> str | None:
    what, setting, missing = _WORDS[measure.name]
    if not pairs or len(pairs) < FEWEST * wanted:
        return f"{setting} is set, and on {wanted - len(pairs)} of {wanted} tasks {missing}"
    assert measure.margin is not None
    if upper_end(pairs, ratio=1.0, margin=measure.margin) <= ROUNDING:
        return None
    return (
        f"{what} is {measure.candidate:.3f}, against {measure.first:.3f} with the version the run "
        f"started from, over {len(pairs)} tasks: that it is worse by more than the "
        f"{measure.margin:g} that {setting} allows cannot be ruled out"
    )


_WORDS = {
    "brier": (
        "the Brier score of its stated confidence",
        "guard_calibration",
        "a version stated no confidence that can be read",
    ),
    "inconsistency": (
        "the share of wrapped tasks with another verdict",
        "guard_consistency",
        "there is no wrapped rollout of both versions",
    ),
}
