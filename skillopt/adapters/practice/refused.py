"""What the prompt says was refused, and what each phrase has to answer for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from skillopt.adapters.practice.language import Literally
from skillopt.adapters.practice.phrases import mentions
from skillopt.adapters.practice.rules import read_rules

_OPEN = "(may be tested again:"
"""What the headline of a rejection says that stands no longer."""

_BROKEN = re.compile(r"the evidence shows what it broke: (.+)$")
_ROLLOUT = re.compile(r"(\S{1,20}) \([^()]*\)(?:, |$)")

GUILTY = 0.75
"""The most that one lesson lays on a phrase: with an exception it may be right."""
INNOCENT = 0.25
"""What a phrase bears of its share where the lesson says that others broke what broke."""

Blame = dict[tuple[str, str, str], float]
"""By field, value and phrase."""


def broken(refused: str) -> tuple[str, ...]:
    """Ids of the rollouts on tasks that refused proposals broke, as the lessons name them."""
    lines = (_BROKEN.search(line) for line in refused.splitlines())
    return tuple(
        dict.fromkeys(name for line in lines if line for name in _ROLLOUT.findall(line[1]))
    )


def blame(refused: str, inputs: Mapping[str, str] | None = None) -> Blame:
    """What each (field, value, phrase) has to answer for, from the refused proposals.

    A refused proposal's blame of 1 is shared by all that it tried: a phrase that was refused alone
    is never proposed again, one that was refused with others loses some of its score. Where a
    lesson names what was broken, the phrases that are mentioned there bear the blame.

    Args:
        refused: the search so far, as the prompt tells it.
        inputs: folded inputs of the evidence, by rollout.
    """
    found: Blame = {}
    tried: dict[tuple[str, str, str], None] = {}
    weight = 0.0
    harmed: list[str] = []

    def settle() -> None:
        guilty = [key for key in tried if any(mentions(text, key[2]) for text in harmed)]
        for key in tried:
            share = 1 / len(tried)
            if guilty:
                share = min(GUILTY, 1 / len(guilty)) if key in guilty else share * INNOCENT
            found[key] = found.get(key, 0.0) + weight * share
        tried.clear()
        harmed.clear()

    for line in refused.splitlines():
        edit = _edit(line)
        if edit is None:
            if not line.startswith("  "):
                settle()
                weight = _weight(line)
            harmed += [(inputs or {})[name] for name in broken(line) if name in (inputs or {})]
            continue
        old = set(_triples(str(edit.get("anchor", "")))) if edit.get("kind") == "replace" else set()
        tried.update(dict.fromkeys(t for t in _triples(str(edit.get("text", ""))) if t not in old))
    settle()
    return found


def _weight(headline: str) -> float:
    head = headline.lower()
    if "stale" in head or "stage fit" in head or head.startswith("accepted"):
        return 0.0
    if _OPEN in head:
        return 0.25
    return 0.5 if head.startswith("inconclusive") else 1.0


def _edit(line: str) -> dict[str, Any] | None:
    line = line.strip()
    if not line.startswith("{"):
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and "kind" in found else None


def _triples(text: str) -> list[tuple[str, str, str]]:
    return [
        (setting.field, setting.value.text, phrase.lower())
        for rule in read_rules(text[:50_000]).rules
        if rule.condition
        for group in (*rule.condition.every, rule.condition.none)
        for phrase in group
        for setting in rule.settings
        if isinstance(setting.value, Literally)
    ]


def edit_texts(refused: str) -> str:
    """The texts of the edits that stay refused, as they would stand in a skill."""
    found = [str(edit.get(key, "")) for edit in _standing(refused) for key in ("text", "anchor")]
    return "\n".join(found)


def accepted_texts(refused: str) -> str:
    """The texts of the edits that were accepted in an earlier run or for a sibling."""
    found: list[str] = []
    is_accepted = False
    for line in refused.splitlines():
        edit = _edit(line)
        if edit is None:
            is_accepted = _is_accepted(line) if not line.startswith("  ") else is_accepted
        elif is_accepted:
            found.append(str(edit.get("text", "")))
    return "\n\n".join(found)


def refused_alone(refused: str, sentence: str) -> bool:
    """Whether an edit that wrote this sentence and nothing beside it was refused, and still is."""
    return any(_bare(str(edit.get("text", ""))) == sentence for edit in _standing(refused))


def _standing(refused: str) -> Iterator[dict[str, Any]]:
    """The edits under headlines of refusals that do not say that they may be tested again."""
    is_open = False
    for line in refused.splitlines():
        edit = _edit(line)
        if edit is None:
            if not line.startswith("  "):
                is_open = _OPEN in line.lower() or _is_accepted(line)
        elif not is_open:
            yield edit


def _is_accepted(headline: str) -> bool:
    return headline.lower().startswith("accepted")


def _bare(text: str) -> str:
    """A text without headings, list markers and line ends."""
    lines = [line.strip().removeprefix("- ") for line in text.splitlines()]
    return " ".join(line for line in lines if line and not line.startswith("#"))
