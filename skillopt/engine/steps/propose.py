"""Ask for a small edit, and once more where it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerAsked
from skillopt.core.history.digest import NOTHING_TRIED
from skillopt.core.proposals.angles import Angle, angles
from skillopt.core.proposals.collapse import Leave, told
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.folder_draft import plain_draft
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rehearsal import Rehearsal
from skillopt.core.quoting import json_text
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine import off_loop
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import complaint, question, sent_back
from skillopt.engine.shown_skill import (
    draft_shape,
    locked_texts,
    prompts_of_edits,
    prompts_of_files,
    skill_blocks,
)
from skillopt.engine.steps.ask_optimizer import ask_optimizer
from skillopt.engine.steps.criticize import evidence


class Question(NamedTuple):
    """What a proposal is asked for on."""

    number: int
    skill: Skill
    budget: EditBudget
    observations: Sequence[Observation]
    critiques: Sequence[Critique]
    refused: str
    """The ledger's digest of the search so far."""
    leave: Leave | None = None
    """The mode that the proposal must leave."""
    angle: Angle | None = None
    """The side from which a further proposal of the round is asked for."""
    line: tuple[str, ...] = ()
    """Digests of the first version and of those that were accepted."""
    earlier: str = ""
    """Critiques of similar failures in earlier rounds."""
    rehearsal: Rehearsal | None = None
    """What a first proposal of the round did on train tasks that it was not shown."""


class Try(NamedTuple):
    """One reply: the draft in it, or why there is none."""

    messages: tuple[Message, ...]
    """The conversation up to and with the reply."""
    draft: Draft | BadReply
    repaired: bool = False
    """The JSON of the reply had errors of syntax that were fixed."""


class Asked(NamedTuple):
    """A question, and what was first replied to it."""

    question: Question
    tried: Try


async def propose(context: TuningContext, asked: Question) -> Try:
    """The optimizer's first try at a proposal, or at one after the rehearsal of another."""
    context.emit(OptimizerAsked(number=asked.number, step="propose"))
    return await _try(
        context, asked, _key(asked, "propose", after="rehearse"), _opening(context, asked)
    )


async def propose_several(context: TuningContext, asked: Question) -> tuple[Asked, ...]:
    """A free proposal and one from each of the round's angles, which is shown those before it.

    A round that is bound to leave a mode has one proposal.
    """
    first = await propose(context, asked)
    made = [Asked(asked, first)]
    if asked.leave is not None:
        return tuple(made)
    refused = asked.refused not in ("", NOTHING_TRIED)
    names = angles(context.settings.candidates, number=asked.number, refused=refused)
    for name in names:
        drafts = tuple(one.tried.draft for one in made if isinstance(one.tried.draft, Draft))
        turned = asked._replace(angle=Angle(name=name, proposed=drafts))
        made.append(Asked(turned, await propose(context, turned)))
    return tuple(made)


async def repair(context: TuningContext, asked: Question, failed: Try, reason: str) -> Try:
    """The one chance to fix a try that does not fit."""
    context.emit(OptimizerAsked(number=asked.number, step="repair"))
    messages = (*failed.messages, complaint(reason))
    return await _try(context, asked, _key(asked, "repair", after="rehearse_repair"), messages)


def _opening(context: TuningContext, asked: Question) -> tuple[Message, ...]:
    bound, scope = _bound(asked), context.edit_scope
    data = {**skill_blocks(asked.skill, scope), **_data(asked), **bound}
    more = (*prompts_of_files(asked.skill, scope), *prompts_of_edits(asked.skill, scope), *bound)
    return question("propose", data, shape=draft_shape(asked.skill, scope), more=more)


def _key(asked: Question, step: str, *, after: str) -> str:
    """Names the exchange; the first proposal of a round is named as where there is only one.

    Args:
        asked: the question.
        step: what is asked for.
        after: its name where it comes after a rehearsal: what is asked twice has two names.
    """
    step = after if asked.rehearsal else step
    angle = f"_{asked.angle.name}" if asked.angle else ""
    return f"{asked.number}/{step}{angle}"


async def _try(
    context: TuningContext, asked: Question, key: str, messages: tuple[Message, ...]
) -> Try:
    shape = draft_shape(asked.skill, context.edit_scope)
    reply = await ask_optimizer(context, key, messages, shape=shape)
    said = (*messages, sent_back(reply.text))
    try:
        read = await off_loop.read_as(reply, shape)
    except BadReply as bad:
        return Try(said, bad)
    return Try(said, plain_draft(read.content), repaired=read.repaired)


def _bound(asked: Question) -> dict[str, str]:
    """The blocks that bind the proposal, each with a prompt of its name."""
    blocks: dict[str, str] = {}
    if asked.leave is not None:
        blocks["leave"] = json_text(told(asked.leave))
    if asked.angle is not None:
        blocks["angle"] = json_text(asked.angle.told())
    if asked.rehearsal is not None:
        blocks["rehearse"] = json_text(asked.rehearsal.model_dump(mode="json"))
    return blocks


def _data(asked: Question) -> dict[str, str]:
    limits = {**asked.budget.model_dump(), "locked": locked_texts(asked.skill)}
    critiques = [
        {"id": f"c{place}", **critique.model_dump(mode="json")}
        for place, critique in enumerate(asked.critiques, start=1)
    ]
    data = {
        "evidence": evidence(asked.observations),
        "critiques": json_text(critiques),
        "refused": asked.refused,
        "limits": json_text(limits),
    }
    return {**data, "earlier": asked.earlier} if asked.earlier else data
