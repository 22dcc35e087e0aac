"""What an answer says: the JSON content in it."""

from __future__ import annotations

from typing import Any

from skillopt.core.json_text import LARGEST, decoded, fenced, pieces


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
    if len(text) > LARGEST:
        raise NoJson(f"the answer has {len(text)} characters; {LARGEST} are searched for JSON")
    for candidate in (text, *reversed(fenced(text))):
        try:
            return decoded(candidate.strip())
        except ValueError:
            continue
    whole = (one.value for one in pieces(text) if not (one.broken or one.open))
    found = [value for value in whole if like is None or isinstance(value, like)]
    if not found:
        raise NoJson("the answer contains no JSON")
    return found[-1]
