"""Canonical JSON and digests; nothing is imported for them that takes time."""

from __future__ import annotations

import hashlib
import json
from typing import Any


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
