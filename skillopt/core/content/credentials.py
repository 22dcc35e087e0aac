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
            for _ in range(safe.count(REDACTED) - part.count(REDACTED)):
                yield Hit("secrets", "a secret", text_hash(part), shown(safe.strip()))
    for _ in range(plain.count("PRIVATE KEY-----") // 2 or plain.count("PRIVATE KEY-----")):
        yield Hit("secrets", "a private key", "private key", "-----BEGIN PRIVATE KEY-----")
