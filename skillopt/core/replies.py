"""What the optimizer or the judge replied, read into the shape it was asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from skillopt.core.endings import Ending, fault
from skillopt.core.json_text import LARGEST, Piece, decoded, fenced, pieces
from skillopt.core.lenient_json import Elided, lenient
from skillopt.core.reasoning import heard

Shape = TypeVar("Shape", bound=BaseModel)

LARGEST_REPAIR = 50_000
"""Characters of broken JSON that are repaired; repairing a huge text costs minutes."""

DEEPEST_REPAIR = 100
"""Brackets open at once in broken JSON that is repaired."""

DEEPEST_WRAPPER = 3
"""Lists, keys and strings around an object that are looked into."""

_BRACKET = re.compile(r"[{}\[\]]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_WORD = re.compile(r"[^\W_]+")
_QUOTED_KEY = re.compile(r"""[{,]\s*"[^"\\]*\\"(?:[^"\\]|\\.)*+"\s*:""")
"""A guess has taken what stands between two keys for one."""
_SPELLED = {"none": "null"}


class BadReply(Exception):  # noqa: N818 - it names what was got
    """The reply cannot be used; the message says why, in words for the model that sent it."""


class Read(NamedTuple, Generic[Shape]):
    """A reply that was read."""

    content: Shape
    repaired: bool
    """Its JSON had errors of syntax that were fixed; nothing was added to its end."""


class _Found(NamedTuple):
    """An object in a reply that may be the one that was asked for."""

    content: dict[str, Any]
    repaired: bool
    complaint: str = ""
    """Why it could not be read, where it could not."""


def read_reply(
    text: str,
    *,
    shape: type[Shape],
    ending: Ending = Ending.COMPLETE,
    reasoning: str = "",
) -> Read[Shape]:
    """The object of ``shape`` in ``text``.

    Accepted: bare JSON, JSON in a code fence or in prose, in a JSON string, in a list, under a
    wrapper key, and after reasoning. Of several objects the last one that has the shape counts.
    Slips of syntax (trailing commas, single quotes, raw line breaks) are repaired where no word is
    lost or added by it; what has no end is not: nobody knows what is missing.

    Args:
        text: what the model said.
        shape: what it was asked for.
        ending: how the reply ended.
        reasoning: what the model thought, where that came apart from the text.

    Raises:
        BadReply: it was cut off or withheld, or there is no object of that shape.
    """
    wrong = fault(ending)
    if wrong:
        raise BadReply(f"{wrong}; send the whole JSON object{_shorter(ending)}")
    found = _objects(text, reasoning)
    complaints: list[tuple[int, str]] = []
    for one in reversed(found):
        if one.complaint:
            complaints.append((1, one.complaint))
            continue
        try:
            return Read(shape.model_validate(one.content), one.repaired)
        except ValidationError as error:
            known = len(one.content.keys() & shape.model_fields.keys())
            complaints.append((known, first_complaint(error)))
    raise BadReply(max(complaints, key=lambda each: each[0])[1])


