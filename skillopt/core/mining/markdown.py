"""What the readers of a document's questions share: its marks, and the blocks that they find."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.mining.candidate import Found, Skipped

FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
LONGEST_TITLE = 500
"""Characters of a line, a cell or a summary that may be a question."""

_ANCHOR = re.compile(r"(?<!\s)\s*+\{#[^{}]*+\}\Z")
_LINK = re.compile(r"\[([^\[\]]+)\]\([^()\s]*\)")


class Block(NamedTuple):
    """Lines that hold questions of their own, and so belong to no answer around them."""

    first: int
    """Number of its first line, from 0."""
    last: int
    finds: tuple[Found | Skipped, ...]


def without_code(rows: Sequence[str]) -> list[str]:
    """The lines with spaces for those of fenced code; each as long as it was."""
    fence, kept = None, []
    for row in rows:
        mark = FENCE.match(row)
        inside = fence is not None
        if mark and (fence is None or mark.group(1).startswith(fence)):
            fence = mark.group(1)[:3] if fence is None else None
        kept.append(" " * len(row) if inside or mark else row)
    return kept


def plain(title: str) -> str:
    """A title without marks of emphasis, links and anchors."""
    bare = _LINK.sub(r"\1", _ANCHOR.sub("", title))
    return bare.strip().strip("*_").strip()
