"""What every noun shares: frozen values, canonical JSON, digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict


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


def canonical_json(content: Any) -> str:
    """JSON with one spelling per content: keys sorted, no spaces, no escapes beyond need."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def content_hash(content: Any) -> str:
    """The SHA-256 of ``content``'s canonical JSON, as 64 hex digits."""
    return text_hash(canonical_json(content))


def text_hash(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, as 64 hex digits.

    Lone surrogates, which no file holds but a model's JSON reply may, are hashed as such
    rather than refused: a digest names a text, it does not judge it.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def key_of(*parts: str) -> int:
    """A 63-bit number that stands for ``parts``."""
    hashed = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(hashed.digest(), "big") >> 1
