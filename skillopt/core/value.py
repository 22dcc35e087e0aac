"""What every noun shares: frozen values, canonical JSON, digests."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A frozen value: unknown fields are refused, equal fields make equal values."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical_json(content: Any) -> str:
    """JSON with one spelling per content: keys sorted, no spaces, no escapes beyond need."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(content: Any) -> str:
    """The SHA-256 of ``content``'s canonical JSON, as 64 hex digits."""
    return text_digest(canonical_json(content))


def text_digest(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, as 64 hex digits.

    Lone surrogates, which no file holds but a model's JSON reply may, are hashed as such
    rather than refused: a digest names a text, it does not judge it.
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
