"""A single edit through the gate: its contest, and the run that records it."""

from __future__ import annotations

from skillopt.app.session import Session
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.power import Power, power_on
from skillopt.core.history.rounds import decided_round, gate_decision
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.context import RunContext
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import run_contest
from skillopt.errors import OutcomesMissing


class GatedEdit(Value):
    """The gate's word on an edit."""

    run: str
    """The run's id in the ledger."""
    entry: str
    """The id of the edit's entry in the ledger."""
    skill: str
    old: str
    """Digest of the old version."""
    new: str
    """Digest of the new version."""
    verdict: Verdict
    self_judged: bool
    power: Power
    """What the gate can find with this validation set."""
    usage: Usage
    """What this call paid."""
    retries: str | None = None
    """The entry of the ledger whose edits were put before the gate again; None for a person's."""
    written: str | None = None
    """The file that the new version was written into."""

    @property
    def outcome(self) -> Outcome:
        """Accepted, rejected or inconclusive."""
        return self.verdict.outcome


async def decide(
    session: Session,
    candidate: Candidate | Skill,
    *,
    number: int = 1,
    retries: str | None = None,
) -> GatedEdit:
    """Run one edit through the gate and enter it in the ledger, as a run with one round.

    Args:
        session: its job's skill is the incumbent.
        candidate: a proposal's candidate, or a hand-written version.
        number: the round whose order of tasks is used.
        retries: id of the proposal that is tested again.
    """
    proposal = candidate.proposal if isinstance(candidate, Candidate) else None
    new = candidate.skill if isinstance(candidate, Candidate) else candidate
    record, context = await session.start_run("gate", retries=retries)
    verdict = await _verdict(context, new, number=number)
    round_ = decided_round(
        record.id,
        1,
        incumbent=context.first,
        proposal=proposal,
        decision=gate_decision(verdict, new),
        context=context.fact,
        spent=await session.ledger.usage(record.id),
    )
    await session.ledger.add_round(round_, new)
    accepted = verdict.outcome is Outcome.ACCEPTED
    last = new.digest if accepted else context.first.digest
    ended = await session.end_run(record, stopped_by=verdict.outcome.value, last=last)
    return GatedEdit(
        run=record.id,
        entry=round_.id,
        skill=context.skill_name,
        old=context.first.digest,
        new=new.digest,
        verdict=verdict,
        self_judged=session.job.self_judged,
        power=power_on(context.validation_set, context.settings.gate),
        usage=ended.usage,
        retries=retries,
    )


async def _verdict(context: RunContext, candidate: Skill, *, number: int) -> Verdict:
    """The gate's verdict on ``candidate`` against the version the run starts from."""
    try:
        search = (await measure_baseline(context)).search
    except OutcomesMissing as error:
        return Verdict(
            outcome=Outcome.INCONCLUSIVE,
            code="missing",
            reason=str(error),
            gain=None,
            p_value=None,
            tasks_seen=0,
            rollouts=0,
            pairs=(),
            book={},
        )
    return await run_contest(
        context, search, incumbent=context.first, candidate=candidate, number=number
    )
