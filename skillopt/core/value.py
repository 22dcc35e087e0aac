"""What every noun shares: frozen values, canonical JSON, digests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from skillopt.core.hashing import canonical_json, content_hash, key_of, text_hash

__all__ = [
    "Value",
    "canonical_json",
    "content_hash",
    "is_absent",
    "is_empty",
    "is_true",
    "key_of",
    "text_hash",
]


class Value(BaseModel):
    """A frozen value: unknown fields are refused, equal fields make equal values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy; what was computed from the fields (a digest) is computed again."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


def is_absent(value: object) -> bool:
    """For a field that is left out while it is None, so that earlier documents keep their hash."""
    return value is None


def is_empty(value: object) -> bool:
    """For a field that is left out while it is empty, 0 or false, likewise."""
    return not value


def is_true(value: object) -> bool:
    """For a field that is left out while it is true, likewise."""
    return value is True
