"""The balanced gate: a race whose plan follows what the run has learned.

It holds every candidate to as much as pays. Where runs are noisy it is a careful race, two passes
and sharp looks; where they are not, one pass and the crude rule are as good as anything, and it
comes down to them. Its level starts at one half and falls with every contest the tasks have seen,
the faster the fewer they are: `docs/gate-in-full.md`.
"""

from __future__ import annotations

from skillopt.core.gate.evidence import Evidence, Play
from skillopt.core.gate.learned import learned, noise_share, with_contest
from skillopt.core.gate.looks import Plan
from skillopt.core.gate.race import race, task_order
from skillopt.core.gate.rebase import Succession

EVEN = 0.5
"""The level at which being ahead at all is enough."""
CALM, NOISY = 0.27, 0.42
"""Shares of run noise up to which the gate is as soft, and from which it is as sharp as it gets."""
GRADES_CALM = 0.25
"""How much higher both lie with fine grades: a graded difference tells more than a pass or fail."""
WEAR = 2.0
"""Of noisy evidence: after as many contests as there are tasks, divided by this, the level has
halved. Each contest selects by the luck of the same tasks."""
HEADROOM = 1.2
"""How much the level follows the part of the score that is still to be gained."""
SOFT_START = 0.25
"""How far towards the soft ones the looks are at a run's start, where the level is high as well."""
TELLS_OF_NOISE = 12
"""Repeated runs that a first impression of the noise takes."""
SECOND_PASS_FROM = 0.5
"""How noisy, from 0 to 1, a target must be for a second pass to be worth its price."""
FRESH_RUNS_FROM = 0.6
"""The same for fresh runs of the incumbent with every candidate that gets far."""

SOFT = Plan(alpha=EVEN, most_looks=8, first_z=-3.4, last_z=-0.5, later_z=-0.5)
SHARP = Plan(
    alpha=EVEN, most_looks=8, first_z=-0.8, last_z=0.3, later_z=0.3, ease=0.3, alone=0.6, credit=1
)


def balanced(evidence: Evidence, *, passes: int) -> Play:
    """Run the race that fits what is known by now.

    Args:
        evidence: what is known of the incumbent.
        passes: at most; a second one only where noise makes it worth its price and the run, with
            one pass ahead at most, can pay for it.
    """
    noisy = noisiness(evidence)
    worth = passes if noisy >= SECOND_PASS_FROM or evidence.continues else 1
    ruling = yield from race(evidence, plan_of(evidence, noisy), passes=worth)
    seen = ruling.seen if ruling.passes == 1 else evidence.size
    evidence.spread = with_contest(evidence, task_order(evidence)[:seen])
    return ruling


def noisiness(evidence: Evidence) -> float:
    """How much of what candidates differ by is run noise, from 0 (calm) to 1."""
    if evidence.steady:
        return 0.0
    shift = GRADES_CALM * (1 - min(1.0, evidence.step or 0.0))
    share = noise_share(learned(evidence)) - shift
    return min(1.0, max(0.0, (share - CALM) / (NOISY - CALM)))


def plan_of(evidence: Evidence, noisy: float) -> Plan:
    """The race to run with a target as noisy as that."""
    wear = 1 + WEAR * evidence.memory.contests / evidence.unit_count
    sharp = noisy * (1 - SOFT_START / wear**4)
    cap = 2 if evidence.repeats < TELLS_OF_NOISE else 0
    step = min(1.0, evidence.step or 0.0)
    return Plan(
        alpha=_between(SOFT.alpha, _worn_level(evidence, wear), noisy),
        most_looks=SHARP.most_looks,
        first_z=_between(SOFT.first_z, SHARP.first_z, sharp),
        last_z=_between(SOFT.last_z, SHARP.last_z, sharp),
        later_z=_between(SOFT.later_z, SHARP.later_z, sharp),
        ease=_between(SOFT.ease, SHARP.ease, noisy),
        alone=SHARP.alone,
        cap=SHARP.cap if noisy > FRESH_RUNS_FROM else cap,
        credit=SHARP.credit * step if noisy >= SECOND_PASS_FROM else 0.0,
    )


def succession(evidence: Evidence) -> Succession:
    """How the record goes on: as strict's does where runs are calm, as the race's where not."""
    noisy = noisiness(evidence)
    return Succession(kept=noisy / 2, curse=1 - noisy, noise=learned(evidence).noise)


def _worn_level(evidence: Evidence, wear: float) -> float:
    """The level of noisy evidence: one half at first, less with wear and little headroom."""
    score = float(evidence.weights @ evidence.baseline) / evidence.size
    headroom = 1 + HEADROOM * (0.5 - score)
    return EVEN * min(1.0, headroom / wear)


def _between(soft: float, sharp: float, share: float) -> float:
    return soft + share * (sharp - soft)
