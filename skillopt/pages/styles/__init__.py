"""The style sheet: colours as variables, light and dark, screen and paper."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files


@cache
def parts_style() -> str:
    """The rules of fragments: colours, diffs, tables, charts; for a page with rules of its own."""
    return _read("parts.css")


@cache
def style() -> str:
    """All rules: those of fragments, then those of a whole page."""
    return parts_style() + _read("page.css")


def style_source() -> str:
    """What a content security policy calls :func:`style` where it stands inline."""
    hashed = hashlib.sha256(style().encode()).digest()
    return f"'sha256-{b64encode(hashed).decode()}'"


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
