"""What a model is called with."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from skillopt.adapters.models.library import PRACTICE_PREFIX
from skillopt.core.value import Value, content_hash
from skillopt.errors import SettingsError

PRICES = ("input_cost_per_token", "output_cost_per_token")
"""Params that name a price; they shape no answer."""

_TAKEN = {
    "model": "the role sets it",
    "messages": "skillopt writes them",
    "stream": "streaming is not supported",
    "n": "a rollout has one answer; use --trials for more",
    "response_format": "skillopt sets it",
    "api_base": "it has its own setting",
    "timeout": "it has its own setting",
    "num_retries": "use max_attempts",
    "max_retries": "use max_attempts",
    "tools": "a chat target has no tools; tune an agent with tools as a callable or a runnable",
    "drop_params": "skillopt sets it",
}
_SECRETS = ("api_key", "secret", "password", "credential", "access_key", "auth_token")


class ModelSettings(Value):
    """A model and its parameters.

    Raises:
        SettingsError: a parameter that has another place, holds a secret, or is a wrong price.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    model: str = Field(min_length=1)
    """A LiteLLM model string, such as `openai/gpt-5-mini` or `practice/reader`."""
    api_base: str | None = None
    """Address of an endpoint; by default the provider's, or LiteLLM's own variables."""
    api_key: str | None = Field(default=None, exclude=True, repr=False)
    """By default LiteLLM's own variables. Never part of an identity, a dump or a message."""
    params: dict[str, JsonValue] = Field(default_factory=dict)
    """Passed with every call: temperature, max_tokens, and what else the model knows. The two
    prices, `input_cost_per_token` and `output_cost_per_token` (US dollars), stay here."""
    drop: tuple[str, ...] = ()
    """Parameters that are never sent, whoever sets them."""
    timeout: float = Field(default=120.0, gt=0)
    """Seconds one request may take."""
    max_attempts: int = Field(default=5, ge=1)
    """Requests for one reply at most, where trying again can help."""

    @model_validator(mode="after")
    def _params_are_usable(self) -> Self:
        for name, value in self.params.items():
            if name in _TAKEN:
                raise SettingsError(f"params: {name!r} cannot be set here: {_TAKEN[name]}")
            if any(mark in name.lower() for mark in _SECRETS):
                raise SettingsError(
                    f"params: {name!r} would be stored in the ledger; set the provider's "
                    f"environment variable instead (see LiteLLM's documentation)"
                )
            if name in PRICES and not _is_price(value):
                raise SettingsError(f"params: {name} is a price in US dollars, got {value!r}")
        if len([name for name in PRICES if name in self.params]) == 1:
            raise SettingsError(f"params: give both prices or none: {' and '.join(PRICES)}")
        return self

    @property
    def practice(self) -> bool:
        """One of skillopt's own offline models."""
        return self.model.startswith(PRACTICE_PREFIX)

    @property
    def sent_params(self) -> dict[str, JsonValue]:
        """The parameters that go into a request."""
        unsent = (*PRICES, *self.drop)
        return {name: value for name, value in self.params.items() if name not in unsent}

    def digest(self, **more: JsonValue) -> str:
        """Names what shapes the model's replies: model, parameters, address, and ``more``."""
        if self.drop:
            more["drop"] = [*sorted(self.drop)]
        return content_hash(["model", self.model, self.api_base, {**more, **self.sent_params}])


def _is_price(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
