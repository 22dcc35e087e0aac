"""What a person is told to do."""

from __future__ import annotations

import pytest

from skillopt.adapters.models.advice import advice
from skillopt.adapters.models.failures import AttemptFailed, Remedy


@pytest.mark.parametrize(
    ("wait", "shown"), [(1200.0, "20 min"), (7200.0, "2 h"), (86400.0, "24 h")]
)
def test_a_long_wait_is_named_and_the_command_is_for_then(wait: float, shown: str) -> None:
    told = advice(AttemptFailed("daily limit", Remedy.STOP, wait=wait))
    assert told == f"The provider asks to wait {shown}. Run the same command then"
