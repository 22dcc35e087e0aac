"""What a person is told to do."""

from __future__ import annotations

import pytest

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.advice import advice, unreachable_advice
from skillopt.adapters.models.failures import AttemptFailed, Remedy

HERE = ModelSettings(model="openai/some-model", api_base="http://127.0.0.1:8080")


@pytest.mark.parametrize(
    ("wait", "shown"), [(1200.0, "20 min"), (7200.0, "2 h"), (86400.0, "24 h")]
)
def test_a_long_wait_is_named_and_the_command_is_for_then(wait: float, shown: str) -> None:
    told = advice(AttemptFailed("daily limit", Remedy.STOP, wait=wait, status=429), HERE)
    assert told == f"The provider asks to wait {shown}. Run the same command then"


@pytest.mark.parametrize(
    ("status", "message", "advised"),
    [
        (401, "no", "Check the key"),
        (403, "no", "Check the key"),
        (402, "no", "the account's credit"),
        (429, "insufficient_quota", "Waiting does not help"),
        (404, "The model `x` does not exist", "Check the model's name"),
        (404, "some-model not found", "Check the model's name"),
        (404, "404 page not found", "such as http://127.0.0.1:8080/v1"),
        (405, "Method Not Allowed", "such as http://127.0.0.1:8080/v1"),
        (None, "LLM Provider NOT provided", "before this is fixed"),
    ],
)
def test_each_status_has_its_way_out(status: int | None, message: str, advised: str) -> None:
    told = advice(AttemptFailed(message, Remedy.STOP, status=status), HERE)
    assert advised in told
    assert "when the provider answers" not in told


def test_an_address_without_tls_is_named() -> None:
    assert unreachable_advice(HERE) == "Is the server running?"
    encrypted = HERE.model_copy(update={"api_base": "https://127.0.0.1:8080/v1"})
    assert "write http://" in unreachable_advice(encrypted)
