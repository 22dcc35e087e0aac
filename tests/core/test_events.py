"""What an event says to a person."""

from __future__ import annotations

from typing import get_args

import pytest

from skillopt.core.events import IdentityRole, IdentityUnknown


@pytest.mark.parametrize("role", get_args(IdentityRole))
def test_an_unknown_identity_says_what_follows_and_the_way_out(role: IdentityRole) -> None:
    told = IdentityUnknown(role=role, reason="client -> a socket").told
    assert told.startswith(f"the {role} has no identity (client -> a socket): ")
    assert "an interrupted run cannot be resumed" in told
    assert ("this run's alone" in told) is (role != "optimizer")
    assert "identity='...'" in told or role == "checks"
