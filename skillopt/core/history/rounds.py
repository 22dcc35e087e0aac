"""A decided round, assembled in one place from what was proposed and how it was decided."""

from __future__ import annotations

from skillopt.core.approval.decision import Approval
from skillopt.core.content.finding import Finding
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome, Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.run import AcceptedRound, Decision, RefusedRound, RefusedTry, Round
from skillopt.core.proposals.collapse import Leave, Move
from skillopt.core.proposals.comparison import Duel
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.curriculum import Chosen
from skillopt.core.proposals.loser import Loser
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.proposals.screen import Screened, sections_touched
from skillopt.core.skill.calibrated_budget import Calibration
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, content_hash


class Evidence(Value):
    """What a round rests on, as far as it has any."""

    rollouts: tuple[str, ...] = ()
    """Hashes of the keys of the rollouts the optimizer was shown."""
    critiques: tuple[Critique, ...] = ()
    repaired: bool = False
    """The JSON of the proposal's reply had errors of syntax that were fixed."""
    first_try: RefusedTry | None = None
    """The try before the proposal, where the first one did not pass the screen."""
    aims: tuple[str, ...] = ()
    """Ids of the train tasks the proposal is meant to fix."""
    train: TrainEffect | None = None
    """What a rejected candidate did on the train tasks shown."""
    parts: tuple[Part, ...] = ()
    """The verdict on each edit of a rejected bundle alone."""
    retests: tuple[str, ...] = ()
    """Ids of the entries that rejected the same idea on earlier versions."""
    leave: Leave | None = None
    """The mode that the proposal was bound to leave."""
    move: Move | None = None
    """What kind of step a refused proposal was, where that is watched."""
    rematch: Verdict | None = None
    """The verdict on an accepted candidate of a branch against the version that was left."""
    losers: tuple[Loser, ...] = ()
    """The other proposals of the round."""
    raced: tuple[str, ...] = ()
    """Hashes of the keys of the rollouts that compared them."""
    compared: tuple[Duel, ...] = ()
    """The judge's comparisons of their answers."""
    drift: Drift | None = None
    """The check of the head, where one was due."""
    taken_from: str | None = None
    """Id of the entry that the proposal was taken up from."""
    chosen: tuple[Chosen, ...] = ()
    """The train tasks that were run for it, and why each was."""
    continues: str | None = None
    """Id of the entry whose contest went on."""
    calibration: Calibration | None = None
    """What the optimizer's predictions before it were worth."""
    against: str | None = None
    """Digest of what a candidate was compared with that shortens the skill between others."""
    content: tuple[Finding, ...] = ()
    """What the content policy has found in the edits."""
    approval: Approval | None = None
    """The decision that these edits are the person's own version by."""


def gate_decision(verdict: Verdict, candidate: Skill) -> Decision:
    """The gate's verdict on a candidate, as a round's decision."""
    if verdict.outcome is Outcome.ACCEPTED:
        return AcceptedRound(verdict=verdict, candidate=candidate.digest)
    return RefusedRound(
        stage=Stage.GATE,
        code=verdict.code,
        reason=verdict.reason,
        verdict=verdict,
        candidate=candidate.digest,
    )


def screen_decision(screened: Screened) -> Decision:
    """A refusal by the screen, as a round's decision."""
    return RefusedRound(
        stage=screened.stage,
        code=screened.code,
        reason=screened.reason,
        known=screened.known,
        leaks=screened.leaks,
    )


def decided_round(
    run: str,
    number: int,
    *,
    incumbent: Skill,
    proposal: Proposal | None,
    decision: Decision,
    context: str,
    spent: Usage,
    evidence: Evidence | None = None,
) -> Round:
    """The round as the ledger keeps it.

    Args:
        run: id of the run.
        number: of the round in its run, from 1.
        incumbent: the version that the edits were written for.
        proposal: None where there are no edits: an unreadable reply, or a hand-written version.
        decision: how it was decided.
        context: hash of the conditions it was decided under.
        spent: all that the run had paid by then.
        evidence: what it rests on.
    """
    sections = sections_touched(incumbent, proposal) if proposal else ()
    known = evidence or Evidence()
    return Round(
        id=content_hash([run, number])[:12],
        run=run,
        number=number,
        parent=incumbent.digest,
        critiques=known.critiques,
        proposal=proposal,
        repaired=known.repaired,
        first_try=known.first_try,
        decision=decision,
        rollouts=known.rollouts,
        spent=spent,
        context=context,
        sections=sections,
        changes=changes_of(incumbent, proposal.edits) if proposal else (),
        prints=tuple(section_print(incumbent, heading) for heading in sections),
        aims=known.aims,
        train=known.train,
        parts=known.parts,
        retests=known.retests,
        leave=known.leave,
        move=known.move,
        rematch=known.rematch,
        losers=known.losers,
        raced=known.raced,
        compared=known.compared,
        drift=known.drift,
        taken_from=known.taken_from,
        chosen=known.chosen,
        continues=known.continues,
        calibration=known.calibration,
        against=known.against,
        content=known.content,
        approval=known.approval,
    )
