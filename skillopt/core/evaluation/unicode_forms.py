"""Texts and JSON content in one Unicode form, so that what looks the same is the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skillopt.core.skill.canonical_text import nfc

Form = Callable[[Any], Any]
"""Content in a form: texts, lists and objects in, the same kinds out."""


def nfc_content(content: Any) -> Any:
    """``content`` with every text of it, keys included, in NFC.

    What is nested too deeply for that stays as it is.
    """
    try:
        return _nfc(content)
    except RecursionError:
        return content


def as_it_is(content: Any) -> Any:
    """``content`` itself."""
    return content


def _nfc(content: Any) -> Any:
    match content:
        case str():
            return nfc(content)
        case dict():
            return {_nfc(key): _nfc(value) for key, value in content.items()}
        case list():
            return [_nfc(part) for part in content]
        case tuple():
            return tuple(_nfc(part) for part in content)
        case _:
            return content
