"""A person's edit through the same gate: the old version against the new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.files.skill_file import read_skill
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import read_inputs
from skillopt.app.records import run_record, seats_without_optimizer
from skillopt.app.single_edit import GatedEdit, entered, verdict_on
from skillopt.app.wiring import opened_ledger, wired
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.gate.power import power_on
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from skillopt.ports import Ledger, Target


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
        verdict = await verdict_on(context, candidate)
        ended = await entered(context, record, candidate, verdict)
        return GatedEdit(
            run=record.id,
            skill=inputs.name,
            old=inputs.skill.digest,
            new=candidate.digest,
            verdict=verdict,
            self_judged=parts.self_judged,
            power=power_on(inputs.validation_set, context.settings.gate),
            usage=ended.usage,
        )


def _ignore(_event: Event) -> None:
    """Nobody listens."""
