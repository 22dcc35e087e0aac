"""What a tool was called with, as plain JSON content: an agent may hand over any object."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from skillopt.core.foreign_text import admitted

DEEPEST = 20
"""Levels of lists and objects in arguments; what lies deeper is left out."""
LARGEST_INTEGER = 2**63
"""From here on an integer is written as text in base 16: JSON readers disagree on larger ones."""


def plain(content: Any, *, depth: int = 0) -> Any:
    """``content`` as JSON content: texts are admitted, objects become their text."""
    if depth > DEEPEST:
        return "[… left out: nested too deep …]"
    match content:
        case Mapping():
            return {_text(key): plain(value, depth=depth + 1) for key, value in content.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(part, depth=depth + 1) for part in content]
        case _:
            return _scalar(content)


def _scalar(content: Any) -> Any:
    if content is None or isinstance(content, bool):
        return content
    if isinstance(content, int) and abs(content) < LARGEST_INTEGER:
        return int(content)
    if isinstance(content, float) and math.isfinite(content):
        return float(content)
    return hex(content) if isinstance(content, int) else _text(content)


def _text(value: Any) -> str:
    try:
        return admitted(str(value))
    except Exception:  # noqa: BLE001 - a foreign object's own code
        return f"<{type(value).__name__}>"


def _arguments(given: object) -> object:
    return plain(given) if isinstance(given, Mapping) else given


Arguments = Annotated[dict[str, Any], BeforeValidator(_arguments)]
"""By the names of a tool's parameters."""
