"""Shapes: rules about the wording of a field, read from sentences and applied to text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, assert_never

from skillopt.adapters.practice.language import ANSWER, Shape, ShapeKind
from skillopt.adapters.practice.phrases import without
from skillopt.adapters.practice.scanner import Kind, Sentence, Token

_WHOLE = {"answer", "line", "reply", "label", "text"}
_LOWER = {"lower", "lower-case", "lowercase"}
_CAPITAL = {"capital", "upper-case", "uppercase", "upper"}
_STOP = {"stop", "period"}
_KINDS = (
    ("write", _LOWER, ShapeKind.LOWER),
    ("write", {"sentence"}, ShapeKind.SENTENCE),
    ("write", _CAPITAL, ShapeKind.UPPER),
    ("start", _LOWER, ShapeKind.START_LOWER),
    ("start", _CAPITAL, ShapeKind.START_CAPITAL),
    ("end", {"without", "no"}, ShapeKind.NO_STOP),
    ("end", _STOP, ShapeKind.STOP),
    ("keep", {"characters", "letters"}, ShapeKind.WITHIN),
    ("drop", set[str](), ShapeKind.DROP),
)
_CaseKind = Literal[
    ShapeKind.LOWER,
    ShapeKind.UPPER,
    ShapeKind.SENTENCE,
    ShapeKind.START_LOWER,
    ShapeKind.START_CAPITAL,
]


def shapes_in(sentence: Sentence) -> tuple[Shape, ...]:
    """The shapes that a sentence asks for: at most one for each of its fields."""
    words = sentence.words
    if not words or words[0] not in {"write", "start", "end", "keep", "drop"}:
        return ()
    fields = _subjects(sentence.tokens)
    kind = _kind(words)
    if kind is None or not fields:
        return ()
    limit = next((int(word) for word in words if word.isdecimal() and len(word) < 7), 0)  # noqa: PLR2004 - no limit has seven digits
    phrases = tuple(token.text for token in sentence.tokens if token.kind is Kind.PHRASE)
    if (kind is ShapeKind.WITHIN and not limit) or (kind is ShapeKind.DROP and not phrases):
        return ()
    return tuple(
        Shape(span=sentence.span, field=field, kind=kind, limit=limit, phrases=phrases)
        for field in fields
    )


def _subjects(tokens: Sequence[Token]) -> tuple[str, ...]:
    named = tuple(token.text for token in tokens if token.kind is Kind.CODE)
    if named:
        return named
    return (ANSWER,) if any(token.text in _WHOLE for token in tokens) else ()


def _kind(words: Sequence[str]) -> ShapeKind | None:
    said = set(words)
    for verb, needed, kind in _KINDS:
        if words[0] == verb and (said & needed or not needed):
            return kind
    return None


def shaped(text: str, shapes: Sequence[Shape], field: str) -> str:
    """``text`` with the shapes of ``field``, in the order of :class:`ShapeKind`."""
    order = list(ShapeKind)
    mine = sorted((s for s in shapes if s.field == field), key=lambda s: order.index(s.kind))
    for shape in mine:
        text = _apply(text, shape)
    return text


def _apply(text: str, shape: Shape) -> str:
    match shape.kind:
        case ShapeKind.DROP:
            for phrase in shape.phrases:
                text = without(text, phrase)
        case ShapeKind.WITHIN:
            text = _cut(text, shape.limit)
        case ShapeKind.NO_STOP:
            text = text.rstrip(" .")
        case ShapeKind.STOP:
            text = text.rstrip(" .") + "."
        case _:
            text = _cased(text, shape.kind)
    return text


def _cased(text: str, kind: _CaseKind) -> str:
    match kind:
        case ShapeKind.LOWER:
            return text.lower()
        case ShapeKind.UPPER:
            return text.upper()
        case ShapeKind.SENTENCE:
            return text[:1].upper() + text[1:].lower()
        case ShapeKind.START_LOWER:
            acronym = len(text) > 1 and text[:2].isupper()
            return text if acronym else text[:1].lower() + text[1:]
        case ShapeKind.START_CAPITAL:
            return text[:1].upper() + text[1:]
        case _:
            assert_never(kind)


def _cut(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut between words where there is a place."""
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    at = head.rfind(" ")
    return head[:at].rstrip(" ,;:") if at > 0 else text[:limit]
