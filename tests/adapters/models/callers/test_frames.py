"""Requests and answers as bytes: what is read is what was written."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.callers.frames import (
    framed,
    next_frame,
    read_answer,
    read_request,
    written_answer,
    written_request,
)
from skillopt.adapters.models.callers.request import Answer, Request
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.prices import Prices
from skillopt.adapters.models.replies import Said
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage

texts = st.text(st.characters(exclude_categories=()))
"""Lone surrogates among them."""
amounts = st.floats(0, 1e9)
failures = st.builds(
    AttemptFailed,
    texts,
    st.sampled_from(Remedy),
    wait=st.none() | amounts,
    timed_out=st.booleans(),
    lost=st.booleans(),
    unreachable=st.booleans(),
    status=st.none() | st.integers(100, 599),
    said=texts,
    format_suspected=st.booleans(),
    filtered=st.booleans(),
)
usages = st.builds(
    Usage,
    calls=st.integers(0, 9),
    prompt_tokens=st.integers(0, 10**6),
    completion_tokens=st.integers(0, 10**6),
    cost=st.none() | amounts,
)
replies = st.builds(Said, texts, texts, st.sampled_from(Ending))


def fields(failed: AttemptFailed) -> tuple[str, dict[str, object]]:
    return str(failed), vars(failed)


@given(
    st.lists(st.fixed_dictionaries({"role": texts, "content": texts})),
    st.dictionaries(texts, st.none() | st.integers() | texts | st.lists(amounts)),
    amounts,
    st.none() | st.builds(Prices, amounts, amounts),
)
def test_a_request(
    messages: list[dict[str, str]],
    params: dict[str, object],
    timeout: float,
    prices: Prices | None,
) -> None:
    request = Request(messages, params, timeout, prices, calls_tools=bool(messages))
    written = written_request(request)
    assert written is not None
    assert read_request(written) == request


def test_a_request_with_an_object_has_no_bytes() -> None:
    client = Request([], {"client": object()}, 1.0, None, False)
    assert written_request(client) is None
    assert written_request(client._replace(params={"logit_bias": {(1, 2): 1}})) is None


@given(replies | failures, usages, amounts)
def test_an_answer(said: Said | AttemptFailed, used: Usage, cpu: float) -> None:
    read = read_answer(written_answer(Answer(said, used), cpu=cpu))
    assert isinstance(read.answer, Answer)
    assert (read.answer.used, read.cpu) == (used, cpu)
    if isinstance(said, AttemptFailed):
        assert isinstance(read.answer.said, AttemptFailed)
        assert fields(read.answer.said) == fields(said)
    else:
        assert read.answer.said == said
        assert isinstance(read.answer.said.ending, Ending)


@given(failures)
def test_a_request_that_failed(failed: AttemptFailed) -> None:
    read = read_answer(written_answer(failed, cpu=0.0)).answer
    assert isinstance(read, AttemptFailed)
    assert fields(read) == fields(failed)


async def test_frames_one_after_the_other_and_one_that_is_cut_off() -> None:
    reader = asyncio.StreamReader()
    large = b"x" * 2**20
    reader.feed_data(
        framed(1, b"a") + framed(2**60, large) + framed(3, b"") + framed(4, b"rest")[:-1]
    )
    reader.feed_eof()
    assert [await next_frame(reader) for _ in range(3)] == [(1, b"a"), (2**60, large), (3, b"")]
    with pytest.raises(asyncio.IncompleteReadError):
        await next_frame(reader)


def test_a_figure_that_is_none_stays_that_figure() -> None:
    request = written_request(Request([], {"temperature": math.inf}, 1.0, None, False))
    assert request is not None
    assert read_request(request).params == {"temperature": math.inf}
