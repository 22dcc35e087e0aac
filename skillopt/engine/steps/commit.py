"""Enter a decided round in the ledger: accepted or refused, with everything it stands on."""

from __future__ import annotations

from dataclasses import dataclass

from skillopt.core.evaluation.rollout import Graded, Usage
from skillopt.core.events import RoundDecided
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.history.run import AcceptedRound, Decision, RefusedRound, RefusedTry, Round
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.proposals.screen import Screened, sections_touched
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.skill import Skill
from skillopt.core.value import digest_of
from skillopt.engine.context import RunContext


@dataclass(frozen=True)
class Decided:
    """All that a round came to."""

    number: int
    incumbent: Skill
    shown: tuple[Graded, ...]
    critiques: tuple[Critique, ...]
    proposal: Proposal | None
    first_try: RefusedTry | None
    screened: Candidate | Screened
    verdict: Verdict | None
    spent: Usage
    aims: tuple[str, ...] = ()
    train: TrainEffect | None = None
    parts: tuple[Part, ...] = ()


async def commit(context: RunContext, decided: Decided) -> Round:
    """The round as it stands in the ledger; committing it twice changes nothing."""
    proposal = decided.proposal
    candidate = decided.screened if isinstance(decided.screened, Candidate) else None
    sections = sections_touched(decided.incumbent, proposal) if proposal else ()
    round_ = Round(
        id=digest_of([context.run, decided.number])[:12],
        run=context.run,
        number=decided.number,
        parent=decided.incumbent.digest,
        critiques=decided.critiques,
        proposal=proposal,
        first_try=decided.first_try,
        decision=_decision(decided),
        rollouts=tuple(rollout.key.digest for rollout in decided.shown),
        spent=decided.spent,
        context=context.fact,
        sections=sections,
        changes=changes_of(decided.incumbent, proposal.edits) if proposal else (),
        prints=tuple(section_print(decided.incumbent, heading) for heading in sections),
        aims=decided.aims,
        train=decided.train,
        parts=decided.parts,
    )
    await context.ledger.add_round(round_, candidate.skill if candidate else None)
    context.emit(RoundDecided(round=round_))
    return round_


def _decision(decided: Decided) -> Decision:
    screened, verdict = decided.screened, decided.verdict
    if isinstance(screened, Screened):
        return RefusedRound(
            stage=screened.stage,
            code=screened.code,
            reason=screened.reason,
            known=screened.known,
        )
    assert verdict is not None, "a candidate that fits has stood at the gate"
    if verdict.outcome is Outcome.ACCEPTED:
        return AcceptedRound(verdict=verdict, candidate=screened.skill.digest)
    return RefusedRound(
        stage=Stage.GATE,
        code=verdict.code,
        reason=verdict.reason,
        verdict=verdict,
        candidate=screened.skill.digest,
    )
