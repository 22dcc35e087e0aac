"""Fields of foreign records."""

from __future__ import annotations

import pytest

from skillopt.core.importing.fields import Unreadable, as_text, asked, at, joined, listed, named


def test_a_path_is_a_key_first_and_goes_deeper_then() -> None:
    record = {"a.b": 1, "a": {"b": 2, "c": {"d": None}}}
    assert (at(record, "a.b"), at(record, "a.c.d"), at(record, "x.y"), at("text", "a")) == (
        1,
        None,
        None,
        None,
    )


def test_the_name_that_most_records_have_wins_and_of_several_the_first() -> None:
    records = [{"q": "a", "p": ""}, {"q": "b", "p": "c"}, {"p": "d", "r": "e"}, {"r": "f"}]
    assert named(records, ["p", "q", "r"]) == "p"
    assert named(records, ["x"]) is None


@pytest.mark.parametrize("spelled", ["Best Answer", "bestAnswer", "BEST-ANSWER", "best_answer"])
def test_a_field_is_known_in_any_spelling(spelled: str) -> None:
    records = [{spelled: "a", "Best": "b"}]
    assert named(records, ["answer", "best_answer"]) == spelled


def test_the_spelling_that_is_meant_comes_first() -> None:
    assert named([{"ANSWER": "a", "answer": "b", "Answer": "c"}], ["answer"]) == "answer"
    assert named([{"Metadata": {"Split": "a"}, "metadata_split": "b"}], ["metadata.split"]) is None


def test_a_few_names_are_listed_and_the_others_counted() -> None:
    assert listed(["b", "a"]) == "a, b"
    assert listed([f"{number:02}" for number in range(14)]).endswith("10, 11 and 2 more")


def test_conversations() -> None:
    turns = [
        {"role": "developer", "content": "Be brief."},
        {"from": "human", "value": "Hi"},
        {"role": "assistant", "content": [{"type": "text", "text": "Hello"}]},
    ]
    found = asked(turns)
    assert found.input == (
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hi"},
    )
    assert found.reply == "Hello"
    assert asked([{"role": "user", "content": "Hi"}]).input == "Hi"


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("  ", "input is empty"),
        (None, "input is empty"),
        ([{"role": "tool", "content": "x"}], "role 'tool'"),
        ([{"role": "assistant", "content": "x"}], "no message of the user"),
        ([{"role": "system", "content": "x"}], "does not end with"),
        ([{"role": "user", "content": [{"type": "image_url"}]}], "is no text"),
    ],
)
def test_what_is_no_input(value: object, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        asked(value)


def test_several_fields_are_joined_by_name() -> None:
    assert joined({"text": "Hallo", "language": "nl", "note": ""}).input == (
        "text: Hallo\n\nlanguage: nl"
    )
    assert joined({"text": "Hallo", "note": None}).input == "Hallo"
    assert as_text({"a": "é"}) == '{"a": "é"}'
    with pytest.raises(Unreadable):
        joined({"a": ""})
