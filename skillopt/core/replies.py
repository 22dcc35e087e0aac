"""The tolerant parser: a JSON object out of whatever a model replied."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

LARGEST_REPLY = 200_000
"""Characters; no asked-for reply comes near it, and repairing a huge text costs minutes."""

LARGEST_REPAIR = 50_000
"""Characters of broken JSON that are repaired."""

DEEPEST_REPAIR = 100
"""Brackets open at once in broken JSON that is repaired."""

_THINKING = re.compile(r"<(/?)think(?:ing)?>")
_FENCE = 3
_BRACKET = re.compile(r"[{}\[\]]")


class BadReply(Exception):  # noqa: N818 - it names what was got
    """The reply cannot be used; the message says why, in words for the model that sent it."""


def json_object(reply: str) -> dict[str, Any]:
    """The JSON object in ``reply``.

    Accepted: bare JSON, JSON in a code fence, JSON with prose around it, and JSON with the usual
    slips (trailing commas, single quotes, a missing bracket at the end), which json-repair fixes.

    Raises:
        BadReply: nothing in it is a JSON object.
    """
    if len(reply) > LARGEST_REPLY:
        raise BadReply(f"the reply has {len(reply)} characters; at most {LARGEST_REPLY} are read")
    text = _without_thinking(reply).strip()
    candidates = [text, *reversed(fenced(text)), _outermost_braces(text)]
    for candidate in candidates:
        found = _strictly(candidate)
        if found is not None:
            return found
    repaired = _repaired(_outermost_braces(text))
    if repaired is None:
        raise BadReply("the reply holds no JSON object")
    return repaired


def first_complaint(error: ValidationError) -> str:
    """A validation error's first finding as one line: where, what, and what was got."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the reply"
    return f"{where}: {first['msg']}, got {str(first['input'])[:80]!r}"


def fenced(text: str) -> list[str]:
    """What stands in the code fences of ``text``, in order; one that is not closed does not count.

    A fence is closed by the next line of nothing but as many backticks or more.
    """
    found: list[str] = []
    open_at: tuple[int, int] | None = None  # where its content starts, and its backticks
    at = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        ticks = len(bare) - len(bare.lstrip("`"))
        at += len(line)
        if open_at is None and ticks >= _FENCE and "`" not in bare[ticks:]:
            open_at = (at, ticks)
        elif open_at is not None and ticks >= open_at[1] and ticks == len(bare):
            found.append(text[open_at[0] : at - len(line)])
            open_at = None
    return found


def _without_thinking(text: str) -> str:
    kept: list[str] = []
    start: int | None = None  # of the thought
    at = 0
    for mark in _THINKING.finditer(text):
        if start is None and not mark.group(1):
            start = mark.start()
        elif start is not None and mark.group(1):
            kept.append(text[at:start])
            at, start = mark.end(), None
    return "".join([*kept, text[at:]])


def _strictly(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _outermost_braces(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text[start:] if start >= 0 else ""


def _repaired(text: str) -> dict[str, Any] | None:
    if not 0 < len(text) <= LARGEST_REPAIR or _depth(text) > DEEPEST_REPAIR:
        return None
    from json_repair import repair_json

    try:
        found = repair_json(text, return_objects=True)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found else None


def _depth(text: str) -> int:
    """The most brackets open at once, those in strings counted too."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
    return deepest
