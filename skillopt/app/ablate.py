"""The edits of a refused bundle through the gate one by one: which of them was at fault?"""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import open_session
from skillopt.app.sync import wait_for
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Ablation
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.ablate import ablate as ablate_edits
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import InputError


def ablate(skill: Skill | str | Path, round_: Round, **options: Unpack[Options]) -> Ablation:
    """:func:`aablate`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(aablate(skill, round_, **options), instead="aablate")


async def aablate(skill: Skill | str | Path, round_: Round, **options: Unpack[Options]) -> Ablation:
    """Test each edit of a refused bundle alone, against the version it was written for.

    The ledger keeps the result with the proposal: an edit that is rejected alone is known from then
    on, and one that is accepted alone is shown to the optimizer as such. No edit enters the skill.

    Args:
        skill: the skill the round belongs to; its name, tasks and settings are used.
        round_: a refused round of the ledger whose proposal has several edits.
        options: as for :func:`skillopt.atune`.

    Raises:
        InputError: the round has no refused bundle, or its version is not in the ledger.
        RunStopped: the provider refuses every call.
        SpendExhausted: a limit leaves no room for the version's own rollouts.
    """
    return await ablate_bundle(read_job(skill, **options), round_)


async def ablate_bundle(job: Job, round_: Round) -> Ablation:
    """:func:`aablate` for a job that is read."""
    proposal = _bundle(round_)
    job.inputs.settings.check_gains()
    async with open_session(job) as session:
        parent = await session.ledger.skill(round_.parent)
        if parent is None:
            raise InputError(
                f"version {round_.parent[:12]} is not in the ledger; name its ledger with --ledger"
            )
        record, context = await session.start_run("gate", first=parent)
        search = (await measure_baseline(context)).search
        found = await ablate_edits(
            context, search, incumbent=parent, proposal=proposal, number=round_.number
        )
        ablation = Ablation(round=round_.id, parts=found)
        if found:
            await session.ledger.add_ablation(ablation)
        await session.end_run(record, stopped_by="ablation", last=parent.digest)
        return ablation


def _bundle(round_: Round) -> Proposal:
    proposal = round_.proposal
    if round_.decision.kind != "refused" or proposal is None or len(proposal.edits) == 1:
        raise InputError(
            f"round {round_.number} of run {round_.run} is no refused bundle of several edits: "
            "there is nothing to take apart"
        )
    return proposal
