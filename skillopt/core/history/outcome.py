"""What a finished run may claim: which version ships, and whether it overfits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np

from skillopt.core.gate.contest import Verdict
from skillopt.core.gate.evidence import FloatArray
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.run import Round, RunRecord

Ship = Literal["improved", "no worse", "not certified", "keep first"]

SPREAD_NEEDS = 2
"""Fewest tasks that have a spread."""
ERRORS_UP = 1.96
"""Standard errors that the upper end of a 95 % interval lies above the mean, roughly."""


def ship(sealed: SealedTest, *, no_worse_than: float | None = None) -> Ship:
    """The outcome for the user's file.

    Certified: improved. Not worse: the last version, not certified. Worse, or nothing
    could be measured: the first one stays.

    Args:
        sealed: the sealed test.
        no_worse_than: the margin in points, where none but a smaller loss was asked for. No worse:
            the interval lies above minus the margin. Not certified: no loss is shown, and what is
            measured is within the margin.
    """
    if sealed.certified:
        return "improved"
    if not sealed.tasks:
        return "keep first"
    if no_worse_than is None:
        return "not certified" if sealed.difference >= 0 else "keep first"
    if _may_certify(sealed) and 100 * sealed.low > -no_worse_than:
        return "no worse"
    within = sealed.high >= 0 and 100 * sealed.difference > -no_worse_than
    return "not certified" if within else "keep first"


def margin_of(record: RunRecord, rounds: Sequence[Round]) -> float | None:
    """The points that may be lost where nothing was accepted for a gain; None where one was."""
    settings = record.settings
    if settings.gate.no_worse_than is not None:
        return settings.gate.no_worse_than
    accepted = [round_ for round_ in rounds if round_.decision.kind == "accepted"]
    only_shorter = bool(accepted) and all(round_.against for round_ in accepted)
    return settings.shrink_margin if only_shorter else None


def _may_certify(sealed: SealedTest) -> bool:
    return sealed.reopened or not sealed.opened_before


def overfit(record: RunRecord, rounds: Sequence[Round]) -> bool:
    """Whether the validation gain exceeds the sealed one by more than two standard errors.

    Args:
        record: a finished run with its sealed test.
        rounds: its decided rounds.
    """
    accepted = [round_.decision for round_ in rounds if round_.decision.kind == "accepted"]
    last = [decision.verdict for decision in accepted if decision.candidate == record.last]
    sealed = record.sealed
    if sealed is None or not last:
        return False
    gains = _validation_gains(accepted[0].verdict, last[-1])
    if min(len(gains), sealed.tasks) < SPREAD_NEEDS:
        return False
    sealed_error = (sealed.high - sealed.difference) / ERRORS_UP
    error = math.hypot(float(gains.std(ddof=1)) / math.sqrt(len(gains)), sealed_error)
    return float(gains.mean()) - sealed.difference > 2 * error


def _validation_gains(first: Verdict, last: Verdict) -> FloatArray:
    """By task: the last version's record minus the first version's."""
    start = {pair.task: pair.incumbent for pair in first.pairs}
    return np.array(
        [
            standing.total / standing.runs - before
            for task, standing in last.book.items()
            if (before := start.get(task)) is not None and standing.runs
        ]
    )
