"""A person's edit through the same gate: the old version against the new one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.models import OwnModel
from skillopt.adapters.skill_file import read_skill
from skillopt.adapters.targets import OwnTarget
from skillopt.core.events import Event
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.detectable import Power
from skillopt.core.reach import detectable
from skillopt.core.refusal import Stage
from skillopt.core.rollout import Usage
from skillopt.core.run import AcceptedRound, RefusedRound, Round, RunRecord
from skillopt.core.skill import Skill
from skillopt.core.validation_set import ValidationSet
from skillopt.core.value import Value, digest_of
from skillopt.errors import InputError, OutcomesMissing
from skillopt.inputs import read_inputs
from skillopt.ports import Ledger, Target
from skillopt.recording import run_record, seats_without_optimizer
from skillopt.steps.baseline import baseline
from skillopt.steps.compete import compete
from skillopt.steps.context import RunContext
from skillopt.wiring import opened_ledger, wired


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

    @property
    def outcome(self) -> Outcome:
        """Accepted, rejected or inconclusive."""
        return self.verdict.outcome


async def agate(
    old: Skill | str | Path,
    new: Skill | str | Path,
    *,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    judge: OwnModel | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> GatedEdit:
    """Hold ``new`` against ``old`` on the validation tasks; the arguments are `atune`'s.

    The edit budget does not bind a person, and the gate is `race` unless another is named. No file
    is written; the ledger keeps the edit and its verdict as a run of kind `gate`.

    Raises:
        InputError: the two versions are equal, or something in tasks or settings.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
    """
    named, own = seats_without_optimizer(target, judge, checks)
    given = read_inputs(old, validation_set, {**named, **settings})
    inputs = replace(given, settings=given.settings.for_single_edit())
    candidate = new if isinstance(new, Skill) else read_skill(Path(new))
    if candidate.digest == inputs.skill.digest:
        raise InputError("the two versions are equal, byte for byte; there is nothing to decide")
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        record = run_record(inputs, parts, kind="gate")
        context = replace(parts.context, run=record.id)
        await store.start_run(record, inputs.skill)
        verdict = await _verdict(context, candidate)
        ended = await _entered(context, record, candidate, verdict)
        return GatedEdit(
            run=record.id,
            skill=inputs.name,
            old=inputs.skill.digest,
            new=candidate.digest,
            verdict=verdict,
            self_judged=parts.self_judged,
            power=detectable(inputs.validation_set, context.settings.gate),
            usage=ended.usage,
        )


async def _verdict(context: RunContext, candidate: Skill) -> Verdict:
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
    return await compete(context, search, incumbent=context.first, candidate=candidate, number=1)


async def _entered(
    context: RunContext, record: RunRecord, candidate: Skill, verdict: Verdict
) -> RunRecord:
    """The run as the ledger keeps it: one round, without a proposal, and its end."""
    ledger, accepted = context.ledger, verdict.outcome is Outcome.ACCEPTED
    usage = await ledger.usage(record.id)
    round_ = Round(
        id=digest_of([record.id, 1])[:12],
        run=record.id,
        number=1,
        parent=context.first.digest,
        critiques=(),
        proposal=None,
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


def _ignore(_event: Event) -> None:
    """Nobody listens."""
