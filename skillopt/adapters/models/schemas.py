"""Structured output: a reply's shape as providers want it named."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from skillopt.core.value import canonical_json

_UNKNOWN = frozenset({"default", "discriminator", "title", "examples"})
"""Keywords that strict modes refuse and that say nothing about what is valid."""


class ReplyFormat(NamedTuple):
    """A `response_format` and its size."""

    content: dict[str, Any]
    size: int
    """Bytes of the schema."""


@cache
def reply_format(shape: type[BaseModel]) -> ReplyFormat:
    """The strict JSON schema format for ``shape``: every property required, none besides."""
    schema = _strict(shape.model_json_schema())
    content = {
        "type": "json_schema",
        "json_schema": {"name": shape.__name__, "schema": schema, "strict": True},
    }
    return ReplyFormat(content, len(canonical_json(schema).encode()))


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    strict: dict[str, Any] = {}
    for key, value in node.items():
        if key in ("properties", "$defs"):
            strict[key] = {name: _strict(inner) for name, inner in value.items()}
        elif key not in _UNKNOWN:
            # Discriminated unions are `oneOf`, which strict modes do not know; the cases exclude
            # each other anyway.
            strict["anyOf" if key == "oneOf" else key] = _strict(value)
    if "properties" in strict:
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    return strict
