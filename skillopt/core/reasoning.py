"""Reasoning that a model put into the text of its reply, taken apart from what it said."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from skillopt.core.channels import channels_of
from skillopt.core.thinking_tags import Quoting, Tag, tags_in
from skillopt.core.turn_tokens import without_turn_tokens

_ELEMENT = re.compile(r"<[A-Za-z]\w*[\s>]")
_FRAME = re.compile(r"(?<!\s)\s*+<\|(?:(?:START|END)_RESPONSE|(?:begin|end)_of_solution)\|>\s*+")
"""What stands around the answer of models that have tokens of their own for reasoning."""


class Heard(NamedTuple):
    """A reply taken apart."""

    text: str
    """What the model said."""
    reasoning: str
    """What it thought before; empty where it did not show it."""


def heard(reply: str) -> Heard:
    """``reply`` without the reasoning in it, and the reasoning.

    Reasoning is what stands in `<think>`, `<thinking>`, `<thought>`, `<reasoning>`, `<reflection>`
    (any case, with or without attributes), `[THINK]`, `◁think▷` or the tokens that a model has for
    it; in any channel but the final one; before a closing tag that nothing opened (a chat template
    may have opened it); and the whole of a reply that begins with an opening tag and never closes
    it. Tags inside a JSON object or list, in code or quotes, and tags that the sentence is about,
    are text: a skill may be about them. Tokens that open or close the turn are removed.
    """
    channels = channels_of(reply)
    text, within = _without_tags(without_turn_tokens(channels.text if channels else reply))
    return Heard(text, _joined([channels.thought, within]) if channels else within)


def _without_tags(reply: str) -> Heard:
    walk, quoting = _Walk(reply), Quoting(reply)
    for tag in tags_in(reply):
        if walk.wants(tag) and not quoting.holds(tag.start, tag.end, since=walk.since):
            walk.take(tag)
    return walk.heard()


class _Walk:
    """A walk over the tags of a reply."""

    def __init__(self, reply: str) -> None:
        self._reply = reply
        self._said: list[str] = []
        self._thought: list[str] = []
        self._at = 0
        self._opened: Tag | None = None
        self._fields = Counter[str]()  # open parts of an answer in XML
        self._in_xml = False

    @property
    def since(self) -> int:
        """Where the stretch begins that the next tag ends."""
        return self._opened.end if self._opened else self._at

    def wants(self, tag: Tag) -> bool:
        """Nothing but the tag that closes it is of interest in reasoning."""
        return self._opened is None or (tag.closes and tag.name == self._opened.name)

    def take(self, tag: Tag) -> None:
        """Go on to ``tag``."""
        if self._opened is not None:
            self._say(self._opened.start)
            self._thought.append(self._reply[self._opened.end : tag.start])
            self._at, self._opened = tag.end, None
        elif tag.closes and self._fields[tag.name]:
            self._fields[tag.name] -= 1
        elif tag.closes:
            self._thought += [*self._said, self._reply[self._at : tag.start]]
            self._said, self._at, self._in_xml = [], tag.end, False
        elif tag.empty:
            self._say(tag.start)
            self._at = tag.end
        elif tag.is_a_field and self._has_elements(tag.start):
            self._fields[tag.name] += 1
        else:
            self._opened = tag

    def heard(self) -> Heard:
        """What was said and thought, at the end of the reply."""
        reply, opened = self._reply, self._opened
        if opened and not "".join([*self._said, reply[self._at : opened.start]]).strip():
            return Heard("", _joined([*self._thought, reply[opened.end :]]))
        if not self._said and not self._at:
            return Heard(reply, "")
        return Heard(_unframed("".join([*self._said, reply[self._at :]])), _joined(self._thought))

    def _say(self, end: int) -> None:
        self._in_xml = self._has_elements(end)
        self._said.append(self._reply[self._at : end])

    def _has_elements(self, end: int) -> bool:
        return self._in_xml or bool(_ELEMENT.search(self._reply, self._at, end))


def _unframed(text: str) -> str:
    return _FRAME.sub("", text).strip()


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
