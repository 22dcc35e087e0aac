"""Settings from several places put together, the strongest first."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.settings import Settings
from skillopt.errors import SettingsError

_LONGEST_SHOWN = 200
_SEATS = ("target", "target_command", "agent")
"""The settings that say what the target is."""


def merged_settings(sources: Sequence[tuple[str, Mapping[str, Any]]]) -> Settings:
    """Settings from several places, the first one winning.

    Args:
        sources: where the values come from (for messages) and the values, strongest first.

    Raises:
        SettingsError: an unknown name or an impossible value; the message says where it stands.
    """
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for place, given in sources:
        for name, value in given.items():
            if name not in Settings.model_fields:
                raise SettingsError(f"{place}: unknown setting {name!r}{_nearest(name)}")
            if name not in values and not _outdone(name, values, given):
                values[name], origin[name] = value, place
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        place = origin.get(name, "settings")
        shown = redacted(repr(redacted_content(first["input"])))[:_LONGEST_SHOWN]
        raise SettingsError(f"{place}: {name}: {first['msg']}, got {shown}") from None


def _outdone(name: str, values: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    """A stronger place fills the target's seat with something else."""
    match name:
        case "target" | "target_command" | "agent":
            others = [seat for seat in _SEATS if seat != name]
            return any(seat in values and seat not in beside for seat in others)
        case "agent_model" | "agent_args":  # they belong to the agent that this place has there
            return "agent" in values and beside.get("agent", values["agent"]) != values["agent"]
        case "target_identity":  # it names what this place has there
            return any(values.get(seat, beside.get(seat)) != beside.get(seat) for seat in _SEATS)
        case _:
            return False


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; see docs/command-line.md for the names"
