"""Secrets, by the rules that keep them out of the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters
from skillopt.core.redaction import REDACTED, redacted
from skillopt.core.value import text_hash

_LONGEST_LINE = 4_000
"""Characters that are looked at together."""


def credentials(text: str) -> Iterator[Hit]:
    """Each line of ``text`` with a secret in it, and each private key; never the secret itself."""
    plain = plain_letters(text)
    if redacted(plain) == plain:
        return
    for line in plain.split("\n"):
        for at in range(0, len(line), _LONGEST_LINE):
            part = line[at : at + _LONGEST_LINE]
            safe = redacted(part)
            for secret in _taken_out(part, safe) if safe != part else ():
                yield Hit("secrets", "a secret", text_hash(secret), shown(safe.strip()))
    for _ in range(plain.count("PRIVATE KEY-----") // 2 or plain.count("PRIVATE KEY-----")):
        yield Hit("secrets", "a private key", "private key", "-----BEGIN PRIVATE KEY-----")


def _taken_out(text: str, safe: str) -> Iterator[str]:
    """What stood in ``text`` where ``safe`` says that something was redacted."""
    first, *pieces = safe.split(REDACTED)
    at = len(first)
    for piece in pieces:
        end = text.find(piece, at) if piece else len(text)
        end = len(text) if end < 0 else end
        if text[at:end] != REDACTED:
            yield text[at:end]
        at = end + len(piece)
