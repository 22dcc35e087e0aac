"""The rule most optimizers use, for comparison: one mean above the other, both from one run."""

from __future__ import annotations

import numpy as np

from skillopt.core.gate.contest import Outcome
from skillopt.core.gate.evidence import EPS, Evidence, Play, Ruling


def strict(evidence: Evidence) -> Play:
    """One pass; accept where the candidate's mean exceeds the incumbent's cached one."""
    yield from evidence.run(np.arange(evidence.size), 0)
    differences = evidence.differences(1)
    kept = int((~evidence.lost).sum())
    gain = float(differences.sum()) / max(1, kept)
    if evidence.inconclusive or not kept:
        return Ruling(Outcome.INCONCLUSIVE, "missing", gain, evidence.size, 1)
    outcome = Outcome.ACCEPTED if gain > EPS else Outcome.REJECTED
    return Ruling(outcome, "mean", gain, evidence.size, 1, bound=0.0)
