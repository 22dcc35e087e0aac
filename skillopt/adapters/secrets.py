"""Keys never leave in a message."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import Any

from skillopt.core import redaction

LONGEST_MESSAGE = 400
"""Characters of a provider's message that are passed on."""

_SECRET_NAME = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)$")
_SHORTEST_SECRET = 6
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
    given = {key for key in keys if key and len(key) >= _SHORTEST_SECRET}
    known = given.union(environment_secrets(shortest=_SHORTEST_SECRET))
    for secret in sorted(known, key=len, reverse=True):
        text = text.replace(secret, "[key]")
    text = redaction.redacted(" ".join(text.split()))
    text = _USERINFO.sub("", _PART_OF_A_KEY.sub("[key]", text))
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def environment_secrets(*, shortest: int) -> tuple[str, ...]:
    """Values of variables that are named like secrets, the longest first.

    Args:
        shortest: characters of the shortest one; a short one may be a word of any text.
    """
    named = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    return tuple(sorted((one for one in named if len(one) >= shortest), key=len, reverse=True))


def without_secrets(content: Any) -> Any:
    """JSON-like ``content`` without keys, those of the environment included."""
    return _without(
        redaction.redacted_content(content), environment_secrets(shortest=_SHORTEST_SECRET)
    )


def _without(content: Any, secrets: tuple[str, ...]) -> Any:
    match content:
        case str():
            for secret in secrets:
                content = content.replace(secret, "[key]")
            return content
        case dict():
            return {name: _without(value, secrets) for name, value in content.items()}
        case list():
            return [_without(value, secrets) for value in content]
        case _:
            return content
