"""The tolerant parser: a JSON object out of whatever a model replied."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

LARGEST_REPLY = 200_000
"""Characters; no asked-for reply comes near it, and repairing a huge text costs minutes."""

_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCED = re.compile(r"^```[\w-]*[ \t]*\n(.*?)^```[ \t]*$", re.DOTALL | re.MULTILINE)


class BadReply(Exception):  # noqa: N818 - it names what was got
    """The reply cannot be used; the message says why, in words for the model that sent it."""


def json_object(reply: str) -> dict[str, Any]:
    """The JSON object in ``reply``.

    Accepted: bare JSON, JSON in a code fence, JSON with prose around it, and JSON with the usual
    slips (trailing commas, single quotes, a missing bracket at the end), which json-repair mends.

    Raises:
        BadReply: nothing in it is a JSON object.
    """
    if len(reply) > LARGEST_REPLY:
        raise BadReply(f"the reply has {len(reply)} characters; at most {LARGEST_REPLY} are read")
    text = _THINKING.sub("", reply).strip()
    candidates = [text, *reversed(_FENCED.findall(text)), _outermost_braces(text)]
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
    if not text:
        return None
    from json_repair import repair_json

    try:
        found = repair_json(text, return_objects=True)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found else None
