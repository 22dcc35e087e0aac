"""The listeners that a job is given."""

from __future__ import annotations

from typing import Any

from skillopt.adapters.listeners.hub import Listeners


def listeners_of(given: dict[str, Any]) -> Listeners:
    """The listeners among the options of a job, which are taken out of them."""
    own = given.pop("on_event", None)
    return Listeners([] if own is None else [own] if callable(own) else list(own))
