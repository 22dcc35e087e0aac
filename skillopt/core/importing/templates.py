"""`{{name}}` in texts: the part of promptfoo's templates that is only about values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from skillopt.core.importing.fields import Unreadable, as_text, at

_NAME = re.compile(r"\{\{-?\s*(?P<name>[A-Za-z_][\w.-]*)\s*-?\}\}")
_MARK = re.compile(r"\{\{|\{%|\{#")


def has_marks(text: str) -> bool:
    """Whether there is anything to fill in."""
    return bool(_MARK.search(text))


def names_in(content: Any) -> set[str]:
    """The variables that the texts of JSON content name, without what is taken of them."""
    match content:
        case str():
            return {found["name"].partition(".")[0] for found in _NAME.finditer(content)}
        case dict():
            return names_in(list(content.values()))
        case list():
            return {name for part in content for name in names_in(part)}
        case _:
            return set()


def rendered(text: str, values: Mapping[str, Any]) -> str:
    """``text`` with the values filled in.

    Raises:
        Unreadable: a name has no value, or the template does more than name values.
    """
    odd = _MARK.search(_NAME.sub("", text))
    if odd:
        raise Unreadable(f"a template does more than name variables: {_around(text)!r}")
    return _NAME.sub(lambda found: _value(found["name"], values), text)


def rendered_content(content: Any, values: Mapping[str, Any]) -> Any:
    """JSON content with the values filled into its texts.

    Raises:
        Unreadable: as :func:`rendered`.
    """
    match content:
        case str():
            return rendered(content, values) if has_marks(content) else content
        case dict():
            return {name: rendered_content(value, values) for name, value in content.items()}
        case list():
            return [rendered_content(value, values) for value in content]
        case _:
            return content


def _value(name: str, values: Mapping[str, Any]) -> str:
    value = at(values, name)
    if value is None:
        raise Unreadable(f"a template names {name!r}, which is no variable of the test")
    return as_text(value)


def _around(text: str) -> str:
    found = _MARK.search(_NAME.sub("", text))
    start = found.start() if found else 0
    return _NAME.sub("", text)[start : start + 40]
