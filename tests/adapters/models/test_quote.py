"""The price of a call before it is made."""

from __future__ import annotations

import pytest

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.quote import known_price
from tests.adapters.models.opening import PRICED


def test_a_named_price_wins_over_the_list() -> None:
    listed = ModelSettings(model="openai/gpt-4o")
    named = ModelSettings(model="openai/gpt-4o", params=PRICED)
    assert known_price(named, 10, 3) == pytest.approx(10 * 0.001 + 3 * 0.01)
    price = known_price(listed, 10, 3)
    assert price is not None
    assert 0 < price < 0.01


def test_a_practice_model_is_free_and_an_unknown_one_has_no_price() -> None:
    assert known_price(ModelSettings(model="practice/reader"), 1000, 1000) == 0
    assert known_price(ModelSettings(model="openai/no-such-model"), 10, 3) is None
