"""The reader: a practice target that does what the rules in the skill say, and nothing more."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, assert_never

from skillopt.adapters.practice.language import (
    ANSWER,
    Condition,
    FreeForm,
    JsonForm,
    LabelForm,
    Literally,
    RuleBook,
    Setting,
    Taken,
    TemplateForm,
)
from skillopt.adapters.practice.phrases import folded, mentions
from skillopt.adapters.practice.rules import read_rules
from skillopt.adapters.practice.shaping import shaped
from skillopt.adapters.practice.sources import taken

FIRST_WORDS = 8
"""Words of the input that the reader answers with where no rule applies."""

_PLACEHOLDER = re.compile(r"\{([\w-]{1,60})\}")
_NUMERIC = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?")


class Decision(NamedTuple):
    """What the reader makes of one field."""

    text: str
    rule: int | None
    """Which rule decided, by its place in the book; None: the naive default."""


def answer(skill: str, text: str, *, seed: int = 0, noise: float = 0.0) -> str:
    """The reader's answer to the input ``text``.

    Args:
        skill: the SKILL.md's text; "" where there is none.
        text: the input.
        seed: the trial; with ``skill`` and ``text`` it seeds the noise.
        noise: how likely it is, between 0 and 1, that the reader errs on this rollout: that it
            overlooks a rule or slips to another listed value.
    """
    book = read_rules(skill)
    decisions = decide(book, text)
    careful = written(book, decisions)
    if noise <= 0:
        return careful
    mark = hashlib.sha256("\0".join((skill, text, str(seed))).encode("utf-8", "surrogatepass"))
    draw = random.Random(mark.digest())
    return _careless(book, text, decisions, draw) if draw.random() < noise else careful


def decide(
    book: RuleBook, text: str, *, overlooked: frozenset[int] = frozenset()
) -> dict[str, Decision]:
    """The value of every field: the last rule that speaks, else the last default, else naively."""
    low = folded(text)
    fields = book.fields
    found: dict[str, Decision] = {}
    defaults: dict[str, Decision] = {}
    for number, rule in enumerate(book.rules):
        if number in overlooked or not holds(rule.condition, low):
            continue
        into = defaults if rule.default else found
        for setting in rule.settings:
            value = _value(setting, text) if setting.field in fields else None
            if value is not None:
                into[setting.field] = Decision(value, number)
    return {
        field: found.get(field) or defaults.get(field) or Decision(naive(book, field, text), None)
        for field in fields
    }


def holds(condition: Condition | None, low: str) -> bool:
    """Whether the condition is met by a folded text."""
    if condition is None:
        return True
    return all(
        any(mentions(low, phrase) for phrase in group) for group in condition.every
    ) and not any(mentions(low, phrase) for phrase in condition.none)


def naive(book: RuleBook, field: str, text: str) -> str:
    """What the reader answers where no rule speaks: the first listed value, else first words."""
    values = book.values.get(field)
    return values[0] if values else " ".join(text[:2_000].split()[:FIRST_WORDS])


def written(book: RuleBook, decisions: Mapping[str, Decision]) -> str:
    """The answer in the skill's form, fields and whole both in shape."""
    texts = {field: shaped(made.text, book.shapes, field) for field, made in decisions.items()}
    match book.form:
        case JsonForm():
            content = {field: _json_value(text, decisions[field]) for field, text in texts.items()}
            return json.dumps(content, ensure_ascii=False)
        case TemplateForm(template=template):
            line = _PLACEHOLDER.sub(lambda match: texts.get(match[1], match[0]), template)
            return shaped(line, book.shapes, ANSWER)
        case LabelForm() | FreeForm():
            return texts[ANSWER]
        case _:
            assert_never(book.form)


def _json_value(text: str, made: Decision) -> Any:
    """Numbers, true, false and null are written as such; digits in a skill's `"…"` stay text."""
    if text in {"true", "false", "null"} or _NUMERIC.fullmatch(text):
        return json.loads(text)
    if made.rule is not None and len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


def _value(setting: Setting, text: str) -> str | None:
    match setting.value:
        case Literally(text=literal):
            return literal
        case Taken():
            return taken(setting.value, text)
        case _:
            assert_never(setting.value)


def _careless(
    book: RuleBook, text: str, decisions: Mapping[str, Decision], draw: random.Random
) -> str:
    """An answer that differs from the careful one, if any slip makes a difference."""
    careful = written(book, decisions)
    used = [made.rule for made in decisions.values() if made.rule is not None]
    draw.shuffle(used)
    for rule in used:
        slip = written(book, decide(book, text, overlooked=frozenset({rule})))
        if slip != careful:
            return slip
    fields = list(decisions)
    draw.shuffle(fields)
    for field in fields:
        others = [value for value in book.values.get(field, ()) if value != decisions[field].text]
        if others:
            wrong = Decision(draw.choice(others), None)
            return written(book, {**decisions, field: wrong})
    return careful.rpartition(" ")[0] or careful
