"""What a model is called with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Self

from pydantic import ConfigDict, Field, JsonValue, model_validator

from skillopt.adapters.models.addresses import base_from_environment
from skillopt.core.role_settings import names_practice_model
from skillopt.core.value import Value, canonical_json, content_hash
from skillopt.errors import SettingsError

PRICES = ("input_cost_per_token", "output_cost_per_token")
"""Params that name a price; they shape no answer."""

_TAKEN = {
    "model": "the role sets it",
    "messages": "skillopt writes them",
    "stream": "streaming is not supported",
    "n": "a rollout has one answer; use --trials for more",
    "api_base": "it has its own setting",
    "timeout": "it has its own setting",
    "num_retries": "use max_attempts",
    "max_retries": "use max_attempts",
    "drop_params": "skillopt sets it",
}
_PLAIN_PREFIX = "text-completion-"
"""How the names of LiteLLM's providers of plain completions begin."""
_ANSWER_SHAPES = ("response_format", "tools", "tool_choice", "functions", "function_call")
_SCHEMAS = ("schema", "parameters", "guided_json", "json_schema")
"""Keys under which a JSON schema stands: it names fields of an answer, and holds no secret."""
_SECRETS = (
    "api_key",
    "secret",
    "password",
    "credential",
    "access_key",
    "auth_token",
    "authorization",
)


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
    """Parameters that are never sent, even if skillopt sets them."""
    force: tuple[str, ...] = ()
    """Parameters that are sent whatever LiteLLM says of the model; refused, they stop the run."""
    timeout: float = Field(default=120.0, gt=0)
    """Seconds one request may take."""
    max_attempts: int = Field(default=5, ge=1)
    """Requests for one reply at most, where trying again can help."""

    @model_validator(mode="after")
    def _params_are_usable(self) -> Self:
        _check_untaken("params", self.params)
        for name, value in self.params.items():
            if name == "extra_body" and isinstance(value, dict):
                _check_untaken("extra_body", value)
            secret = next((key for key in (name, *_keys(value)) if _is_secret(key)), None)
            if secret is not None:
                raise SettingsError(
                    f"params: {secret!r} would be stored in the ledger; set the provider's "
                    f"environment variable instead (see LiteLLM's documentation)"
                )
            if name in PRICES and not _is_price(value):
                raise SettingsError(f"params: {name} is a price in US dollars, got {value!r}")
        both = next((name for name in self.force if name in self.drop), None)
        if both is not None:
            raise SettingsError(
                f"{both!r} is in drop_params and in force_params; take it out of one of them"
            )
        if len([name for name in PRICES if name in self.params]) == 1:
            raise SettingsError(f"params: give both prices or none: {' and '.join(PRICES)}")
        return self

    @property
    def practice(self) -> bool:
        """One of skillopt's own offline models."""
        return names_practice_model(self.model)

    def check_asked(self, role: str) -> None:
        """Refuse what shapes a reply whose shape is skillopt's own: an optimizer's or a judge's.

        Raises:
            SettingsError: the params name a format, or tools.
        """
        for name in _ANSWER_SHAPES:
            if name in self.params:
                raise SettingsError(
                    f"{role}_params: {name!r} cannot be set here: skillopt asks the {role} for a "
                    f"reply of its own shape; only the target's may be set, in target_params"
                )

    @property
    def base(self) -> str | None:
        """The address that is called; None for the provider's own.

        Without the setting, the environment's counts: `OPENAI_API_BASE`, `OLLAMA_API_BASE` ...
        """
        if self.practice:
            return self.api_base
        return self.api_base or base_from_environment(self.model)

    @property
    def plain(self) -> bool:
        """The model continues one text (`text-completion-openai/<name>`) instead of chatting."""
        return self.model.startswith(_PLAIN_PREFIX)

    @property
    def calls_tools(self) -> bool:
        """The params offer the model tools: a call of one is an answer."""
        return bool(self.params.get("tools"))

    @property
    def shape_size(self) -> int:
        """Bytes of the format and the tools in the params, which go into the prompt; 0 for none."""
        shapes = {name: self.params[name] for name in _ANSWER_SHAPES if name in self.params}
        extra = self.params.get("extra_body")
        said = {**shapes, **({"extra_body": extra} if extra else {})}
        return len(canonical_json(said).encode()) if said else 0

    @property
    def sent_params(self) -> dict[str, JsonValue]:
        """The parameters that go into a request."""
        unsent = (*PRICES, *self.drop)
        return {name: value for name, value in self.params.items() if name not in unsent}

    def digest(self, **more: JsonValue) -> str:
        """Names what shapes the model's replies: model, parameters, address, and ``more``."""
        if self.drop:
            more["drop"] = [*sorted(self.drop)]
        if self.force:
            more["force"] = [*sorted(self.force)]
        return content_hash(["model", self.model, self.base, {**more, **self.sent_params}])


def _check_untaken(place: str, names: Iterable[str]) -> None:
    for name in names:
        if name in _TAKEN:
            raise SettingsError(f"{place}: {name!r} cannot be set here: {_TAKEN[name]}")


def _is_secret(name: str) -> bool:
    return any(mark in name.lower() for mark in _SECRETS)


def _keys(value: JsonValue) -> Iterator[str]:
    """The keys in a parameter's value, at any depth; the fields a schema describes are no keys."""
    if isinstance(value, list):
        for item in value:
            yield from _keys(item)
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in _SCHEMAS:
                yield key
                yield from _keys(inner)


def _is_price(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
