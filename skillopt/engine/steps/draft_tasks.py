"""Ask for tasks that are grounded in a document."""

from __future__ import annotations

import json

from skillopt.core.evaluation.rollout import Reply
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.mining.drafts import TaskDrafts
from skillopt.core.quoting import in_one_line, json_text
from skillopt.core.skill.edit_scope import LEAST_SCOPE
from skillopt.core.skill.skill import Skill
from skillopt.engine.prompts import question
from skillopt.engine.shown_skill import prompts_of_files, skill_blocks
from skillopt.ports import Model


async def draft_tasks(model: Model, skill: Skill, tasks: ValidationSet, *, passage: str) -> Reply:
    """The reply with drafts for a passage of a document.

    The one task it shows is of the train split: the others are no business of a model that writes
    tasks.

    Raises:
        CallFailed, RunStopped, SpendExhausted: as :meth:`skillopt.ports.Model.reply`.
    """
    example = next(iter(tasks.split("train")), None)
    data = {
        **skill_blocks(skill, LEAST_SCOPE),
        "criteria": json_text(tasks.criteria),
        "example": "none" if example is None else _in_one_line(example),
        "passage": passage,
    }
    asked = question("draft_tasks", data, shape=TaskDrafts, more=prompts_of_files(skill))
    return await model.reply(asked, shape=TaskDrafts)


def _in_one_line(example: Task) -> str:
    shown = {"input": example.text, "answer": example.expected}
    return in_one_line(json.dumps(shown, ensure_ascii=False))
