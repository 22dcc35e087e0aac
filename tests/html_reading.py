"""A piece of HTML, read: its elements, and its text as a person sees it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

ATTRIBUTES = {"style", "scope"}


class Seen(NamedTuple):
    elements: frozenset[str]
    text: str


def seen(html: str) -> Seen:
    """What is in it; fails where an element is not closed, or has an attribute it should not."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return Seen(frozenset(reader.found), " ".join("".join(reader.said).split()))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= ATTRIBUTES
        self.found.add(tag)
        self._apart(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self._apart(tag)

    def _apart(self, tag: str) -> None:
        if tag not in {"ins", "del", "span"}:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        self.said.append(data)
