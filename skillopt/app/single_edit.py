"""A single edit before the gate: its contest, and how it enters the ledger as a run."""

from __future__ import annotations

import time

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.power import Power
from skillopt.core.history.run import AcceptedRound, RefusedRound, Round, RunRecord
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import sections_touched
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, digest_of
from skillopt.engine.context import RunContext
from skillopt.engine.steps.measure_baseline import baseline
from skillopt.engine.steps.run_contest import compete
from skillopt.errors import OutcomesMissing


class GatedEdit(Value):
    """The gate's word on an edit."""

    run: str
    """The run's id in the ledger."""
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


async def verdict_on(context: RunContext, candidate: Skill, *, number: int = 1) -> Verdict:
    """The gate's verdict on ``candidate`` against the version the run began with.

    Args:
        context: of the run.
        candidate: the edited version.
        number: of the round whose order of tasks is taken.
    """
    try:
        search = (await baseline(context)).search
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
    return await compete(
        context, search, incumbent=context.first, candidate=candidate, number=number
    )


async def entered(
    context: RunContext,
    record: RunRecord,
    candidate: Skill,
    verdict: Verdict,
    *,
    proposal: Proposal | None = None,
) -> RunRecord:
    """The run as the ledger keeps it: one round and its end.

    Args:
        context: of the run.
        record: of the run, at its start.
        candidate: the edited version.
        verdict: the gate's.
        proposal: the edits, where they are known as such; None for a person's.
    """
    ledger, accepted = context.ledger, verdict.outcome is Outcome.ACCEPTED
    usage = await ledger.usage(record.id)
    sections = sections_touched(context.first, proposal) if proposal else ()
    round_ = Round(
        id=digest_of([record.id, 1])[:12],
        run=record.id,
        number=1,
        parent=context.first.digest,
        critiques=(),
        proposal=proposal,
        decision=AcceptedRound(verdict=verdict, candidate=candidate.digest)
        if accepted
        else RefusedRound(
            stage=Stage.GATE,
            code=verdict.code,
            reason=verdict.reason,
            verdict=verdict,
            candidate=candidate.digest,
        ),
        rollouts=(),
        spent=usage,
        context=context.fact,
        sections=sections,
        changes=changes_of(context.first, proposal.edits) if proposal else (),
        prints=tuple(section_print(context.first, heading) for heading in sections),
    )
    await ledger.add_round(round_, candidate)
    ended = record.model_copy(
        update={
            "last": candidate.digest if accepted else context.first.digest,
            "finished": time.time(),
            "stopped_by": verdict.outcome.value,
            "usage": usage,
        }
    )
    await ledger.finish_run(ended)
    return ended
