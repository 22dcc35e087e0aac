"""Keys never leave in a message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from skillopt.core import redaction

LONGEST_MESSAGE = 400
"""Characters of a provider's message that are passed on."""

_SHORTEST_SECRET = 6
_SECRET_NAME = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)$")
_PART_OF_A_KEY = re.compile(
    r"\b(?:sk|pk|gsk|xai|hf|ghp|glpat)[-_][\w\-*.]{6,}|\bAIza[\w\-*]{6,}|Bearer\s+\S+"
)
"""Providers quote a key with its middle as stars."""

_USERINFO = re.compile(r"(?<=://)[^/\s@]+@")


def redacted(text: str, keys: Iterable[str | None] = ()) -> str:
    """``text`` in one line and of bounded length, without keys.

    Args:
        text: a message from outside.
        keys: known secrets; those in the environment are known anyway.
    """
    environment = (value for name, value in os.environ.items() if _SECRET_NAME.search(name))
    for secret in sorted({key for key in (*keys, *environment) if key}, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "[key]")
    text = redaction.redacted(" ".join(text.split()))
    text = _USERINFO.sub("", _PART_OF_A_KEY.sub("[key]", text))
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"