def first_complaint(error: ValidationError) -> str:
    """A validation error's first finding as one line: where, what, and what was got."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the reply"
    return f"{where}: {first['msg']}, got {str(first['input'])[:80]!r}"


def _objects(reply: str, apart: str) -> list[_Found]:
    """The objects in ``reply``, the more likely ones last.

    Raises:
        BadReply: there is none, or the reply ends in the middle of one.
    """
    if len(reply) > LARGEST:
        raise BadReply(f"the reply has {len(reply)} characters; at most {LARGEST} are read")
    text, within = heard(reply)
    text = text.strip().removeprefix("\ufeff")
    if not text:
        only = "only reasoning and no text" if apart or within else "no text"
        raise BadReply(f"the reply holds {only}; send the JSON object as the reply itself")
    found = list(_found(text))
    if not found:
        raise BadReply("the reply holds no JSON object")
    return found


def _found(text: str) -> Iterator[_Found]:
    try:
        whole = decoded(text)
    except ValueError:
        pass
    else:
        yield from _unwrapped(whole, repaired=False)
        return
    spelled = list(_in_fences(text))
    yield from spelled
    if not any(one.content for one in spelled):
        yield from _in_prose(text)


def _in_fences(text: str) -> Iterator[_Found]:
    """From fences that hold no more than a JSON string, or an empty object."""
    for candidate in fenced(text):
        try:
            value = decoded(candidate.strip())
        except ValueError:
            continue
        if not value or isinstance(value, str):
            yield from _unwrapped(value, repaired=False)


def _in_prose(text: str) -> Iterator[_Found]:
    for piece in pieces(text):
        if piece.open:
            raise BadReply(
                "the JSON in the reply was cut off: it has brackets or quotes that are never "
                "closed; send the whole JSON object"
            )
        if piece.broken:
            yield from _mended(text, piece)
        elif piece.value:
            yield from _unwrapped(piece.value, repaired=False)


def _mended(text: str, piece: Piece) -> Iterator[_Found]:
    """The objects in a broken piece: itself, repaired, or whole ones within it."""
    broken = text[piece.start : piece.end]
    try:
        repaired = _repaired(broken)
    except ValueError as error:
        inner = [one for each in pieces(broken[1:-1]) for one in _whole(each)]
        yield from inner
        yield _Found({}, repaired=True, complaint=_complaint(error, broken))
    else:
        yield from _unwrapped(repaired, repaired=True)


def _whole(piece: Piece) -> Iterator[_Found]:
    if piece.value:
        yield from _unwrapped(piece.value, repaired=True)


def _complaint(error: ValueError, broken: str) -> str:
    if isinstance(error, Elided):
        return f"{error}; send the whole JSON object"
    try:
        decoded(broken)
    except json.JSONDecodeError as plain:
        near = broken[max(0, plain.pos - 20) : plain.pos + 20]
        return f"the JSON in the reply is broken: {plain.msg} near {near!r}"
    except ValueError as plain:
        return f"the JSON in the reply is broken: {plain}"
    return f"the JSON in the reply is broken: {error}"


def _unwrapped(value: Any, *, repaired: bool, depth: int = 0) -> Iterator[_Found]:
    """The objects in ``value``, those in others first."""
    if depth <= DEEPEST_WRAPPER:
        for inner in _inside(value):
            yield from _unwrapped(inner, repaired=repaired, depth=depth + 1)
    if isinstance(value, dict):
        yield _Found(value, repaired)


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, list):
        return value
    if isinstance(value, str) and value.lstrip().startswith(("{", "[", '"')):
        try:
            return [decoded(value.strip())]
        except ValueError:
            return []
    return []


def _repaired(text: str) -> Any:
    """The content of broken JSON.

    Raises:
        ValueError: it cannot be repaired without a loss.
    """
    if len(text) > LARGEST_REPAIR or _depth(text) > DEEPEST_REPAIR:
        raise ValueError("it is too long or nested too deep to be repaired")
    try:
        return lenient(text)
    except Elided:
        raise
    except (ValueError, RecursionError) as error:
        found = _guessed(text)
        written = json.dumps(found, ensure_ascii=False)
        if not found or _essence(written) != _essence(text) or _QUOTED_KEY.search(written):
            raise ValueError(str(error)) from None
        return found


def _guessed(text: str) -> Any:
    from json_repair import repair_json

    try:
        return repair_json(text, return_objects=True)
    except (ValueError, RecursionError):
        return None


def _essence(text: str) -> tuple[list[str], int]:
    """What a guessed repair may not change: the words, and the line breaks in strings."""
    return _words(text), text.count("\\n")


def _words(text: str) -> list[str]:
    """The words and digits of a JSON text in order: a repair may neither lose nor add one."""
    plain = _ESCAPE.sub(_unescaped, text)
    return [_SPELLED.get(word, word) for word in map(str.lower, _WORD.findall(plain))]


def _unescaped(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16)) if escape[1] else " "


def _depth(text: str) -> int:
    """The most brackets open at once, those in strings counted too."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def _shorter(ending: Ending) -> str:
    return " again, in fewer words" if ending is Ending.CUT else ""
