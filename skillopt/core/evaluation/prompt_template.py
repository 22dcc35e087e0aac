"""A template of the user's own for the target's prompt: where the skill goes, and the task."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from skillopt.core.evaluation.task import Message, Task
from skillopt.core.skill.shown_files import shown_to_target
from skillopt.core.skill.skill import Skill
from skillopt.errors import SettingsError

SKILL, TASK = "{skill}", "{task}"

_ROLE_LINE = re.compile(r"^\[(system|user|assistant)\][ \t]*$\n?", re.MULTILINE)
_PLACE = re.compile(r"\{(skill|task)\}")

_Role = Literal["system", "user", "assistant"]


class PromptTemplate(NamedTuple):
    """What the target is sent: parts with `{skill}` and `{task}` in their places."""

    parts: tuple[Message, ...]
    appends_task: bool
    """The task's own turns follow the parts, since none of them names `{task}`."""

    def filled(self, skill: Skill | None, task: Task) -> tuple[Message, ...]:
        """The messages of one rollout; without a skill its place is empty.

        A system message that opens the task joins the one that the template ends with, if it ends
        with one: many chat templates know only one.
        """
        texts = {"skill": "" if skill is None else shown_to_target(skill), "task": task.text}

        def text(part: Message) -> str:
            return _PLACE.sub(lambda place: texts[place.group(1)], part.content)

        parts = [Message(role=part.role, content=text(part)) for part in self.parts]
        if not self.appends_task:
            return tuple(parts)
        first, *rest = task.messages
        if first.role == "system" and parts[-1].role == "system":
            joined = f"{parts[-1].content}\n\n{first.content}"
            return (*parts[:-1], Message(role="system", content=joined), *rest)
        return (*parts, *task.messages)


def prompt_template(text: str, *, plain: bool = False) -> PromptTemplate:
    """The template in ``text``.

    Lines `[system]`, `[user]` and `[assistant]`, each alone on its line, begin a message. Without
    any, the text is one message: the user's if it names `{task}`, else the system's.

    Args:
        text: the template.
        plain: the target continues one text; there are no messages.

    Raises:
        SettingsError: `{skill}` has no place, text stands before the first role, or a plain
            completion has roles or no place for `{task}`.
    """
    if SKILL not in text:
        raise SettingsError(
            f"target_template has no place for the skill; put {SKILL} where it goes, and {TASK} "
            "where the task goes"
        )
    marks = list(_ROLE_LINE.finditer(text))
    _check(text, marks, plain=plain)
    if not marks:
        role: _Role = "user" if TASK in text else "system"
        parts = [Message(role=role, content=text)]
    else:
        ends = [*(mark.start() for mark in marks), len(text)]
        parts = [
            Message(role=cast("_Role", mark.group(1)), content=text[mark.end() : end].strip("\n"))
            for mark, end in zip(marks, ends[1:], strict=True)
        ]
    return PromptTemplate(tuple(parts), appends_task=TASK not in text)


def _check(text: str, marks: list[re.Match[str]], *, plain: bool) -> None:
    if marks and text[: marks[0].start()].strip():
        raise SettingsError(
            f"target_template has text before its first role, {marks[0].group().strip()!r}; begin "
            "with a line [system], [user] or [assistant], or leave out all of them"
        )
    if plain and marks:
        raise SettingsError(
            f"target_template names a role, {marks[0].group().strip()!r}, and the target is a "
            "plain completion, which has none; leave them out, or spell them as it knows them"
        )
    if plain and TASK not in text:
        raise SettingsError(
            f"target_template has no place for the task, and the target is a plain completion: put "
            f"{TASK} where it goes"
        )
