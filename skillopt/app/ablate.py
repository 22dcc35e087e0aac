"""A refused bundle of edits, tried one by one on request: which of them was at fault?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import read_inputs
from skillopt.app.records import run_record, seats_without_optimizer
from skillopt.app.wiring import opened_ledger, wired
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Ablation
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.ablate import ablate
from skillopt.engine.steps.measure_baseline import baseline
from skillopt.errors import InputError
from skillopt.ports import Ledger, Target


async def aablate(
    skill: Skill | str | Path,
    round_: Round,
    *,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    judge: OwnModel | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> Ablation:
    """Hold each edit of a refused bundle against the version it was written for, alone.

    The ledger keeps the result with the entry: an edit that is rejected alone is known from then
    on, one that does better alone is shown to the optimizer as such. No edit enters the skill.

    Args:
        skill: the skill the round belongs to; its name, tasks and settings hold.
        round_: a refused round of the ledger whose proposal has several edits.
        validation_set: path or value; by default the one named after the skill.
        target: as in :func:`skillopt.atune`.
        judge: as in :func:`skillopt.atune`.
        checks: as in :func:`skillopt.atune`.
        ledger: the ledger that has the round; by default the project's.
        on_event: called with each event as it happens.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: the round has no bundle that was refused, or its version is not in the ledger.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room for the version's own rollouts.
    """
    proposal = _bundle(round_)
    named, own = seats_without_optimizer(target, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        parent = await store.skill(round_.parent)
        if parent is None:
            raise InputError(f"the ledger has no version {round_.parent[:12]}; name its ledger")
        record = run_record(inputs, parts, kind="gate", first=parent.digest)
        context = replace(parts.context, run=record.id, first=parent)
        await store.start_run(record, parent)
        search = (await baseline(context)).search
        found = await ablate(
            context, search, incumbent=parent, proposal=proposal, number=round_.number
        )
        ablation = Ablation(round=round_.id, parts=found)
        if found:
            await store.add_ablation(ablation)
        ended = {
            "last": parent.digest,
            "finished": time.time(),
            "stopped_by": "ablation",
            "usage": await store.usage(record.id),
        }
        await store.finish_run(record.model_copy(update=ended))
        return ablation


def _bundle(round_: Round) -> Proposal:
    proposal = round_.proposal
    if round_.decision.kind != "refused" or proposal is None or len(proposal.edits) == 1:
        raise InputError(
            f"round {round_.number} of run {round_.run} is no refused bundle of several edits: "
            "there is nothing to take apart"
        )
    return proposal


def _ignore(_event: Event) -> None:
    """Nobody listens."""
