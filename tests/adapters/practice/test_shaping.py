"""Rules about the wording of a field: read from sentences, applied to text."""

from __future__ import annotations

import pytest

from skillopt.adapters.practice.language import ANSWER, Shape, ShapeKind
from skillopt.adapters.practice.scanner import sentences
from skillopt.adapters.practice.shaping import shaped, shapes_in
from skillopt.core.skill.document import Span
from skillopt.core.skill.skill import Skill


def shapes(text: str) -> list[tuple[str, ShapeKind, int, tuple[str, ...]]]:
    found = [shape for one in sentences(Skill(text=text)) for shape in shapes_in(one)]
    return [(shape.field, shape.kind, shape.limit, shape.phrases) for shape in found]


@pytest.mark.parametrize(
    ("text", "field", "kind"),
    [
        ("Write `title` in lower-case letters.", "title", ShapeKind.LOWER),
        ("Write the answer in capital letters.", ANSWER, ShapeKind.UPPER),
        ("Write `title` in sentence case.", "title", ShapeKind.SENTENCE),
        ("Start `title` with a capital letter.", "title", ShapeKind.START_CAPITAL),
        ("Start `title` with a lower-case letter.", "title", ShapeKind.START_LOWER),
        ("End `title` without a full stop.", "title", ShapeKind.NO_STOP),
        ("End the line with a full stop.", ANSWER, ShapeKind.STOP),
    ],
)
def test_a_sentence_asks_for_a_shape(text: str, field: str, kind: ShapeKind) -> None:
    ((found, asked, _, _),) = shapes(text)
    assert (found, asked) == (field, kind)


def test_limits_and_phrases_are_read() -> None:
    assert shapes("Keep `title` within 40 characters.") == [("title", ShapeKind.WITHIN, 40, ())]
    assert shapes('Drop "please" and "thanks" from `title`.') == [
        ("title", ShapeKind.DROP, 0, ("please", "thanks"))
    ]
    assert len(shapes("Write `title` and `body` in lower-case letters.")) == 2


@pytest.mark.parametrize(
    "text",
    [
        "Keep `title` short.",
        "Drop it from `title`.",
        "Write something nice.",
        "The title is `lower`.",
        "Keep `title` within 99999999 characters.",
    ],
)
def test_another_sentence_asks_for_none(text: str) -> None:
    assert shapes(text) == []


def shape(kind: ShapeKind, *phrases: str, limit: int = 0, field: str = "title") -> Shape:
    return Shape(span=Span(0, 0), field=field, kind=kind, limit=limit, phrases=phrases)


@pytest.mark.parametrize(
    ("kind", "text", "made"),
    [
        (ShapeKind.LOWER, "A Title", "a title"),
        (ShapeKind.UPPER, "a title", "A TITLE"),
        (ShapeKind.SENTENCE, "a Great TITLE", "A great title"),
        (ShapeKind.START_LOWER, "The title", "the title"),
        (ShapeKind.START_LOWER, "JSON only", "JSON only"),
        (ShapeKind.START_CAPITAL, "a title", "A title"),
        (ShapeKind.NO_STOP, "a title. .", "a title"),
        (ShapeKind.STOP, "a title", "a title."),
        (ShapeKind.STOP, "a title.", "a title."),
    ],
)
def test_a_shape_is_applied(kind: ShapeKind, text: str, made: str) -> None:
    assert shaped(text, [shape(kind)], "title") == made


@pytest.mark.parametrize(
    ("limit", "made"), [(100, "one two, three"), (8, "one two"), (7, "one"), (2, "on")]
)
def test_a_text_is_cut_between_words(limit: int, made: str) -> None:
    assert shaped("one two, three", [shape(ShapeKind.WITHIN, limit=limit)], "title") == made


def test_shapes_come_in_their_own_order_and_only_those_of_the_field() -> None:
    mine = [
        shape(ShapeKind.STOP),
        shape(ShapeKind.DROP, "please"),
        shape(ShapeKind.UPPER, field="body"),
    ]
    assert shaped("please go", mine, "title") == "go."
