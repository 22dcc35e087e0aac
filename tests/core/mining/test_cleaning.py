from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.check_rules import not_json
from skillopt.core.evaluation.task import Message
from skillopt.core.mining.candidate import LONGEST_INPUT, LONGEST_RECORDED, Found, Skipped
from skillopt.core.mining.cleaning import clean, clean_content, clean_found

KEY = "sk-proj-Ab12Cd34Ef56Gh78Ij90Kl12Mn34Op56Qr78St90Uv12Wx34"

CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def found(asked: Any = "What is it?", **more: Any) -> Found:
    return Found(input=asked, source="log.jsonl:1", **more)


@given(st.text())
def test_clean_text_can_stand_in_a_file(text: str) -> None:
    cleaned = clean(text)
    assert cleaned.encode().decode() == cleaned
    assert not set(cleaned) & set("\0\r\x0b\x1b\x85\ufeff")
    assert clean(cleaned) == cleaned


def test_line_breaks_and_odd_characters() -> None:
    assert clean("\ufeffa\r\nb\rc\0\x1b[31m\ud800") == "\ufffda\nb\nc\ufffd\ufffd[31m\ufffd"


@given(CONTENT)
def test_clean_content_is_json(content: Any) -> None:
    cleaned = clean_content(content)
    assert not_json(cleaned) is None
    assert json.loads(json.dumps(cleaned, allow_nan=False)) == cleaned


def test_what_no_answer_holds_is_null() -> None:
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    assert "x" not in json.dumps(clean_content(deep))
    assert clean_content([math.nan, math.inf, 1.5]) == [None, None, 1.5]
    assert clean_content({"k" * 5_000: 1}) == {"k" * 200: 1}


def test_secrets_are_taken_out_of_every_field() -> None:
    turns = (Message(role="user", content=f"my key is {KEY}"),)
    one = clean_found(found(turns, recorded={"said": [f"use {KEY}"]}, quote=f"see {KEY}"))
    assert isinstance(one, Found)
    assert KEY not in one.model_dump_json()
    assert one.model_dump_json().count("[redacted]") == 3


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("  \n", "the input is empty"),
        ((Message(role="assistant", content="x"), Message(role="user", content=" ")), "empty"),
        ("x" * (LONGEST_INPUT + 1), "10,001 characters; at most 10,000"),
    ],
)
def test_what_is_no_task_says_why(asked: Any, reason: str) -> None:
    one = clean_found(found(asked))
    assert isinstance(one, Skipped)
    assert reason in one.reason


@pytest.mark.parametrize("recorded", ["x" * (LONGEST_RECORDED + 1), " ", None, ["y" * 20_000]])
def test_a_recorded_answer_that_is_of_no_use_is_left_out(recorded: Any) -> None:
    one = clean_found(found(recorded=recorded))
    assert isinstance(one, Found)
    assert one.recorded is None
