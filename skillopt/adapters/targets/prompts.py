"""How a target is shown the skill: the preamble, then the skill as a block."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from skillopt.core.evaluation.task import Message, Task
from skillopt.core.quoting import block
from skillopt.core.skill.shown_files import shown_to_target
from skillopt.core.skill.skill import Skill


def conversation(skill: Skill | None, task: Task) -> tuple[Message, ...]:
    """The messages of one rollout: what stands above the task, then the task's own.

    A system message that opens the task is joined to ours: many chat templates know only one.
    """
    system = preamble() if skill is None else _with_skill(shown_to_target(skill))
    first, *rest = task.messages
    if first.role == "system":
        joined = Message(role="system", content=f"{system}\n\n{first.content}")
        return (joined, *rest)
    return (Message(role="system", content=system), *task.messages)


@cache
def preamble() -> str:
    """The text of `chat.md`, which lies beside this module."""
    return files("skillopt.adapters.targets").joinpath("chat.md").read_text("utf-8").strip()


@lru_cache(maxsize=4)
def _with_skill(text: str) -> str:
    return f"{preamble()}\n\n{block('skill', text)}"
