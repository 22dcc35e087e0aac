"""Proven rules: what the prompt says was accepted in an earlier run, or for a sibling."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.adapters.practice.hints import Hint
from skillopt.adapters.practice.language import Literally, Rule, RuleBook
from skillopt.adapters.practice.planning import right_fields
from skillopt.adapters.practice.rules import read_rules
from skillopt.adapters.practice.scene import Scene

LEAST_GAIN = 0.01
"""What a rule is worth that helps nothing shown: it has helped somewhere."""


def proven_hints(scene: Scene, accepted: str) -> list[Hint]:
    """The rules in ``accepted`` that fit this skill and break nothing that is shown.

    Args:
        scene: the skill and the evidence.
        accepted: texts of accepted edits.
    """
    found: list[Hint] = []
    before = right_fields(scene.book, scene.seen)
    for sentence, rule in _sentences(accepted[:50_000]):
        if not _fits(rule, scene.book) or sentence in scene.skill.text:
            continue
        with_it = read_rules(f"{scene.skill.text}\n\n- {sentence}\n")
        mended, broke = _effect(before, right_fields(with_it, scene.seen))
        if not broke:
            gain = max(LEAST_GAIN, mended / max(1, len(scene.seen)))
            found.append(Hint(rule.settings[0].field, sentence, gain))
    return list({hint.text: hint for hint in found}.values())


def _sentences(text: str) -> list[tuple[str, Rule]]:
    rules = read_rules(text).rules
    return [(text[rule.span.start : rule.span.end], rule) for rule in rules if rule.condition]


def _fits(rule: Rule, book: RuleBook) -> bool:
    """Whether the skill knows the fields that it sets, and the values where it lists them."""
    return bool(rule.settings) and all(
        setting.field in book.fields
        and isinstance(setting.value, Literally)
        and setting.value.text in book.values.get(setting.field, (setting.value.text,))
        for setting in rule.settings
    )


def _effect(before: Sequence[dict[str, bool]], after: Sequence[dict[str, bool]]) -> tuple[int, int]:
    """How many of the rollouts shown are right then and were not, and the other way about."""
    pairs = [(all(old.values()), all(new.values())) for old, new in zip(before, after, strict=True)]
    return sum(new and not old for old, new in pairs), sum(old and not new for old, new in pairs)
