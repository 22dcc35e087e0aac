"""A round as the ledger keeps it, from its results."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.gate import Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision, screen_decision
from skillopt.core.history.run import Decision, Round
from skillopt.core.proposals.collapse import Move, move_of
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.screen import Screened
from skillopt.core.skill.calibrated_budget import Calibration
from skillopt.engine.round_lessons import Lessons
from skillopt.engine.round_start import RoundStart
from skillopt.engine.steps.commit import commit
from skillopt.engine.steps.observe_train import Observed
from skillopt.engine.steps.select_candidate import Selection
from skillopt.engine.steps.take_up import TakenUp


class Results(NamedTuple):
    """All that a round has made when it is decided."""

    observed: Observed
    critiques: tuple[Critique, ...]
    taken: TakenUp | None
    selection: Selection
    aims: tuple[str, ...]
    verdict: Verdict | None
    rematch: Verdict | None
    drift: Drift | None
    lessons: Lessons
    calibration: Calibration | None


async def record(start: RoundStart, results: Results) -> Round:
    """Write the round to the ledger."""
    round_ = await decided(start, results)
    screened = results.selection.chosen.result
    candidate = screened.skill if isinstance(screened, Candidate) else None
    return await commit(start.context, round_, incumbent=start.incumbent, candidate=candidate)


async def decided(start: RoundStart, results: Results) -> Round:
    """The round as it is decided, not written yet."""
    screening = results.selection.chosen
    return decided_round(
        start.context.run,
        start.number,
        incumbent=start.incumbent,
        proposal=screening.proposal,
        decision=_decision(screening.result, results.verdict),
        context=start.context.fact,
        spent=await start.context.ledger.usage(start.context.run),
        evidence=_evidence(start, results),
    )


def _evidence(start: RoundStart, results: Results) -> Evidence:
    selection, taken = results.selection, results.taken
    screening = selection.chosen
    screened = screening.result
    return Evidence(
        rollouts=tuple(rollout.key.digest for rollout in results.observed.shown),
        critiques=results.critiques,
        repaired=screening.repaired,
        first_try=screening.first_try,
        aims=results.aims,
        train=results.lessons.train or selection.rehearsed,
        parts=results.lessons.parts,
        retests=screened.retests if isinstance(screened, Candidate) else (),
        leave=start.leave,
        move=_move(start, selection),
        rematch=results.rematch,
        losers=selection.losers,
        raced=selection.raced,
        compared=selection.compared,
        drift=results.drift,
        taken_from=taken.source.id if taken else None,
        chosen=results.observed.chosen,
        continues=selection.continues.id if selection.continues else None,
        calibration=results.calibration,
        against=start.rival.digest if start.shortens else None,
        content=screened.content,
        approval=start.own.decision.approval if start.own and start.own.decision else None,
    )


def _decision(screened: Candidate | Screened, verdict: Verdict | None) -> Decision:
    if isinstance(screened, Screened):
        return screen_decision(screened)
    assert verdict is not None, "the gate decides on every candidate"
    return gate_decision(verdict, screened.skill)


def _move(start: RoundStart, selection: Selection) -> Move | None:
    """What kind of step the proposal is, where that is watched."""
    proposal = selection.chosen.proposal
    if proposal is None or not proposal.edits or not start.context.settings.collapse_monitor:
        return None
    return move_of(start.incumbent, proposal)
