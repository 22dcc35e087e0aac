"""How a round is decided: the gate's verdict on its candidate, and what is run beside it."""

from __future__ import annotations

from skillopt.core.events import GateDecided, GateOpened
from skillopt.core.gate import Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.proposals.proposal import Candidate
from skillopt.engine.round_start import RoundStart
from skillopt.engine.steps.run_contest import run_contest, run_rematch
from skillopt.engine.steps.select_candidate import Selection
from skillopt.engine.steps.watch_drift import watch_drift


async def verdict_on(start: RoundStart, selection: Selection) -> Verdict | None:
    """The gate's verdict; None where nothing came so far."""
    screened = selection.chosen.result
    if not isinstance(screened, Candidate):
        return None
    start.context.emit(GateOpened(number=start.number, idea=screened.proposal.draft.idea))
    verdict = await run_contest(
        start.context,
        start.search,
        incumbent=start.rival,
        candidate=screened.skill,
        number=start.number,
        earlier_tests=len(screened.retests),
        continues=selection.continues,
    )
    start.context.emit(GateDecided(number=start.number, verdict=verdict))
    return verdict


async def rematch_of(
    start: RoundStart, selection: Selection, verdict: Verdict | None
) -> Verdict | None:
    """On a branch: the verdict on an accepted candidate against the version that was left."""
    screened = selection.chosen.result
    if not isinstance(screened, Candidate) or verdict is None:
        return None
    return await run_rematch(
        start.context,
        start.search,
        candidate=screened.skill,
        verdict=verdict,
        number=start.number,
    )


async def drift_of(
    start: RoundStart, selection: Selection, verdict: Verdict | None, rematch: Verdict | None
) -> Drift | None:
    """The check of the head, where the candidate became that and one is due."""
    screened = selection.chosen.result
    lost = rematch is not None and not rematch.accepted
    if not isinstance(screened, Candidate) or verdict is None or lost:
        return None
    return await watch_drift(
        start.context, start.search, number=start.number, head=screened.skill, verdict=verdict
    )
