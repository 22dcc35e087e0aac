"""Which skills an agent loaded: clients show it descriptions, and it loads what it needs.

Agents load a skill by a tool of their client's own (Claude Code `Skill`, OpenCode `skill`, Gemini
CLI `activate_skill`), or read its SKILL.md with a tool that reads files (Codex, deepagents).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from skillopt.core.evaluation.trace import ToolCall
from skillopt.core.skill.format_rules import LONGEST_DESCRIPTION
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value

LOADING_TOOL = "Skill"
"""What a load is called in the traces that skillopt itself writes."""
LOADING_TOOLS = frozenset({"skill", "activate_skill", "load_skill", "use_skill", "read_skill"})
"""The clients' names of it, in lower case."""

UNNAMED = "skill"
"""The name of a skill that has none."""

_MOST_READ = 20_000
"""Characters of a call's arguments that a path is looked for in."""


class Described(Value):
    """What a client shows of a skill that is not loaded."""

    name: str = Field(min_length=1)
    description: str


class Choice(Value):
    """The skills that a model would load for a request."""

    load: tuple[str, ...]
    """Names from the list; empty where none fits."""


def described(skill: Skill) -> Described:
    """What a client shows of ``skill``."""
    said = skill.fields.get("description")
    description = said if isinstance(said, str) else ""
    return Described(name=skill.name or UNNAMED, description=description[:LONGEST_DESCRIPTION])


def was_loaded(name: str, calls: Sequence[ToolCall]) -> bool:
    """Whether one of the tool calls loads the skill ``name``."""
    return any(_loads(name, call) for call in calls)


def loaded_by(calls: Sequence[ToolCall], names: Sequence[str]) -> tuple[str, ...]:
    """Those of ``names`` that were loaded."""
    return tuple(name for name in names if was_loaded(name, calls))


def _loads(name: str, call: ToolCall) -> bool:
    texts = list(_texts(call.arguments))
    if call.name.lower() in LOADING_TOOLS:
        # A plugin's skill has its plugin's name before its own.
        return any(text == name or text.endswith(f":{name}") for text in texts)
    file = f"{name}/SKILL.md"
    return any(_names_file(text[:_MOST_READ], file) for text in texts)


def _names_file(text: str, file: str) -> bool:
    at = text.find(file)
    while at >= 0:
        if at == 0 or not (text[at - 1].isalnum() or text[at - 1] in "-_."):
            return True
        at = text.find(file, at + 1)
    return False


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one
