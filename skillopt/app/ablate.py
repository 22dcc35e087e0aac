"""The edits of a refused bundle through the gate one by one: which of them was at fault?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Unpack

from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.session import open_session
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GateTask
from skillopt.core.gate.pair_effect import PairEffect, pair_effect
from skillopt.core.history.run import Round
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Ablation, Part, PartOutcome
from skillopt.core.skill.edit import Edit
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.steps.ablate import EditAlone
from skillopt.engine.steps.ablate import ablate as ablate_edits
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import gate_tasks
from skillopt.errors import InputError


class AblatedEdit(Value):
    """One edit of a refused bundle, tested alone."""

    edit: Edit
    outcome: PartOutcome
    """What the gate said of it alone; `unfit` where it does not fit without the others."""
    reason: str
    """One sentence."""
    effect: PairEffect | None
    """Mean paired difference to the version without it; None where no task was run."""
    p_value: float | None


class AblatedBundle(Value):
    """The edits of a refused bundle, tested one by one."""

    run: str
    """The run's id in the ledger."""
    round: str
    """Id of the proposal that was taken apart."""
    skill: str
    parts: tuple[Part, ...]
    """What the ledger keeps of it; empty where the limits left no room for every edit."""
    edits: tuple[AblatedEdit, ...]
    """The same with the figures, in the order of the proposal."""
    usage: Usage
    """What this call paid."""


def ablate(skill: Skill | str | Path, round_: Round, **options: Unpack[Options]) -> AblatedBundle:
    """:func:`aablate`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(aablate(skill, round_, **options), instead="aablate")


async def aablate(
    skill: Skill | str | Path, round_: Round, **options: Unpack[Options]
) -> AblatedBundle:
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


async def ablate_bundle(job: Job, round_: Round) -> AblatedBundle:
    """:func:`aablate` for a job that is read."""
    proposal = _bundle(round_)
    job.inputs.validation_set.check_filled("validation")
    job.inputs.settings.check_gains()
    async with open_session(job, create=False) as session:
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
        parts = tuple(one.part for one in found)
        if parts:
            await session.ledger.add_ablation(Ablation(round=round_.id, parts=parts))
        ended = await session.end_run(record, stopped_by="ablation", last=parent.digest)
    tasks = gate_tasks(context.validation_set.split("validation"), search.book)
    return AblatedBundle(
        run=record.id,
        round=round_.id,
        skill=job.inputs.name,
        parts=parts,
        edits=tuple(_ablated(one, proposal, tasks) for one in found),
        usage=ended.usage,
    )


def _ablated(alone: EditAlone, proposal: Proposal, tasks: Sequence[GateTask]) -> AblatedEdit:
    verdict = alone.verdict
    return AblatedEdit(
        edit=proposal.edits[alone.part.edit],
        outcome=alone.part.outcome,
        reason=verdict.reason if verdict else "it does not fit without the other edits",
        effect=pair_effect(verdict.pairs, tasks) if verdict else None,
        p_value=verdict.p_value if verdict else None,
    )


def _bundle(round_: Round) -> Proposal:
    proposal = round_.proposal
    if round_.decision.kind != "refused" or proposal is None or len(proposal.edits) == 1:
        raise InputError(
            f"proposal {round_.id} is not a rejected proposal of several edits: there is nothing "
            "to take apart; `skillopt ledger retry` tests a single edit again"
        )
    return proposal
