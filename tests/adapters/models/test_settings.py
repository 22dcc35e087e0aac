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
