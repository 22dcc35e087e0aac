"""What enters from outside is well-formed, bounded and without NUL, or it does not enter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from skillopt.core.evaluation.checks import CheckResult
from skillopt.core.evaluation.rollout import Answer, Missing, Reply, RolloutKey, Usage
from skillopt.core.foreign_text import LONGEST_ANSWER, LONGEST_REPLY, admitted, flaw
from skillopt.core.proposals.critique import Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.core.replies import BadReply, read_reply

ILL = {"half a pair": "\ud800", "the other half": "\udfff", "NUL": "\0"}
anything = st.text(st.characters(categories=None))


@given(anything)
def test_what_is_admitted_is_sound_and_admitted_again_unchanged(text: str) -> None:
    let_in = admitted(text)
    assert flaw(let_in) is None
    let_in.encode()
    assert admitted(let_in) == let_in
    if flaw(text) is None:
        assert let_in == text


@given(anything)
def test_what_is_escaped_reads_back_as_it_was_in_json(text: str) -> None:
    """An ill-formed reply stays as it is to its reader, who then refuses it."""
    raw = json.dumps({"x": text}, ensure_ascii=False)
    plain = json.dumps({"x": text})
    assert json.loads(admitted(raw), strict=False) == json.loads(plain)


def test_what_is_too_long_is_cut_with_a_note() -> None:
    assert Answer(text="x" * LONGEST_ANSWER).text == "x" * LONGEST_ANSWER
    kept = Answer(text="x" * (LONGEST_ANSWER + 1000), reasoning="y" * (LONGEST_REPLY + 7))
    assert kept.text.endswith("x\n[… 1,000 characters left out …]")
    assert kept.reasoning.endswith("y\n[… 7 characters left out …]")
    reply = Reply(text="x" * 5_000_000, usage=Usage(), reasoning="y" * 5_000_000)
    assert max(len(reply.text), len(reply.reasoning)) < LONGEST_REPLY + 100


def test_a_reply_that_was_cut_is_a_bad_reply() -> None:
    whole = json.dumps({"idea": "x", "edits": []})
    reply = Reply(text=whole + " " * LONGEST_REPLY, usage=Usage())
    with pytest.raises(BadReply, match="characters"):
        read_reply(reply.text, shape=Draft)


@pytest.mark.parametrize("ill", ILL.values(), ids=ILL)
def test_what_outsiders_say_is_escaped_wherever_it_is_kept(ill: str) -> None:
    key = RolloutKey(skill="", task="", target="", trial=0)
    said = (
        Answer(text=ill, reasoning=ill),
        Reply(text=ill, reasoning=ill, usage=Usage()),
        CheckResult(criterion=ill, score=0, feedback=ill),
        Missing(key=key, task_id="t", reason=ill, usage=Usage(), seconds=0),
    )
    for value in said:
        assert flaw(value.model_dump(mode="json")) is None


def places(shape: type[BaseModel], content: Any) -> Iterator[Any]:
    """``content`` as a reply, with a hole at one text or name after the other."""
    text = json.dumps(content)
    strings = [at for at, char in enumerate(text) if char == '"'][1::2]
    for end in strings:
        yield text[:end] + "HOLE" + text[end:]


PROPOSED = {
    "idea": "x",
    "criteria": ["x"],
    "rollouts": ["x"],
    "critiques": ["x"],
    "fixes": ["x"],
    "edits": [{"kind": "insert", "anchor": "x", "text": "x", "section": ["x"]}],
}
CRITICIZED = {
    "critiques": [
        {"rollout": "x", "criterion": "x", "quote": "x", "cause": "x", "asks": "x"},
    ]
}


@pytest.mark.parametrize("ill", ["\\ud800", "\\udfff", "\\u0000", "\ud800", "\\udc00\\ud800"])
@pytest.mark.parametrize(("shape", "content"), [(Draft, PROPOSED), (Critiques, CRITICIZED)])
def test_a_reply_with_an_ill_formed_text_anywhere_is_a_bad_reply(
    shape: type[BaseModel], content: Any, ill: str
) -> None:
    read_reply(json.dumps(content), shape=shape)
    for reply in places(shape, content):
        reply_value = Reply(text=reply.replace("HOLE", ill), usage=Usage())
        with pytest.raises(BadReply) as bad:
            read_reply(reply_value.text, shape=shape)
        assert flaw(str(bad.value)) is None


def test_a_whole_pair_is_a_character() -> None:
    reply = json.dumps({"idea": "\U0001f600", "edits": []})
    assert "\\ud83d" in reply
    assert read_reply(reply, shape=Draft).content.idea == "\U0001f600"


def test_the_flaw_is_named() -> None:
    assert flaw({"a": ["fine", {"b\0c": 1}]}) == "the character NUL (U+0000), near 'b\\\\u0000c'"
    assert "U+D800" in (flaw(["x\ud800"]) or "")
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    assert "nested" in (flaw(deep) or "")


@pytest.mark.parametrize(
    "usage",
    [
        {"prompt_tokens": 10**30},
        {"completion_tokens": -1},
        {"calls": 2**63},
        {"cost": float("nan")},
        {"cost": float("inf")},
        {"cost": -0.5},
    ],
    ids=str,
)
def test_usage_that_cannot_be_is_refused(usage: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(usage))):
        Usage(**usage)


def test_sums_of_usage_stay_in_bounds() -> None:
    most = Usage(calls=2**53, prompt_tokens=2**53, completion_tokens=2**53, cost=2.0**53)
    assert most + most == most


def test_every_text_of_what_enters_has_its_type() -> None:
    """A new field of these values that takes a plain `str` would pass the gate by."""
    for value in (Answer, Reply, CheckResult):
        for name, field in value.model_fields.items():
            if str in (field.annotation, *get_args(field.annotation)):
                assert field.metadata, f"{value.__name__}.{name} takes any text"
