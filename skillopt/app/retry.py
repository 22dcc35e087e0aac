"""A refused edit of the ledger before today's gate, on today's text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.files.skill_file import located_skill, write_skill
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs, read_inputs
from skillopt.app.records import run_record, seats_without_optimizer
from skillopt.app.single_edit import GatedEdit, entered, verdict_on
from skillopt.app.wiring import Wired, opened_ledger, wired
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.gate import Outcome
from skillopt.core.gate.power import power_on
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.screen import Known, screen
from skillopt.core.skill.skill import Skill
from skillopt.errors import HeadMoved, InputError
from skillopt.ports import Ledger, Target


async def aretry(  # noqa: PLR0913 - keyword-only, each with a default
    skill: Skill | str | Path,
    round_: Round,
    *,
    edit: int | None = None,
    write: bool = False,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    judge: OwnModel | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    on_event: Callable[[Event], None] | None = None,
    **settings: Any,
) -> GatedEdit:
    """Put a refused proposal, or one edit of it, before the gate again, on the skill as it is now.

    What it is a fact about may have moved since: the text, the target, the tasks, the gate. That it
    was refused before does not stop it here; anchors, locked regions, the edit budget and the leak
    screen do. Rollouts that the ledger has are not paid again: on the same text with the same
    target an inconclusive entry goes on with what it has. The ledger keeps the result as a run of
    kind `gate` that names the entry.

    Args:
        skill: the skill as it is now; its name, tasks and settings hold.
        round_: a refused round of the ledger.
        edit: only this edit of the proposal, counted from 0.
        write: write the accepted version into the skill's file, unless another run was first.
        validation_set: path or value; by default the one named after the skill.
        target: as in :func:`skillopt.atune`.
        judge: as in :func:`skillopt.atune`.
        checks: as in :func:`skillopt.atune`.
        ledger: the ledger that has the round; by default the project's.
        on_event: called with each event as it happens.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: the round has no proposal that was refused, or its edits do not fit any more.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
    """
    named, own = seats_without_optimizer(target, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    candidate = _candidate(round_, inputs, edit)
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project) as store,
        wired(inputs, own=own, ledger=store, emit=on_event or _ignore) as parts,
    ):
        gated = await _gated(inputs, parts, candidate, round_)
        if not write or gated.outcome is not Outcome.ACCEPTED:
            return gated
        return await _written(gated, inputs, candidate.skill, store)


async def _gated(inputs: Inputs, parts: Wired, candidate: Candidate, round_: Round) -> GatedEdit:
    record = run_record(inputs, parts, kind="gate", retries=round_.id)
    context = replace(parts.context, run=record.id)
    await context.ledger.start_run(record, inputs.skill)
    verdict = await verdict_on(context, candidate.skill, number=round_.number)
    ended = await entered(context, record, candidate.skill, verdict, proposal=candidate.proposal)
    return GatedEdit(
        run=record.id,
        skill=inputs.name,
        old=inputs.skill.digest,
        new=candidate.skill.digest,
        verdict=verdict,
        self_judged=parts.self_judged,
        power=power_on(inputs.validation_set, context.settings.gate),
        usage=ended.usage,
        retries=round_.id,
    )


def _candidate(round_: Round, inputs: Inputs, edit: int | None) -> Candidate:
    """The entry's edits on today's text."""
    proposal = _proposal(round_, edit).model_copy(update={"parent": inputs.skill.digest})
    budget = inputs.settings.loop().budget.widest
    screened = screen(proposal, skill=inputs.skill, budget=budget, known=Known())
    if isinstance(screened, Candidate):
        return screened
    raise InputError(
        f"entry {round_.id} does not fit {inputs.name} as it is now: {screened.reason} "
        f"({screened.stage.value}: {screened.code}); nothing was called"
    )


def _proposal(round_: Round, edit: int | None) -> Proposal:
    proposal = round_.proposal
    if round_.decision.kind == "accepted":
        raise InputError(
            f"entry {round_.id} was accepted: there is nothing to retry; `skillopt revert` brings "
            "its version back"
        )
    if proposal is None:
        raise InputError(
            f"entry {round_.id} has no edits to retry: no proposal could be read, or it is a "
            "person's edit; put that before the gate with `skillopt gate OLD NEW`"
        )
    if edit is None:
        return proposal
    if not 0 <= edit < len(proposal.edits):
        raise InputError(
            f"entry {round_.id} has no edit {edit}; its edits are counted from 0 to "
            f"{len(proposal.edits) - 1}"
        )
    alone = proposal.draft.model_copy(update={"edits": (proposal.edits[edit],)})
    return proposal.model_copy(update={"draft": alone})


async def _written(gated: GatedEdit, inputs: Inputs, new: Skill, store: Ledger) -> GatedEdit:
    """Move the skill's head, then write its file; a file that changed meanwhile stays."""
    if inputs.path is None:
        return gated
    path = located_skill(inputs.path).absolute()
    try:
        await store.move_head(
            inputs.name,
            str(path.resolve()),
            expected_parent=gated.old,
            new=gated.new,
            run=gated.run,
        )
    except HeadMoved as moved:
        raise InputError(f"accepted, and nothing was written: {moved}") from None
    outcome = write_skill(path, new, expected_digest=gated.old)
    return gated.model_copy(update={"written": str(outcome.path)})


def _ignore(_event: Event) -> None:
    """Nobody listens."""
