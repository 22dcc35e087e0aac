"""The tolerant parser: what models send, and what is sent to waste its time."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from skillopt.core.endings import Ending
from skillopt.core.evaluation.answers import NoJson, json_in
from skillopt.core.json_text import LARGEST
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.proposals.proposal import Draft
from skillopt.core.replies import (
    DEEPEST_REPAIR,
    LARGEST_REPAIR,
    BadReply,
    first_complaint,
    read_reply,
)


class Anything(BaseModel):
    """An object with any keys."""

    model_config = ConfigDict(extra="allow")


class Shape(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(extra="forbid")

    idea: str
    edits: list[dict[str, str]]


def json_object(reply: str) -> object:
    return read_reply(reply, shape=Anything).content.model_dump()


sound = st.characters(exclude_characters="\0", codec="utf-8")
texts, short_texts = st.text(sound), st.text(sound, max_size=9)
"""No NUL and no half of a surrogate pair: those make a bad reply."""

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, values, max_size=4)


@given(
    objects,
    st.sampled_from(
        (
            "{}",
            "  {}\n",
            "```json\n{}\n```",
            "Sure:\n\n```\n{}\n```\nDone.",
            "<think>hm {{x}}</think>{}",
        )
    ),
)
def test_an_object_is_found_in_its_usual_wrappings(
    content: dict[str, object], wrapping: str
) -> None:
    assert json_object(wrapping.format(json.dumps(content))) == content


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('Here it is: {"a": 1} and that is all.', {"a": 1}),
        (json.dumps(json.dumps('{"a": 1}')), {"a": 1}),
        ('{"a": 1,}', {"a": 1}),
        ("{'a': 'b'}", {"a": "b"}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('```json\n{"old": 1}\n```\nNo, rather:\n```json\n{"new": 2}\n```', {"new": 2}),
        ('<thinking>{"a": 1}</thinking>\n{"a": 2}', {"a": 2}),
        ('{"a": "<think>kept?"}', {"a": "<think>kept?"}),
        ('{"a": 1, "a": 1}', {"a": 1}),
    ],
)
def test_slips_are_mended(reply: str, found: dict[str, object]) -> None:
    assert json_object(reply) == found


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I would rather not.",
        "[1, 2]",
        '"text"',
        "null",
        "{}}{" * 10 + "[",
        "{" * 100_000,
        '{"a":' * 30_000,
        "```json\n" * 20_000,
        "```a\n" * 39_000,
        "<think>" * 28_000,
        "{" + "lorem ipsum " * 16_000,
        "a" * (LARGEST + 1),
    ],
)
def test_nonsense_is_refused_in_words(reply: str) -> None:
    with pytest.raises(BadReply) as refused:
        json_object(reply)
    assert len(str(refused.value)) < 200


def test_repair_has_bounds() -> None:
    assert json_object('{"a": [1, 2,]}') == {"a": [1, 2]}
    for broken in (
        '{"a": "' + "x" * LARGEST_REPAIR + '",}',
        '{"a": ' + "[" * DEEPEST_REPAIR + "1,]" + "]" * (DEEPEST_REPAIR - 1) + "}",
    ):
        with pytest.raises(BadReply):
            json_object(broken)


def test_a_complaint_says_where_and_what() -> None:
    with pytest.raises(ValidationError) as error:
        SpendLimits.model_validate({"max_calls": "many"})
    assert first_complaint(error.value).startswith("max_calls: Input should be a valid integer")
    assert first_complaint(error.value).endswith("got 'many'")


@pytest.mark.parametrize(
    ("edits", "complaint"),
    [
        ("none", "edits: Input should be a list, got 'none'"),
        (
            [
                {
                    "kind": "insert",
                    "anchor": "",
                    "where": "after",
                    "text": "a",
                    "section": "Desk > Words",
                }
            ],
            "edits.0.insert.section: Input should be a list, got 'Desk > Words'",
        ),
        (["- a"], "edits.0: Input should be an object, got '- a'"),
    ],
)
def test_a_complaint_speaks_of_json_not_of_python(edits: object, complaint: str) -> None:
    with pytest.raises(ValidationError) as error:
        Draft.model_validate({"idea": "a", "edits": edits})
    assert first_complaint(error.value) == complaint


GOOD = {"idea": "Say {what} to answer", "edits": [{"kind": "insert", "text": "- a }\n- b"}]}
WRITTEN = json.dumps(GOOD)


@pytest.mark.parametrize(
    "reply",
    [
        WRITTEN + "\n\nThis fixes the {word} slot.",
        "The {word} slot, {} and {alpha: beta}:\n" + WRITTEN,
        "```json\n" + json.dumps({**GOOD, "idea": "old"}) + "\n```\nNo:\n```\n" + WRITTEN + "\n```",
        "```json\n" + WRITTEN + '\n```\nIn the skill:\n```json\n{"label": "x"}\n```',
        json.dumps(WRITTEN),
        "```json\n" + json.dumps(WRITTEN) + "\n```",
        f"[{WRITTEN}]",
        json.dumps({"name": "Draft", "arguments": GOOD}),
        json.dumps({"name": "Draft", "arguments": WRITTEN}),
        json.dumps([{"type": "tool_use", "input": {"draft": GOOD}}]),
        "<think>Maybe " + json.dumps({**GOOD, "idea": "draft"}) + "</think>" + WRITTEN,
        "I could send " + json.dumps({**GOOD, "idea": "draft"}) + "\n</think>\n" + WRITTEN,
        "<Thought>{</Thought>" + WRITTEN,
        "\ufeff" + WRITTEN,
        WRITTEN.replace("\\n", "\n"),
        WRITTEN[:-1] + ",}",
        WRITTEN.replace('"', "'"),
    ],
)
def test_the_schema_decides_which_object_is_the_reply(reply: str) -> None:
    assert read_reply(reply, shape=Shape).content.model_dump() == GOOD


@pytest.mark.parametrize(
    ("reply", "repaired"),
    [
        (WRITTEN, False),
        (f"So: {WRITTEN}.", False),
        (WRITTEN[:-1] + ",}", True),
        (f"So: {WRITTEN[:-1]},}}.", True),
    ],
)
def test_a_repaired_reply_says_so(reply: str, repaired: bool) -> None:  # noqa: FBT001
    assert read_reply(reply, shape=Shape).repaired is repaired


edits = st.lists(st.dictionaries(st.sampled_from(["kind", "text"]), short_texts), max_size=3)


@given(short_texts, edits, st.sampled_from(["{}", "```json\n{}", "[{}", "Here: {}"]), st.data())
def test_no_end_is_invented(
    idea: str, changed: list[dict[str, str]], wrapping: str, data: st.DataObject
) -> None:
    whole = json.dumps({"idea": idea, "edits": changed})
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with pytest.raises(BadReply):
        read_reply(wrapping.replace("{}", cut), shape=Shape)


def test_a_cut_reply_says_that_it_was_cut() -> None:
    with pytest.raises(BadReply, match="cut off"):
        read_reply('{"idea": "x", "edits": [{"kind": "insert"}', shape=Shape)
    with pytest.raises(BadReply, match="cut off"):
        read_reply(json.dumps({"a": GOOD})[:-1] + ', "final": {"idea"', shape=Shape)


@pytest.mark.parametrize("ending", [one for one in Ending if one is not Ending.COMPLETE])
def test_a_reply_that_did_not_end_is_bad_however_whole_it_looks(ending: Ending) -> None:
    with pytest.raises(BadReply):
        read_reply(WRITTEN, shape=Shape, ending=ending)


@pytest.mark.parametrize(
    "reply", ["<think>" + WRITTEN, WRITTEN + "</think>", "<THINK>x</THINK> \n"]
)
def test_a_reply_of_reasoning_alone_says_so(reply: str) -> None:
    with pytest.raises(BadReply, match="only reasoning"):
        read_reply(reply, shape=Shape)


def test_reasoning_that_came_apart_is_told_as_such() -> None:
    with pytest.raises(BadReply, match="only reasoning"):
        read_reply("", shape=Shape, reasoning=WRITTEN)
    with pytest.raises(BadReply, match="holds no text"):
        read_reply("", shape=Shape)


def test_a_repair_loses_no_words() -> None:
    for broken in (
        '{"idea": "x", "edits": [{"kind": "delete"}], "edits": [{"kind": "insert"}],}',
        '{"idea": "x", lost "edits": []}',
    ):
        with pytest.raises(BadReply):
            read_reply(broken, shape=Shape)


@given(
    values, st.sampled_from(("{}", "{}\n", "```json\n{}\n```", "So {x}: {} (see [1])", "{} or {y}"))
)
def test_what_answers_can_read_replies_can(content: object, wrapping: str) -> None:
    reply = wrapping.replace("{}", json.dumps(content))
    try:
        found = json_in(reply, like=dict)
    except NoJson:
        return
    if isinstance(found, dict) and found:
        assert json_object(reply) == found


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps(GOOD, indent=1).replace(' "edits"', ' // what changes\n "edits"'),
        repr(GOOD),
        WRITTEN.replace('"idea"', "“idea”"),
        WRITTEN.replace("- b", "- b\\n")[:-1] + ",}",
    ],
)
def test_a_repair_keeps_every_letter(reply: str) -> None:
    found = read_reply(reply, shape=Shape)
    assert found.repaired
    assert found.content.edits[0]["text"].removesuffix("\n") == GOOD["edits"][0]["text"]  # type: ignore[index]
    assert found.content.edits[0]["text"].endswith("\n") == ("b\\n" in reply)


def test_broken_json_is_told_as_broken_and_where() -> None:
    with pytest.raises(BadReply, match=r"broken: Expecting ':' delimiter near .*idea.* to fix"):
        read_reply('{"idea" to fix, "edits": [{"kind": "insert"}]}', shape=Shape)
    with pytest.raises(BadReply, match=r"'\.\.\.' stands where content should"):
        read_reply('{"idea": "x", "edits": [{"kind": "insert"}, ...]}', shape=Shape)


OTHER = json.dumps({**GOOD, "idea": "another"})


@pytest.mark.parametrize(
    "reply",
    [
        f"Final answer:\n{WRITTEN}\n\nAn earlier draft that I rejected:\n{OTHER}",
        f"{WRITTEN}\n\nThis follows the example: {OTHER}",
        f"# Final\n```json\n{WRITTEN}\n```\n# Draft\n```json\n{OTHER}\n```",
        f"The schema: {OTHER}\n\n{WRITTEN}",
        f"{OTHER}\nNo, better:\n{WRITTEN}",
    ],
)
def test_of_several_objects_the_words_before_them_say_which_counts(reply: str) -> None:
    assert read_reply(reply, shape=Shape).content.model_dump() == GOOD


def test_what_a_reply_holds_beside_its_own_keys_is_not_the_reply() -> None:
    with pytest.raises(BadReply, match="thinking: Extra inputs"):
        read_reply(json.dumps({"thinking": OTHER, **GOOD}), shape=Shape)
    wrapped = json.dumps({"edits": GOOD, "confidence": 1})
    assert read_reply(wrapped, shape=Shape).content.model_dump() == GOOD


def test_a_key_that_stands_twice_is_asked_for_again() -> None:
    for twice in (
        WRITTEN[:-1] + ', "edits": []}',
        WRITTEN.replace('"kind"', '"kind": "x", "kind"'),
    ):
        with pytest.raises(BadReply, match="twice"):
            read_reply(twice, shape=Shape)
    same = WRITTEN[:-1] + ', "idea": ' + json.dumps(GOOD["idea"]) + "}"
    assert read_reply(same, shape=Shape).content.model_dump() == GOOD


class Optional(Shape):
    """A shape with parts that may be left out."""

    criteria: tuple[str, ...] = ()


def test_null_stands_for_an_optional_part() -> None:
    reply = json.dumps({**GOOD, "criteria": None})
    assert read_reply(reply, shape=Optional).content.criteria == ()
    with pytest.raises(BadReply, match="idea"):
        read_reply(json.dumps({**GOOD, "idea": None}), shape=Optional)


@pytest.mark.parametrize("escaped", [html.escape(WRITTEN), json.dumps(WRITTEN)[1:-1]])
def test_a_reply_all_of_whose_quotes_are_escaped(escaped: str) -> None:
    found = read_reply(escaped, shape=Shape)
    assert found.content.model_dump() == GOOD
    assert found.repaired
