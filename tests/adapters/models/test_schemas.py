"""Structured output: a reply's shape as providers want it named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from skillopt.adapters.models.schemas import (
    LONGEST_LIST,
    LONGEST_NAME,
    LONGEST_PATH,
    LONGEST_STRING,
    reply_format,
)
from skillopt.core.proposals.critique import Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.engine.steps.judge import Judgements
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


@pytest.mark.parametrize("shape", [Draft, Critiques, Judgements, Shape])
def test_every_list_and_string_of_a_reply_ends(shape: type[BaseModel]) -> None:
    nodes = list(_nodes(reply_format(shape).content["json_schema"]["schema"]))
    strings = [node for node in nodes if node.get("type") == "string" and "enum" not in node]
    assert strings
    assert all(0 < node["maxLength"] <= LONGEST_STRING for node in strings if "const" not in node)
    lists = [node for node in nodes if node.get("type") == "array"]
    assert all(0 < node["maxItems"] <= LONGEST_LIST for node in lists)


def test_what_a_grammar_repeats_stays_below_the_limit_of_llama_cpp() -> None:
    assert LONGEST_STRING < 2000


def test_a_bound_of_its_own_stays() -> None:
    schema = reply_format(Draft).content["json_schema"]["schema"]
    assert schema["properties"]["idea"]["maxLength"] == 500
    assert schema["properties"]["criteria"]["maxItems"] == 20


def test_ids_names_and_paths_are_short() -> None:
    defs = reply_format(Draft).content["json_schema"]["schema"]["$defs"]
    section = defs["Insert"]["properties"]["section"]
    assert (section["maxItems"], section["items"]["maxLength"]) == (LONGEST_PATH, LONGEST_NAME)
    assert defs["Insert"]["properties"]["text"]["maxLength"] == LONGEST_STRING
    judged = reply_format(Judgements).content["json_schema"]["schema"]["$defs"]["Judgement"]
    assert judged["properties"]["criterion"]["maxLength"] == LONGEST_NAME


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _nodes(inner)
    if isinstance(node, list):
        for inner in node:
            yield from _nodes(inner)
