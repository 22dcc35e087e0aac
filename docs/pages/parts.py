"""Markdown pages taken apart: fences, links, headings."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token


class Fence(NamedTuple):
    """A fenced block."""

    language: str
    text: str
    line: int
    """On which it opens, from 1."""


def fences(page: Path) -> list[Fence]:
    """The page's fenced blocks, in order."""
    return [
        Fence(token.info.strip(), token.content, token.map[0] + 1)
        for token in _tokens(page)
        if token.type == "fence" and token.map
    ]


def links(page: Path) -> list[str]:
    """Where the page's links lead."""
    inner = [child for token in _tokens(page) for child in token.children or ()]
    return [str(child.attrGet("href")) for child in inner if child.type == "link_open"]


def anchors(page: Path) -> set[str]:
    """What `#...` may name: each heading in lower case, with hyphens."""
    tokens = _tokens(page)
    titles = [inline.content for token, inline in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@cache
def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
