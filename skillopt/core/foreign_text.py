"""The gate for text from outside: replies, answers, feedback, files, imported rows.

A text that came through is well-formed Unicode (it can be written as UTF-8), holds no NUL (which
databases and C programs cut a text at), and has a bound on its length. There are two ways in:

- :data:`AnswerText` and :data:`ReplyText` are the types of what targets, models and checks say.
  It is data, so it is let in whatever it holds: what is ill-formed is escaped as JSON escapes it,
  and what is too long is cut, with a note at its end.
- :func:`flaw` says what is wrong with content that has to be right as it stands: the object in a
  reply, a task, a row of another ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BeforeValidator

LONGEST_ANSWER = 1_000_000
"""Characters of one answer, or of a check's feedback, that are kept."""
LONGEST_REPLY = 200_000
"""Characters of a reply in JSON that are read; of that, and of reasoning, no more is kept."""

_DEEPEST = 200


def admitted(text: str, most: int = LONGEST_ANSWER) -> str:
    """``text`` as it is let in: ill-formed characters escaped, and no more than ``most`` of it."""
    if len(text) > most:
        left_out = len(text) - most
        text = f"{text[:most]}\n[… {left_out:,} characters left out …]"
    if not _is_sound(text):
        text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\u0000")
    return text


def flaw(content: Any) -> str | None:
    """What is wrong with JSON-like ``content``, in one clause; None where nothing is."""
    for text in _texts(content, depth=0):
        if text is None:
            return f"it is nested deeper than {_DEEPEST} levels"
        if not _is_sound(text):
            return _flaw_of(text)
    return None


def _is_sound(text: str) -> bool:
    if text.isascii():
        return "\0" not in text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _flaw_of(text: str) -> str:
    at = next(place for place, char in enumerate(text) if not _is_sound(char))
    near = admitted(text[max(0, at - 20) : at + 20])
    if text[at] == "\0":
        return f"the character NUL (U+0000), near {near!r}"
    return f"an unpaired surrogate, which is not a character (U+{ord(text[at]):04X}), near {near!r}"


def _texts(content: Any, depth: int) -> Iterator[str | None]:
    """Every text in ``content``, keys too; None where it is nested too deep."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list | tuple):
        if depth == _DEEPEST:
            yield None
            return
        if isinstance(content, dict):
            yield from (key for key in content if isinstance(key, str))
            content = content.values()
        for inner in content:
            yield from _texts(inner, depth + 1)


def _answer(text: object) -> object:
    return admitted(text) if isinstance(text, str) else text


def _reply(text: object) -> object:
    return admitted(text, LONGEST_REPLY) if isinstance(text, str) else text


AnswerText = Annotated[str, BeforeValidator(_answer)]
"""What a target or a check said."""
ReplyText = Annotated[str, BeforeValidator(_reply)]
"""What a model said in the optimizer's or the judge's seat, and what any model thought."""
