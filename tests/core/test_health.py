"""What one call says of a role."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.health import Health


def health(**more: Any) -> Health:
    usage = Usage(calls=1, prompt_tokens=100, completion_tokens=30)
    given = {"role": "optimizer", "model": "openai/m", "usage": usage, "seconds": 1.5}
    return Health(**{**given, **more})


def test_speed_is_completion_tokens_by_the_time_of_the_call() -> None:
    assert health().tokens_per_second == pytest.approx(20)
    assert health(seconds=0.0).tokens_per_second is None
    assert health(usage=Usage(calls=1)).tokens_per_second is None


def test_what_is_likely_to_go_wrong_is_said_once() -> None:
    assert health(structured=True).warnings == health().warnings == ()
    (shapeless,) = health(structured=False).warnings
    assert "optimizer did not answer in the JSON" in shapeless
    (cut,) = health(structured=False, cut=True).warnings
    assert "cut off at max_tokens" in cut
    assert "raise max_tokens in optimizer_params" in cut
    (empty,) = health(structured=False, empty=True).warnings
    assert "answered without text, in 30 completion tokens" in empty


def test_what_was_measured_is_said_and_what_is_unknown() -> None:
    assert health().text == (
        "openai/m answered in 1.5 s, 100 prompt + 30 completion tokens, 20.0 tokens per second, "
        "context unknown, no known price"
    )
    assert health(refused={"seed": None}).text.endswith("refuses seed")
    assert "refused" not in health().model_dump()
    known = health(context_size=8192, prompt_price=0.15, completion_price=0.6).text
    assert "context 8,192 tokens" in known
    assert known.endswith("price per million tokens $0.15 prompt, $0.6 completion")


def test_a_reply_that_took_several_requests_has_no_speed_and_says_so() -> None:
    twice = health(usage=Usage(calls=2, prompt_tokens=100, completion_tokens=30), seconds=130.8)
    assert twice.tokens_per_second is None
    assert "answered in 130.8 s, after 2 requests, 100 prompt" in twice.text
    (slow,) = twice.warnings
    assert "2 requests for one reply" in slow
    assert "max_tokens in optimizer_params" in slow


def test_more_requests_at_once_than_slots_are_told() -> None:
    assert health().waiting(8) == health(slots=8).waiting(8) == ()
    (waiting,) = health(slots=2).waiting(8)
    assert "concurrency is 8" in waiting
    assert "2 slots" in waiting
    assert "2 slots" in health(slots=2).text


def test_a_cause_is_said_where_it_is_known() -> None:
    (thought,) = health(empty=True, only_reasoning=True, usage=Usage(calls=2)).warnings
    assert "with reasoning and no text" in thought
    assert "reasoning parser" in thought
    (called,) = health(empty=True, structured=False, ending=Ending.TOOL_CALLS).warnings
    assert "calls tools where text was asked for; the run needs its replies" in called
    (withheld,) = health(role="target", ending=Ending.FILTERED).warnings
    assert "content filter withheld" in withheld
    assert "max_tokens" not in called + withheld


def test_requests_that_found_out_what_is_refused_are_no_failures() -> None:
    assert health(usage=Usage(calls=2), refused={"seed": None}).warnings == ()
    assert health(usage=Usage(calls=3), refused={"seed": None}).warnings
    assert not {"ending", "only_reasoning"} & health().model_dump().keys()
