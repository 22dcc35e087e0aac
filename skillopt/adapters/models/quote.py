"""The price of a call before it is made, for an estimate."""

from __future__ import annotations

from skillopt.adapters.models.library import load_litellm
from skillopt.adapters.models.prices import listed_prices, named_prices
from skillopt.adapters.models.settings import ModelSettings


def known_price(
    settings: ModelSettings, prompt_tokens: int, completion_tokens: int
) -> float | None:
    """US dollars, by the params or LiteLLM's list; None where neither knows the model.

    A practice model is free.
    """
    if settings.practice:
        return 0.0
    prices = named_prices(settings) or listed_prices(load_litellm(), settings)
    return prices.of(prompt_tokens, completion_tokens) if prices else None
