"""What the optimizer or the judge replied, read into the shape it was asked for."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from skillopt.core.endings import Ending, fault
from skillopt.core.foreign_text import flaw
from skillopt.core.json_text import LARGEST, Piece, Repeated, decoded, fenced, pieces
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
_LEAD = 100
"""Characters before an object in which words about it are looked for."""
_FINAL = re.compile(r"\bfinal\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:earlier|previous|rejected?|discarded|dropped|format|template|schema|example)\b",
    re.IGNORECASE,
)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
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
    beside: frozenset[str] = frozenset()
    """The other keys of the objects that it stands in."""
    rank: int = 0
    """What the words before it say: 1 for final, -1 for another than is meant."""


def read_reply(
    text: str,
    *,
    shape: type[Shape],
    ending: Ending = Ending.COMPLETE,
    reasoning: str = "",
) -> Read[Shape]:
    """The object of ``shape`` in ``text``.

    Accepted: bare JSON, JSON in a code fence or in prose, in a JSON string, in a list, under a
    wrapper key, and after reasoning. Of several objects that have the shape the last one counts,
    unless the words before one say that it is final, or before another that it is an example or
    was rejected. What stands within an object that has the shape's own keys is part of that one.
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
    complaints: list[tuple[int, str]] = []
    for one in reversed(_objects(text, reasoning, _required(shape))):
        if one.complaint:
            complaints.append((1, one.complaint))
            continue
        known = len(one.content.keys() & shape.model_fields.keys())
        if ill := flaw(one.content):
            complaints.append((known, f"a text in the reply cannot be stored: {ill}; leave it out"))
            continue
        try:
            return Read(_shaped(one.content, shape), one.repaired)
        except ValidationError as error:
            complaints.append((known, first_complaint(error)))
    raise BadReply(max(complaints, key=lambda each: each[0])[1])


def _required(shape: type[BaseModel]) -> frozenset[str]:
    return frozenset(name for name, field in shape.model_fields.items() if field.is_required())


def _shaped(content: dict[str, Any], shape: type[Shape]) -> Shape:
    """``content`` as a ``shape``; null stands for an optional part that is left out.

    Raises:
        BadReply: a key stands twice in it, and it is not known which value counts.
        ValidationError: it has not that shape.
    """
    try:
        read = shape.model_validate(content)
    except ValidationError as error:
        try:
            read = shape.model_validate(_without_nulls(content))
        except ValidationError:
            raise error from None
    if _repeats(content):
        raise BadReply(
            "a key stands twice in one object of the reply, with different values; send each once"
        )
    return read


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(inner) for inner in value] if isinstance(value, list) else value


def _repeats(value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(value, Repeated) or any(map(_repeats, value.values()))
    return isinstance(value, list) and any(map(_repeats, value))


def first_complaint(error: ValidationError) -> str:
    """A validation error's first finding as one line: where, what, and what was got."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the reply"
    said = _IN_JSON.get(first["type"], first["msg"])
    return f"{where}: {said}, got {str(first['input'])[:80]!r}"


_IN_JSON = {
    "tuple_type": "Input should be a list",
    "dict_type": "Input should be an object",
    "model_type": "Input should be an object",
    "model_attributes_type": "Input should be an object",
}
"""Findings whose own words name kinds of Python; who wrote the reply knows those of JSON."""


def _objects(reply: str, apart: str, required: frozenset[str]) -> list[_Found]:
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
    plain = _unescaped_whole(text)
    found = [one for one in _found(plain) if not (required and required <= one.beside)]
    if not found:
        raise BadReply("the reply holds no JSON object")
    found.sort(key=lambda one: one.rank)
    return [one._replace(repaired=True) for one in found] if plain != text else found


def _unescaped_whole(text: str) -> str:
    """``text`` without what was done to each of its quotes: escapes of HTML, or of JSON."""
    if "&quot;" in text and '"' not in text:
        return html.unescape(text)
    if '{\\"' in text and not _BARE_QUOTE.search(text):
        try:
            return str(decoded(f'"{text}"'))
        except ValueError:
            return text
    return text


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
        rank = _rank(text[max(0, piece.start - _LEAD) : piece.start])
        if piece.broken:
            yield from (one._replace(rank=rank) for one in _mended(text, piece))
        elif piece.value:
            found = _unwrapped(piece.value, repaired=False)
            yield from (one._replace(rank=rank) for one in found)


def _rank(lead: str) -> int:
    """What the words before an object say of it: 1 for final, -1 for another than is meant."""
    lead = lead[max(map(lead.rfind, "{}")) + 1 :]
    if _OTHER.search(lead):
        return -1
    return 1 if _FINAL.search(lead) else 0


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


def _unwrapped(
    value: Any, *, repaired: bool, depth: int = 0, beside: frozenset[str] = frozenset()
) -> Iterator[_Found]:
    """The objects in ``value``, those in others first."""
    if depth <= DEEPEST_WRAPPER:
        for key, inner in _inside(value):
            others = frozenset(value) - {key} if isinstance(value, dict) else frozenset()
            yield from _unwrapped(inner, repaired=repaired, depth=depth + 1, beside=beside | others)
    if isinstance(value, dict):
        yield _Found(value, repaired, beside=beside)


def _inside(value: Any) -> list[tuple[str, Any]]:
    """What stands in ``value``, with its key where it has one."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, list):
        return [("", inner) for inner in value]
    if isinstance(value, str) and value.lstrip().startswith(("{", "[", '"')):
        try:
            return [("", decoded(value.strip()))]
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
