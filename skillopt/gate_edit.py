"""A person's edit through the same gate: the old version against the new one."""

from __future__ import annotations

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
from skillopt.core.rollout import Usage
from skillopt.core.skill import Skill
from skillopt.core.validation_set import ValidationSet
from skillopt.core.value import Value
from skillopt.errors import InputError, OutcomesMissing
from skillopt.inputs import read_inputs
from skillopt.ports import Ledger, Target
from skillopt.steps.baseline import baseline
from skillopt.steps.compete import compete
from skillopt.steps.context import RunContext
from skillopt.wiring import Own, opened_ledger, wired

GATED_EDITS = "gated edits"
"""The run that rollouts of gated edits belong to."""


class GatedEdit(Value):
    """The gate's word on an edit."""

    skill: str
    old: str
    """Digest of the old version."""
    new: str
    """Digest of the new version."""
    verdict: Verdict
    self_judged: bool
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

    The edit budget does not bind a person. No file is written.

    Raises:
        InputError: the two versions are equal, or something in tasks or settings.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
    """
    named = {"target": target, "judge": judge}
    texts = {role: seat for role, seat in named.items() if isinstance(seat, str)}
    own = Own(
        target=target if not isinstance(target, str) else None,
        judge=judge if not isinstance(judge, str) else None,
        optimizer=_no_optimizer,
        checks=checks or {},
    )
    inputs = read_inputs(old, validation_set, {**texts, **settings})
    candidate = new if isinstance(new, Skill) else read_skill(Path(new))
    if candidate.digest == inputs.skill.digest:
        raise InputError("the two versions are equal, byte for byte; there is nothing to decide")
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        context = replace(parts.context, run=GATED_EDITS)
        verdict = await _verdict(context, candidate)
        return GatedEdit(
            skill=inputs.name,
            old=inputs.skill.digest,
            new=candidate.digest,
            verdict=verdict,
            self_judged=parts.self_judged,
            usage=parts.meter.used,
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


def _no_optimizer(_messages: list[dict[str, str]]) -> str:
    """A person's edit asks no optimizer."""
    return ""


def _ignore(_event: Event) -> None:
    """Nobody listens."""
