"""Ask for a small edit, and once more where it does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerAsked
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Draft
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.core.value import canonical_json
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import complaint, question, sent_back
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
    earlier: str = ""
    """Critiques of similar failures in earlier rounds."""


class Try(NamedTuple):
    """One reply: the draft in it, or why there is none."""

    messages: tuple[Message, ...]
    """The conversation up to and with the reply."""
    draft: Draft | BadReply
    repaired: bool = False
    """The JSON of the reply had errors of syntax that were fixed."""


async def propose(context: TuningContext, asked: Question) -> Try:
    """The optimizer's first try at a proposal."""
    context.emit(OptimizerAsked(number=asked.number, step="propose"))
    messages = question("propose", _data(asked), shape=Draft)
    return await _try(context, f"{asked.number}/propose", messages)


async def repair(context: TuningContext, number: int, failed: Try, reason: str) -> Try:
    """The one chance to fix a try that does not fit."""
    context.emit(OptimizerAsked(number=number, step="repair"))
    return await _try(context, f"{number}/repair", (*failed.messages, complaint(reason)))


async def _try(context: TuningContext, key: str, messages: tuple[Message, ...]) -> Try:
    reply = await ask_optimizer(context, key, messages, shape=Draft)
    said = (*messages, sent_back(reply.text))
    try:
        read = read_reply(reply.text, shape=Draft, ending=reply.ending, reasoning=reply.reasoning)
    except BadReply as bad:
        return Try(said, bad)
    return Try(said, read.content, repaired=read.repaired)


def _data(asked: Question) -> dict[str, str]:
    limits = {**asked.budget.model_dump(), "locked": asked.skill.locked_texts}
    critiques = [
        {"id": f"c{place}", **critique.model_dump(mode="json")}
        for place, critique in enumerate(asked.critiques, start=1)
    ]
    data = {
        "skill": asked.skill.text,
        "evidence": evidence(asked.observations),
        "critiques": canonical_json(critiques),
        "refused": asked.refused,
        "limits": canonical_json(limits),
    }
    return {**data, "earlier": asked.earlier} if asked.earlier else data
