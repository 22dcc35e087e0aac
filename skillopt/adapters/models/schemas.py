"""Structured output: a reply's shape as providers want it named."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from skillopt.core.value import canonical_json

_UNKNOWN = frozenset({"default", "discriminator", "title", "examples"})
"""Keywords that strict modes refuse and that say nothing about what is valid."""


LONGEST_STRING = 1500
"""Characters of a text at most. Some llama.cpp servers refuse a grammar that repeats a rule 2000
times, and vLLM's engines are slow far below that; the largest edit of the default budget has
1200."""
LONGEST_NAME = 200
"""Characters of a string whose shape states no length: an id, a criterion, a heading. A small model
that runs on fills whatever room there is."""
LONGEST_LIST = 50
"""Items of a list at most."""
LONGEST_PATH = 8
"""Items of a list whose shape states no length: the headings above an anchor."""


class ReplyFormat(NamedTuple):
    """A `response_format` and its size."""

    content: dict[str, Any]
    size: int
    """Bytes of the schema."""


@cache
def reply_format(shape: type[BaseModel]) -> ReplyFormat:
    """The strict JSON schema format for ``shape``: every property required, none besides.

    Every list and string has an end, so that the constrained output of a small model has one; a
    longer reply of a model that is not constrained is valid all the same.
    """
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
    if strict.get("type") == "string" and not {"enum", "const"} & strict.keys():
        strict["maxLength"] = min(strict.get("maxLength", LONGEST_NAME), LONGEST_STRING)
    if strict.get("type") == "array":
        strict["maxItems"] = min(strict.get("maxItems", LONGEST_PATH), LONGEST_LIST)
    if "properties" in strict:
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    return strict
