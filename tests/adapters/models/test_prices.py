"""What a call may cost at most, and what it did cost."""

from __future__ import annotations

import pytest

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import load_litellm
from skillopt.adapters.models.prices import prompt_bound
from skillopt.core.loop_settings import SpendLimits
from skillopt.errors import SettingsError
from tests.adapters.models.opening import HELLO, PRICED, Opened
from tests.loopback import Loopback


async def test_a_listed_price_is_found(loopback: Loopback, opened: Opened) -> None:
    reply = await opened(loopback, model="openai/gpt-4o").complete(HELLO)
    assert reply.usage.cost is not None
    assert reply.usage.cost > 0


async def test_a_limit_of_money_without_a_price_is_refused_before_any_call(
    loopback: Loopback, opened: Opened
) -> None:
    meter = SpendMeter(SpendLimits(max_cost=1.0))
    with pytest.raises(SettingsError, match="input_cost_per_token"):
        opened(loopback, meter=meter).check()
    with pytest.raises(SettingsError, match="input_cost_per_token"):
        await opened(loopback, meter=meter).complete(HELLO)
    opened(loopback, meter=meter, params=PRICED).check()
    opened(loopback, meter=meter, model="openai/gpt-4o").check()
    assert loopback.requests == []


@pytest.mark.parametrize(
    "text", ["plain words", '{"a": [1,2,3]}', "日本語 🜁 é", "\u0000\u200b" * 9]
)
def test_no_tokenizer_counts_more_than_the_bound(text: str) -> None:
    messages = [{"role": "system", "content": text}, {"role": "user", "content": text * 20}]
    counted = load_litellm().token_counter(model="gpt-4o", messages=messages)
    assert counted <= prompt_bound(messages)
