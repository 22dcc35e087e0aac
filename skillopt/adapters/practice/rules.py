"""The parser of the rule language: a skill's text to the rules in it. Pure, and it never raises."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from skillopt.adapters.practice.language import (
    ANSWER,
    Condition,
    Form,
    FreeForm,
    JsonForm,
    LabelForm,
    Literally,
    Rule,
    RuleBook,
    Setting,
    Shape,
    Source,
    Taken,
    TemplateForm,
)
from skillopt.adapters.practice.scanner import Kind, Sentence, Token, sentences
from skillopt.adapters.practice.shaping import shapes_in
from skillopt.core.skill.skill import Skill

MOST_RULES = 2_000

_PLACEHOLDER = re.compile(r"\{([\w-]{1,60})\}")
_WHEN = {"when", "whenever", "if"}
_DO = {"set", "answer", "reply"}
_VERBS = {
    "mention", "mentions", "mentioned", "contain", "contains", "say", "says", "include", "includes"
}  # fmt: skip
_AFTER_VALUE = {"and", "by", "set", *_WHEN}
_NOT = {"not", "without", "never", "doesn", "neither", "no", "don"}


@lru_cache(maxsize=64)
def read_rules(text: str) -> RuleBook:
    """The rules in a skill's text; what is no rule is ignored."""
    form: Form = FreeForm()
    rules: list[Rule] = []
    shapes: list[Shape] = []
    values: dict[str, tuple[str, ...]] = {}
    for sentence in sentences(Skill(text=text)):
        if not any(token.kind is Kind.CODE for token in sentence.tokens):
            shapes += shapes_in(sentence)
            continue
        stated = _form(sentence)
        if stated is not None:
            form = stated
            if isinstance(stated, LabelForm):
                values[ANSWER] = _listed(sentence.tokens, _index(sentence.words, "one") + 2)
            continue
        rule = _rule(sentence)
        if rule is not None:
            rules.append(rule)
            continue
        values |= _values(sentence)
        shapes += shapes_in(sentence)
    return RuleBook(form=form, rules=tuple(rules[:MOST_RULES]), values=values, shapes=tuple(shapes))


def _form(sentence: Sentence) -> Form | None:
    words = sentence.words
    if words[0] not in {"answer", "reply", "respond", "return", "write", "output"}:
        return None
    first = next(i for i, token in enumerate(sentence.tokens) if token.kind is Kind.CODE)
    before = words[:first]
    code = sentence.tokens[first].text
    if "json" in before:
        return JsonForm(fields=_listed(sentence.tokens, first))
    if {"form", "format"} & set(before) and _PLACEHOLDER.search(code):
        fields = tuple(dict.fromkeys(_PLACEHOLDER.findall(code)))
        return TemplateForm(template=code, fields=fields)
    return LabelForm() if before[-2:] == ("one", "of") else None


def _values(sentence: Sentence) -> dict[str, tuple[str, ...]]:
    words, tokens = sentence.words, sentence.tokens
    if tokens[0].kind is not Kind.CODE or words[1:2] not in {("is",), ("must",), ("has",)}:
        return {}
    start = next((i for i in range(1, len(tokens)) if tokens[i].kind is Kind.CODE), len(tokens))
    if words[start - 2 : start] != ("one", "of") and words[start - 1] != "either":
        return {}
    return {tokens[0].text: _listed(tokens, start)}


def _listed(tokens: Sequence[Token], start: int) -> tuple[str, ...]:
    """The codes from ``start`` on, as long as only commas, `and` and `or` stand between them."""
    found: list[str] = []
    for token in tokens[start:]:
        if token.kind is Kind.CODE:
            found.append(token.text)
        elif token.kind is not Kind.COMMA and token.text not in {"and", "or"}:
            break
    return tuple(dict.fromkeys(found))


def _rule(sentence: Sentence) -> Rule | None:
    words, tokens = sentence.words, sentence.tokens
    default = words[0] == "otherwise" or words[:2] == ("by", "default")
    start = next((i for i, word in enumerate(words) if word in _DO), None)
    if start is None:
        return None
    settings, end = _settings(tokens, words, start)
    if not settings:
        return None
    if words[0] in _WHEN:
        condition = _condition(tokens[1:start])
    elif default or start == 0:
        default = default or words[end : end + 2] == ("by", "default")
        trailing = next((i for i in range(end, len(words)) if words[i] in _WHEN), None)
        if trailing is None:
            return Rule(span=sentence.span, condition=None, settings=settings, default=default)
        condition = _condition(tokens[trailing + 1 :])
    else:
        return None
    if condition is None:
        return None
    return Rule(span=sentence.span, condition=condition, settings=settings)


def _condition(tokens: Sequence[Token]) -> Condition | None:
    """`"a" or "b"`: one of them; `and` asks for another group; after `not`: none of these."""
    groups: list[list[str]] = [[]]
    none: list[str] = []
    negative = negated = False
    for position, token in enumerate(tokens):
        if token.kind is Kind.PHRASE:
            (none if negative else groups[-1]).append(token.text)
        elif token.kind is Kind.COMMA:
            if _joiner(tokens, position) == "and" and groups[-1] and not negative:
                groups.append([])
        elif token.text in _NOT:
            negative = negated = True
        elif token.text in _VERBS:
            negative, negated = negated, False
        elif token.text == "and" and groups[-1] and not negative:
            groups.append([])
    every = tuple(tuple(group) for group in groups if group)
    return Condition(every=every, none=tuple(none)) if every or none else None


def _joiner(tokens: Sequence[Token], position: int) -> str:
    """What joins the list that a comma stands in: the next `and` or `or` between phrases."""
    for token in tokens[position:]:
        if token.kind is Kind.WORD:
            return token.text if token.text in {"and", "or"} else "or"
    return "or"


def _settings(
    tokens: Sequence[Token], words: Sequence[str], start: int
) -> tuple[tuple[Setting, ...], int]:
    """The settings from the verb at ``start`` on, and where they end."""
    found: list[Setting] = []
    at = start + 1
    if words[start] != "set":
        if at < len(tokens) and words[at] == "with":
            at += 1
        if at < len(tokens) and tokens[at].kind is Kind.CODE:
            value = Literally(text=tokens[at].text)
            return (Setting(field=ANSWER, value=value),), at + 1
        return (), at
    while at + 2 < len(tokens) and tokens[at].kind is Kind.CODE and words[at + 1] == "to":
        taken = _value(tokens, words, at + 2)
        if taken is None:
            break
        found.append(Setting(field=tokens[at].text, value=taken[0]))
        at = end = taken[1]
        while at < len(tokens) and (tokens[at].kind is Kind.COMMA or words[at] in {"and", "set"}):
            at += 1
        if at >= len(tokens) or tokens[at].kind is not Kind.CODE:
            return tuple(found), end
    return tuple(found), at


def _value(
    tokens: Sequence[Token], words: Sequence[str], at: int
) -> tuple[Literally | Taken, int] | None:
    if tokens[at].kind is Kind.CODE:
        return Literally(text=tokens[at].text), at + 1
    for source in Source:
        wanted = tuple(source.value.split())
        if tuple(words[at : at + len(wanted)]) != wanted:
            continue
        end = at + len(wanted)
        if source is not Source.MATCH:
            while end < len(words) and words[end] and words[end] not in _AFTER_VALUE:
                end += 1
            return Taken(source=source), end
        if end < len(tokens) and tokens[end].kind is Kind.CODE:
            return Taken(source=source, pattern=tokens[end].text), end + 1
    return None


def _index(words: Sequence[str], word: str) -> int:
    return words.index(word) if word in words else 0
