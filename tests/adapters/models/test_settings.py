"""What a model is called with, and what names it."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import LiteLLMModel, ModelSettings
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError
from tests.adapters.models.opening import PRICED


@pytest.mark.parametrize(
    "params",
    [
        {"api_key": "x"},
        {"aws_secret_access_key": "x"},
        {"n": 2},
        {"stream": True},
        {"extra_body": {"stream": True}},
        {"extra_body": {"options": [{"api_key": "x"}]}},
        {"extra_headers": {"Authorization": "Bearer x"}},
        {"timeout": 3},
        {"input_cost_per_token": 1.0},
        {"input_cost_per_token": -1.0, "output_cost_per_token": 1.0},
    ],
    ids=str,
)
def test_params_that_have_another_place_are_refused(params: Any) -> None:
    with pytest.raises(SettingsError):
        ModelSettings(model="openai/m", params=params)


def test_identity_follows_what_shapes_the_reply_and_nothing_else() -> None:
    def identity(meter: SpendMeter | None = None, **settings: Any) -> str:
        return LiteLLMModel(
            ModelSettings(**{"model": "openai/m", **settings}), meter=meter
        ).identity

    same = identity()
    assert same == identity(api_key="k") == identity(timeout=3.0) == identity(params=PRICED)
    limited = SpendMeter(SpendLimits(max_tokens=10))
    others = [
        identity(model="openai/n"),
        identity(api_base="http://127.0.0.1:1/v1"),
        identity(params={"temperature": 0.1}),
        identity(limited),
    ]
    assert len({same, *others}) == 5
    own = {"max_tokens": 5}
    assert identity(limited, params=own) == identity(params=own)


def test_fields_of_a_schema_are_no_secrets() -> None:
    described = {"type": "object", "properties": {"password": {"type": "string"}}}
    params: Any = {
        "response_format": {"type": "json_schema", "json_schema": {"schema": described}},
        "tools": [{"type": "function", "function": {"name": "log_in", "parameters": described}}],
        "extra_body": {"guided_json": described},
    }
    assert ModelSettings(model="openai/m", params=params).sent_params == params


@pytest.mark.parametrize("name", ["response_format", "tools", "tool_choice"])
def test_the_shape_of_a_reply_that_skillopt_reads_is_its_own(name: str) -> None:
    settings = ModelSettings(model="openai/m", params={name: [{"type": "text"}]})
    with pytest.raises(SettingsError, match=rf"judge_params: '{name}' cannot be set .*target_par"):
        settings.check_asked("judge")
    ModelSettings(model="openai/m", params={"stop": ["x"], "temperature": 0}).check_asked("judge")


def test_what_shapes_the_answer_shapes_the_identity() -> None:
    shapes: list[Any] = [
        {},
        {"response_format": {"type": "json_object"}},
        {"tools": [{"type": "function", "function": {"name": "look_up"}}]},
        {"stop": ["\n\n"]},
        {"extra_body": {"min_p": 0.1}},
    ]
    found = {LiteLLMModel(ModelSettings(model="openai/m", params=one)).identity for one in shapes}
    assert len(found) == len(shapes)
