"""The whole objects in text that is not one JSON value: several on a line, a list cut short."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

_GAP = re.compile(r"[\s,]*")
_OPENING = re.compile(r"\s*\[")


class WholeObjects(NamedTuple):
    """Objects one after the other."""

    listed: list[Any]
    fault: str | None
    """Why there are no more; None where nothing is left of the text."""


def whole_objects(text: str) -> WholeObjects:
    """The objects and lists one after the other; of a list that breaks off, its whole elements."""
    found = _from(text, 0)
    opening = _OPENING.match(text)
    if not opening or found.listed:
        return found
    elements = _from(text, opening.end())
    return elements._replace(fault=elements.fault or "not JSON: the list is not closed")


def _from(text: str, at: int) -> WholeObjects:
    decoder, listed = json.JSONDecoder(), list[Any]()
    while (at := _gap(text, at)) < len(text):
        try:
            content, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            return WholeObjects(listed, json_fault(error))
        if not isinstance(content, dict | list):
            return WholeObjects(listed, f"not JSON: a lone value at character {at + 1}")
        listed.append(content)
        at = end
    return WholeObjects(listed, None)


def _gap(text: str, at: int) -> int:
    """Where the next value starts: white space, and the commas of a list, are passed over."""
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def json_fault(error: ValueError | RecursionError) -> str:
    """Why text is not JSON."""
    match error:
        case json.JSONDecodeError():
            return f"not JSON: {error.msg}, at character {error.pos + 1}"
        case RecursionError():
            return "nested too deeply"
        case _:  # a whole number of too many digits
            return f"not JSON: {error}"
