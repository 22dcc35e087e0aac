"""A run's settings as one line: those that are not at their defaults."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skillopt.core.loop_settings import LoopSettings

_GROUPS = ("budget", "gate", "guards", "conditioning")
"""Values within a run's settings whose fields are settings of their own."""

_NAMES = {"gate.kind": "gate", "conditioning.enabled": "conditioning"}
"""What the setting is called where its place in the record is called otherwise."""


def told_settings(settings: LoopSettings) -> str:
    """The settings by name, with their values."""
    changed = settings.model_dump(mode="json", exclude_defaults=True)
    told = ", ".join(f"{name} {_shown(value)}" for name, value in sorted(_named(changed)))
    return f"settings: {told or 'the defaults'}"


def _named(changed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for group, value in changed.items():
        if group not in _GROUPS:
            yield group, value
            continue
        for name, inner in value.items():
            plain = f"guard_{name}" if group == "guards" else name
            yield _NAMES.get(f"{group}.{name}", plain), inner


def _shown(value: Any) -> str:
    match value:
        case bool():
            return "on" if value else "off"
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)
