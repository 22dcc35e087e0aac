from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.practice.language import (
    ANSWER,
    Condition,
    FreeForm,
    JsonForm,
    LabelForm,
    Literally,
    RuleBook,
    ShapeKind,
    Source,
    Taken,
    TemplateForm,
)
from skillopt.adapters.practice.reader import answer
from skillopt.adapters.practice.rules import read_rules

PAGE = (Path(__file__).parents[3] / "docs" / "practice-models.md").read_text(encoding="utf-8")
EXAMPLES = [
    line
    for block in re.findall(r"^```rules\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


def size(book: RuleBook) -> int:
    return len(book.rules) + len(book.shapes) + bool(book.values) + (book.form != FreeForm())


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_page_is_read(line: str) -> None:
    assert size(read_rules(line)) >= 1
    assert size(read_rules(f"Some words.\n\n1. {line}\n")) == size(read_rules(line))
    assert size(read_rules(f"```\n{line}\n```\n")) == 0
    assert size(read_rules(f"# {line}\n")) == 0


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) > 30


def test_the_pages_whole_skill_answers_as_the_page_says() -> None:
    skill = re.search(r"^```skill\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert skill
    rows = re.findall(r"^\| (.+?) \| `(\{.+\})` \|$", PAGE, re.MULTILINE)
    assert len(rows) == 3
    for given_input, expected in rows:
        assert answer(skill[1], given_input) == expected


def test_conditions() -> None:
    def condition(words: str) -> Condition | None:
        (rule,) = read_rules(f"When the note {words}, set `a` to `b`.").rules
        return rule.condition

    assert condition('mentions "x"') == Condition(every=(("x",),))
    assert condition('mentions "x", "y" or "z"') == Condition(every=(("x", "y", "z"),))
    assert condition('mentions "x", "y" and "z"') == Condition(every=(("x",), ("y",), ("z",)))
    assert condition('mentions "x" or "y" and says "z"') == Condition(every=(("x", "y"), ("z",)))
    assert condition('mentions "x", but not "y" or "z"') == Condition(
        every=(("x",),), none=("y", "z")
    )
    assert condition('doesn\'t mention "x"') == Condition(none=("x",))
    assert condition("mentions \u201ccurly quotes\u201d") == Condition(every=(("curly quotes",),))


def test_settings_and_sources() -> None:
    (rule,) = read_rules(
        "Set `h` to the hour in the request, `m` to the minute and `x` to `1`."
    ).rules
    assert [(s.field, s.value) for s in rule.settings] == [
        ("h", Taken(source=Source.HOUR)),
        ("m", Taken(source=Source.MINUTE)),
        ("x", Literally(text="1")),
    ]
    (rule,) = read_rules("By default, answer with `other`.").rules
    assert rule.default
    assert rule.settings[0].field == ANSWER


def test_forms() -> None:
    assert read_rules("Answer as JSON with the fields `a`, `b` and `c`.").form == JsonForm(
        fields=("a", "b", "c")
    )
    assert read_rules("Answer in the form `{a}: {b} {a}`.").form == TemplateForm(
        template="{a}: {b} {a}", fields=("a", "b")
    )
    book = read_rules("Answer with exactly one of `a`,\n`b` or `c`, whatever it is about.")
    assert book.form == LabelForm()
    assert book.values == {ANSWER: ("a", "b", "c")}


def test_prose_is_no_rule() -> None:
    book = read_rules(
        "When in doubt, ask.\n\nSet `x` aside. The `queue` matters. When it rains, set `sail`.\n"
        'Keep it short.\nIf "yes".\n'
    )
    assert size(book) == 0


def test_a_rule_may_go_on_over_lines_and_stands_where_it_says() -> None:
    text = 'Intro.\n- When the note mentions "a" or\n  "b", set `x` to `1`. More prose.\nSet `y` to `2`.'
    first, second = read_rules(text).rules
    assert text[first.span.start : first.span.end].startswith("When the note")
    assert text[first.span.start : first.span.end].endswith("to `1`.")
    assert text[second.span.start : second.span.end] == "Set `y` to `2`."


def test_front_matter_and_comments_are_no_rules() -> None:
    assert size(read_rules("---\nname: x\ndescription: Set `a` to `b`.\n---\n")) == 0
    assert size(read_rules("<!-- Set `a` to `b`. -->\n")) == 0


def test_shapes() -> None:
    (shape,) = read_rules("Keep `s` under 60 characters.").shapes
    assert (shape.kind, shape.limit, shape.field) == (ShapeKind.WITHIN, 60, "s")
    (shape,) = read_rules('Drop "please" from the answer.').shapes
    assert (shape.kind, shape.phrases, shape.field) == (ShapeKind.DROP, ("please",), ANSWER)


PIECES = st.sampled_from(
    ["When", "the note mentions", '"a"', '"', "`", "`x`", "set", "answer", "to", "or", "and", ",",
     "but not", ".", "\n", "- ", "```", "By default", "Otherwise", "one of", "is", "JSON", "form",
     "`{a} {b}`", "the first match of", "the hour", "Keep", "within", "9" * 30, "characters", "#"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join)))
def test_the_parser_never_raises_and_spans_lie_in_the_text(text: str) -> None:
    book = read_rules(text)
    for rule in book.rules:
        assert 0 <= rule.span.start < rule.span.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        '"' * 300_000,
        "`" * 300_000,
        "When " * 100_000,
        "- " * 200_000,
        "When the note mentions " + '"a" or ' * 60_000 + "set `a` to `b`.",
        "Set `a` to " * 50_000,
        "a. " * 200_000,
        "\n" * 300_000,
        "> " * 200_000,
    ],
    ids=range(9),
)
def test_long_nonsense_is_read_without_trouble(text: str) -> None:
    read_rules(text)
