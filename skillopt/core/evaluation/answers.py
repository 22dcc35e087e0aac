"""What an answer says: the JSON content in it."""

from __future__ import annotations

import json
import re
from typing import Any

from skillopt.core.replies import fenced

LONGEST_JSON = 200_000
"""Characters of an answer that are searched for JSON."""

_TRIES = 50
_OPENING = re.compile(r"[{\[]")


class NoJson(ValueError):  # noqa: N818 - it names what was not found
    """The answer holds no JSON."""


def json_in(answer: str, *, like: type | None = None) -> Any:
    """The JSON content of ``answer``: all of it, or what its last code fence or its prose holds.

    A check is about content, so fences and prose around it are forgiven; broken JSON is not,
    because a program that uses the answer could not read it either. In prose only objects and
    lists are searched for, and the last one counts.

    Args:
        answer: what the target said.
        like: `dict` or `list`, where only such content can be meant.

    Raises:
        NoJson: there is none.
    """
    text = answer.strip().removeprefix("\ufeff")
    if len(text) > LONGEST_JSON:
        raise NoJson(f"the answer has {len(text)} characters; {LONGEST_JSON} are searched for JSON")
    for candidate in (text, *reversed(fenced(text))):
        try:
            return _decoder.decode(candidate.strip())
        except (ValueError, RecursionError):
            continue
    found = [value for value in _in_prose(text) if like is None or isinstance(value, like)]
    if not found:
        raise NoJson("the answer contains no JSON")
    return found[-1]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(parse_constant=_no_constant)


def _in_prose(text: str) -> list[Any]:
    found: list[Any] = []
    at = 0
    for _ in range(_TRIES):
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        try:
            value, at = _decoder.raw_decode(text, opening.start())
            found.append(value)
        except (ValueError, RecursionError):
            at = opening.end()
    return found
