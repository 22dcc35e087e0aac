"""Ask for a rewrite of the whole body, and once more where it does not fit."""

from __future__ import annotations

from skillopt.core.evaluation.task import Message
from skillopt.core.events import OptimizerAsked
from skillopt.core.proposals.rewriting import Rewrite, draft_of
from skillopt.core.quoting import json_text
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit_scope import LEAST_SCOPE
from skillopt.core.skill.skill import Skill
from skillopt.engine import off_loop
from skillopt.engine.context import TuningContext
from skillopt.engine.prompts import complaint, question, sent_back
from skillopt.engine.shown_skill import prompts_of_files, skill_blocks
from skillopt.engine.steps.ask_optimizer import ask_optimizer
from skillopt.engine.steps.criticize import evidence
from skillopt.engine.steps.propose import Question, Try


async def rewrite(context: TuningContext, asked: Question) -> Try:
    """The optimizer's first rewrite."""
    context.emit(OptimizerAsked(number=asked.number, step="propose"))
    messages = question("rewrite", _data(asked), shape=Rewrite, more=prompts_of_files(asked.skill))
    return await _try(context, f"{asked.number}/propose", messages, asked.skill)


async def repair_rewrite(context: TuningContext, asked: Question, failed: Try, reason: str) -> Try:
    """The one chance to fix a rewrite that does not fit."""
    context.emit(OptimizerAsked(number=asked.number, step="repair"))
    messages = (*failed.messages, complaint(reason))
    return await _try(context, f"{asked.number}/repair", messages, asked.skill)


async def _try(
    context: TuningContext, key: str, messages: tuple[Message, ...], skill: Skill
) -> Try:
    reply = await ask_optimizer(context, key, messages, shape=Rewrite)
    said = (*messages, sent_back(reply.text))
    try:
        read = await off_loop.read_as(reply, Rewrite)
        return Try(said, draft_of(read.content, skill), repaired=read.repaired)
    except BadReply as bad:
        return Try(said, bad)


def _data(asked: Question) -> dict[str, str]:
    limits = {
        "max_skill_chars": asked.budget.max_skill_chars,
        "locked": asked.skill.locked_texts,
    }
    return {
        **skill_blocks(asked.skill, LEAST_SCOPE),
        "evidence": evidence(asked.observations),
        "refused": asked.refused,
        "limits": json_text(limits),
    }
