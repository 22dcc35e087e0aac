"""A refused proposal through the gate again, on the skill as it is now."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from skillopt.adapters.files.skill_file import check_place, located_skill, write_skill
from skillopt.app.inputs import Inputs
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.result import Written
from skillopt.app.session import open_session
from skillopt.app.single_edit import GatedEdit, decide
from skillopt.app.sync import wait_for
from skillopt.core.gate import Outcome
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.screen import Known, screen, screen_text
from skillopt.core.settings_groups import loop_settings
from skillopt.core.skill.skill import Skill
from skillopt.errors import HeadMoved, InputError
from skillopt.ports import Ledger


def retry(
    skill: Skill | str | Path,
    round_: Round,
    *,
    edit: int | None = None,
    write: bool = False,
    **options: Unpack[Options],
) -> GatedEdit:
    """:func:`aretry`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = aretry(skill, round_, edit=edit, write=write, **options)
    return wait_for(running, instead="aretry")


async def aretry(
    skill: Skill | str | Path,
    round_: Round,
    *,
    edit: int | None = None,
    write: bool = False,
    **options: Unpack[Options],
) -> GatedEdit:
    """Test a refused proposal, or one edit of it, again, on the skill as it is now.

    The text, the target, the tasks and the gate may have changed since. The earlier refusal is
    ignored; anchors, locked regions, the edit budget, the leak screen and what the content policy
    refuses are not; what it holds for a person is a warning here. Stored rollouts
    are reused: on the same text with the same target an inconclusive proposal continues with those
    it has. The ledger keeps the result as a run of kind `gate` that names the proposal.

    Args:
        skill: the skill as it is now; its name, tasks and settings are used.
        round_: a refused round of the ledger.
        edit: only this edit of the proposal, counted from 0.
        write: write the accepted version into the skill's file, unless another run was first.
        options: as for :func:`skillopt.atune`.

    Raises:
        InputError: the round has no refused proposal, or its edits do not fit any more.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room.
    """
    return await retry_edit(read_job(skill, **options), round_, edit=edit, write=write)


async def retry_edit(
    job: Job, round_: Round, *, edit: int | None = None, write: bool = False
) -> GatedEdit:
    """:func:`aretry` for a job that is read."""
    job.inputs.validation_set.check_filled("validation")
    candidate = _candidate(round_, job.inputs, edit)
    if write and job.inputs.file is not None:
        check_place(job.inputs.file, instead="leave out --write", skill=job.inputs.skill)
    async with open_session(job) as session:
        gated = await decide(session, candidate, number=round_.number, retries=round_.id)
        if not write or gated.outcome is not Outcome.ACCEPTED:
            return gated
        return await _write(gated, job.inputs, candidate.skill, session.ledger)


def _candidate(round_: Round, inputs: Inputs, edit: int | None) -> Candidate:
    """The entry's edits on today's text."""
    proposal = _proposal(round_, edit).model_copy(update={"parent": inputs.skill.digest})
    settings = loop_settings(inputs.settings)
    screened = screen(
        proposal,
        skill=inputs.skill,
        budget=settings.budget.widest(inputs.skill),
        known=Known(),
        scope=settings.edit_scope,
    )
    screened = screen_text(
        screened,
        incumbent=inputs.skill,
        first=inputs.skill,
        index=inputs.validation_set.leak_index,
        leak_policy=inputs.settings.leak_policy,
        content_policy=inputs.settings.content_policy.for_person(),
    )
    if isinstance(screened, Candidate):
        return screened
    raise InputError(
        f"entry {round_.id} does not fit the current {inputs.name}: {screened.reason} "
        f"({screened.stage.value}: {screened.code}); nothing was called"
    )


def _proposal(round_: Round, edit: int | None) -> Proposal:
    proposal = round_.proposal
    if round_.decision.kind == "accepted":
        raise InputError(
            f"entry {round_.id} was accepted: there is nothing to retry; `skillopt revert` "
            "restores its version"
        )
    if proposal is None:
        raise InputError(
            f"entry {round_.id} has no edits to retry: no proposal could be read, or it is a "
            "hand-written edit; test that with `skillopt gate OLD NEW`"
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


async def _write(gated: GatedEdit, inputs: Inputs, new: Skill, store: Ledger) -> GatedEdit:
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
    outcome = write_skill(path, new, expected_digest=gated.old, began_with=inputs.skill)
    return gated.model_copy(update={"written": Written.of(outcome)})
