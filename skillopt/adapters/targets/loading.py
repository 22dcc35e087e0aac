"""How a chat target decides what to load: it sees descriptions, and names skills."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from skillopt.core.evaluation.loading import LOADING_TOOL, Choice, Described, described
from skillopt.core.evaluation.rollout import Reply
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.trace import ToolCall, Trace
from skillopt.core.quoting import block, json_text
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.skill.skill import Skill


def question(
    skill: Skill | None, neighbours: Sequence[Described], task: Task, *, seed: int
) -> tuple[Message, ...]:
    """The messages that ask which skills to load; ``seed`` orders the list, so that none is first.

    A neighbour with the skill's own name is an older copy of it, and is left out.
    """
    own = [] if skill is None else [described(skill)]
    listed = [*own, *(one for one in neighbours if one.name not in {each.name for each in own})]
    random.Random(seed).shuffle(listed)
    lines = "\n".join(json_text(one.model_dump(mode="json")) for one in listed)
    system = f"{instructions()}\n\n{block('skills', lines)}"
    first, *rest = task.messages
    if first.role == "system":
        return (Message(role="system", content=f"{system}\n\n{first.content}"), *rest)
    return (Message(role="system", content=system), *task.messages)


def trace_of(reply: Reply) -> Trace | None:
    """The loads that a reply asks for; None where it names none and is no empty list either."""
    try:
        choice = read_reply(reply.text, shape=Choice, ending=reply.ending).content
    except BadReply:
        return None
    names = dict.fromkeys(name.strip() for name in choice.load)
    return Trace(
        steps=tuple(ToolCall(name=LOADING_TOOL, arguments={"skill": name}) for name in names)
    )


@cache
def instructions() -> str:
    """The text of `loading.md`, which lies beside this module."""
    return files("skillopt.adapters.targets").joinpath("loading.md").read_text("utf-8").strip()
