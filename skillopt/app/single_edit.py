"""A single edit through the gate: its contest, and the run that records it."""

from __future__ import annotations

from typing import Any

from skillopt.app.records import edit_fingerprint
from skillopt.app.result import Written
from skillopt.app.session import Session
from skillopt.core.content.finding import Finding
from skillopt.core.content.screening import content_added
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.events import GateDecided
from skillopt.core.gate import GateTask, Outcome, Verdict
from skillopt.core.gate.difference import Difference, paired_difference
from skillopt.core.gate.power import Power, power_on
from skillopt.core.history.hand_edit import HandEdit
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.proposals.leak import Leak, leaks
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, content_hash
from skillopt.engine.context import RunContext
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import run_contest
from skillopt.errors import OutcomesMissing

MISSING = "missing"
"""Code of a verdict for want of outcomes: the provider failed, and may answer the next time."""


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
    difference: Difference | None = None
    """Mean difference on the tasks that both versions ran; None where there are none."""
    usage: Usage
    """What this call paid."""
    known_since: float | None = None
    """When the verdict was reached, in seconds since the epoch, where the ledger had it already and
    nothing was run."""
    retries: str | None = None
    """The entry of the ledger whose edits were tested again; None for a hand-written edit."""
    written: Written | None = None
    """The outcome for the skill's file, where an accepted edit was to be written."""
    warnings: tuple[str, ...] = ()
    """What a person should know: that the target has no identity, that the file may have been
    moved."""
    leaks: tuple[Leak, ...] = ()
    """What of single tasks and of checks the edit carries; for a hand-written one a warning."""
    content: tuple[Finding, ...] = ()
    """What the content policy has found in the edit, as warnings."""

    @property
    def outcome(self) -> Outcome:
        """Accepted, rejected or inconclusive."""
        return self.verdict.outcome

    def _repr_html_(self) -> str:
        from skillopt.app.shown import gated_html

        return gated_html(self)


async def decide(
    session: Session,
    candidate: Candidate | Skill,
    *,
    number: int = 1,
    retries: str | None = None,
    by_hand: HandEdit | None = None,
) -> GatedEdit:
    """Run one edit through the gate and enter it in the ledger, as a run with one round.

    Where the ledger has a verdict on the same edit under the same conditions, that is the answer:
    nothing is run and nothing entered.

    Args:
        session: its job's skill is the incumbent.
        candidate: a proposal's candidate, or a hand-written version.
        number: the round whose order of tasks is used.
        retries: id of the proposal that is tested again.
        by_hand: where a hand-written version comes from.
    """
    new = candidate.skill if isinstance(candidate, Candidate) else candidate
    old = session.job.inputs.skill
    fingerprint = edit_fingerprint(session.setup, old, new, number=number, about=retries)
    fingerprint = await _own_fingerprint(session, fingerprint)
    known = await _known(session, fingerprint)
    if known is None:
        more = {"fingerprint": fingerprint, "retries": retries, "by_hand": by_hand}
        record, round_ = await _tested(session, candidate, number=number, more=more)
    else:
        record, round_ = known
    verdict = round_.decision.verdict
    assert verdict is not None
    setup = session.setup
    return GatedEdit(
        run=record.id,
        entry=round_.id,
        skill=setup.skill_name,
        old=old.digest,
        new=new.digest,
        verdict=verdict,
        self_judged=session.job.self_judged,
        power=power_on(setup.validation_set, setup.settings.gate),
        difference=_difference(session, verdict),
        usage=record.usage if known is None else Usage(),
        known_since=None if known is None else record.finished,
        retries=retries,
        warnings=session.warnings,
        content=_content(session, candidate),
        leaks=leaks(
            old, new, index=setup.validation_set.leak_index, policy=setup.settings.leak_screen
        ),
    )


def _difference(session: Session, verdict: Verdict) -> Difference | None:
    tasks = session.setup.validation_set.split("validation")
    known = [GateTask(id=one.id, cluster=one.cluster, weight=one.weight) for one in tasks]
    return paired_difference(verdict.pairs, known)


def _content(session: Session, candidate: Candidate | Skill) -> tuple[Finding, ...]:
    """What to warn of; a person has written the edit, or asked for it."""
    if isinstance(candidate, Candidate):
        return candidate.content
    old = session.job.inputs.skill
    policy = session.setup.settings.content.for_warnings()
    return content_added(old, candidate, first=old, policy=policy)


async def _own_fingerprint(session: Session, fingerprint: str) -> str:
    """``fingerprint``, or one of this skill alone where a run on another skill has it.

    Two files with one name and the same texts share the measurement, whose rollouts are stored,
    but not its entry: it belongs to the record of the file that was tested.
    """
    skill = session.setup.skill_id
    record = await session.ledger.last_run(fingerprint)
    if record is None or record.skill_id == skill:
        return fingerprint
    return content_hash([fingerprint, skill])


async def _known(session: Session, fingerprint: str) -> tuple[RunRecord, Round] | None:
    """The run that has decided the same, and its round; a verdict for want of outcomes is none."""
    record = await session.ledger.last_run(fingerprint)
    rounds = await session.ledger.rounds(record.id) if record else ()
    if record is None or not rounds:
        return None
    verdict = rounds[0].decision.verdict
    return (record, rounds[0]) if verdict and verdict.code != MISSING else None


async def _tested(
    session: Session, candidate: Candidate | Skill, *, number: int, more: dict[str, Any]
) -> tuple[RunRecord, Round]:
    """Test the edit, and enter its run."""
    proposal = candidate.proposal if isinstance(candidate, Candidate) else None
    new = candidate.skill if isinstance(candidate, Candidate) else candidate
    record, context = await session.start_run("gate", **more)
    verdict = await _verdict(context, new, number=number)
    context.emit(GateDecided(number=number, verdict=verdict))
    round_ = decided_round(
        record.id,
        1,
        incumbent=context.first,
        proposal=proposal,
        decision=gate_decision(verdict, new),
        context=context.fact,
        spent=await session.ledger.usage(record.id),
        evidence=Evidence(content=_content(session, candidate)),
    )
    await session.ledger.add_round(round_, new)
    accepted = verdict.outcome is Outcome.ACCEPTED
    last = new.digest if accepted else context.first.digest
    return await session.end_run(record, stopped_by=verdict.outcome.value, last=last), round_


async def _verdict(context: RunContext, candidate: Skill, *, number: int) -> Verdict:
    """The gate's verdict on ``candidate`` against the version the run starts from."""
    try:
        search = (await measure_baseline(context)).search
    except OutcomesMissing as error:
        return Verdict(
            outcome=Outcome.INCONCLUSIVE,
            code=MISSING,
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
