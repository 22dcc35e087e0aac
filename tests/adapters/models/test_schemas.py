"""Structured output: a reply's shape as providers want it named."""

from __future__ import annotations

import json

from skillopt.core.proposals.proposal import Draft
from tests.adapters.models.opening import HELLO, Opened, Shape
from tests.loopback import Loopback


async def test_the_shape_is_asked_for_strictly(loopback: Loopback, opened: Opened) -> None:
    await opened(loopback).reply(HELLO, shape=Shape)
    schema = loopback.requests[0]["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["answer", "kind"]
    assert schema["schema"]["additionalProperties"] is False


async def test_a_union_is_asked_for_in_words_strict_modes_know(
    loopback: Loopback, opened: Opened
) -> None:
    await opened(loopback).reply(HELLO, shape=Draft)
    sent = json.dumps(loopback.requests[0]["response_format"])
    assert "anyOf" in sent
    for unknown in ('"oneOf"', '"discriminator"', '"default"'):
        assert unknown not in sent
