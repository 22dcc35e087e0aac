"""Tasks as a promptfoo config; checks that promptfoo has no assertion for are named and counted.

Follows promptfoo's pages "Test Case Configuration", "Deterministic metrics" and "Chat threads".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.core.evaluation.checks import Check, Contains, Exact, Json, Regex, Rubric
from skillopt.core.evaluation.task import Task

PROMPT = json.dumps(
    [{"role": "system", "content": "{{skill}}"}, {"role": "user", "content": "{{input}}"}]
)
_FILLED_IN = "has `{{`, `{%` or `{#`, or names a file: promptfoo would fill it in"
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_ONLY_PYTHON = re.compile(
    r"\(\?(?:[P#|>(R&0-9]|[A-Za-z]+[:)-]|-)"  # names, comments, flags, atoms, recursion
    r"|(?<!\\)[*+?}]\+"  # possessive
    r"|\[\[|(?<!\\)\\[agGhHKmMNpPRXz]"
)
"""What means something else in JavaScript, or nothing."""
_PROVIDERS = {"openai/": "openai:chat:", "anthropic/": "anthropic:messages:"}


class Config(NamedTuple):
    """A config, and what of the tasks is not in it."""

    content: dict[str, Any]
    refused: dict[str, int]
    """Checks and tasks that have no equal, and how many."""


def config_of(
    name: str, skill: str, target: str | None, tasks: Sequence[Task], criteria: Mapping[str, str]
) -> Config:
    """The config that runs ``tasks`` with a skill as the system prompt.

    Args:
        name: of the validation set.
        skill: path of the skill's file, from the config's folder.
        target: the model string; None where none is known.
        tasks: of all splits.
        criteria: the sentences that rubrics name.
    """
    refused: Counter[str] = Counter()
    tests = []
    for task in tasks:
        if not isinstance(task.input, str):
            refused["tasks whose input is a conversation"] += 1
            continue
        if is_filled_in(task.input):
            refused[f"tasks whose input {_FILLED_IN}"] += 1
            continue
        asserts = [one for check in task.checks for one in _asserts(check, task, criteria, refused)]
        if not asserts:
            refused["tests without an assertion, which promptfoo lets pass; they are written"] += 1
        test: dict[str, Any] = {"description": task.id, "vars": {"input": task.input}}
        metadata = {"split": task.split, **({"tags": list(task.tags)} if task.tags else {})}
        tests.append({**test, "assert": asserts, "metadata": metadata})
    content = {
        "description": name,
        "prompts": [PROMPT],
        "providers": [_provider(target)],
        "defaultTest": {"vars": {"skill": f"file://{skill}"}},
        "tests": tests,
    }
    return Config(content, dict(refused))


def _provider(target: str | None) -> str:
    for prefix, theirs in _PROVIDERS.items():
        if target and target.startswith(prefix):
            return theirs + target.removeprefix(prefix)
    return "TODO: a provider of promptfoo's"


def _asserts(
    check: Check, task: Task, criteria: Mapping[str, str], refused: Counter[str]
) -> list[dict[str, Any]]:
    weight = {} if check.weight == 1 else {"weight": check.weight}
    if isinstance(check, Rubric):
        share = {} if not weight else {"weight": check.weight / len(check.criteria)}
        sentences = [criteria.get(name, name) for name in check.criteria]
        if any(map(is_filled_in, sentences)):
            refused[f"`rubric` checks whose value {_FILLED_IN}"] += 1
            return []
        return [{"type": "llm-rubric", "value": one, **share} for one in sentences]
    made = _assertion(check, task)
    if made is not None and _value_is_filled_in(made.get("value")):
        refused[f"`{check.type}` checks whose value {_FILLED_IN}"] += 1
        return []
    if made is None:
        refused[f"`{check.type}` checks that promptfoo has no assertion for"] += 1
        return []
    metric = {"metric": check.criterion} if check.criterion else {}
    return [{**made, **weight, **metric}]


def _assertion(check: Check, task: Task) -> dict[str, Any] | None:
    match check:
        case Exact(ignore_case=False):
            return {"type": "equals", "value": _value(check.value, task)}
        case Contains():
            return _contains(check, _value(check.value, task))
        case Regex():
            pattern = javascript_pattern(check.pattern)
            kind = "not-regex" if check.absent else "regex"
            return None if pattern is None else {"type": kind, "value": pattern}
        case Json(mode="schema", at=None):
            return {"type": "contains-json", **({"value": check.value} if check.value else {})}
        case Json(mode="equal", at=None):
            value = _value(check.value, task)
            return {"type": "equals", "value": value} if isinstance(value, dict | list) else None
        case _:
            return None


def is_filled_in(text: str) -> bool:
    """Whether promptfoo would take a text, or a part of it, for a template or a file's name."""
    return text.startswith("file://") or any(mark in text for mark in ("{{", "{%", "{#"))


def _value_is_filled_in(value: Any) -> bool:
    return is_filled_in(value if isinstance(value, str) else json.dumps(value))


def javascript_pattern(pattern: str) -> str | None:
    """A regular expression as JavaScript has it; None where it has none that is the same."""
    if _ONLY_PYTHON.search(pattern):
        return None
    anchors = {r"\A": "^", r"\Z": "$"}
    return _ESCAPED.sub(lambda found: anchors.get(found.group(), found.group()), pattern)


def _contains(check: Contains, value: Any) -> dict[str, Any]:
    case = "i" if check.ignore_case else ""
    if isinstance(value, str):
        return {"type": f"{'not-' if check.absent else ''}{case}contains", "value": value}
    kind = f"not-{case}contains-any" if check.absent else f"{case}contains-all"
    return {"type": kind, "value": list(value)}


def _value(own: Any, task: Task) -> Any:
    return task.expected if own is None else own
