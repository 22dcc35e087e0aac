"""Reasoning that a model put into the text of its reply, taken apart from what it said."""

from __future__ import annotations

import re
from typing import NamedTuple

from skillopt.core.json_text import json_spans

_NAMES = {"thinking": "think", "thoughts": "thought", "reason": "reasoning"}
_TAG = re.compile(
    r"(?<!`)(?:"
    r"<\s*(?P<end>/?)\s*(?:\w+:)?(?P<name>think(?:ing)?|thoughts?|reason(?:ing)?)\b[^<>\n]{0,200}>"
    r"|\[(?P<end2>/?)(?P<name2>THINK)\]"
    r"|◁(?P<end3>/?)(?P<name3>think)▷"
    r")(?!`)",
    re.IGNORECASE,
)


class Heard(NamedTuple):
    """A reply taken apart."""

    text: str
    """What the model said."""
    reasoning: str
    """What it thought before; empty where it did not show it."""


def heard(reply: str) -> Heard:
    """``reply`` without the reasoning in it, and the reasoning.

    Reasoning is what stands in `<think>`, `<thinking>`, `<thought>` or `<reasoning>` (any case,
    with or without attributes), `[THINK]` or `◁think▷`; what stands before a closing tag that
    nothing opened (a chat template may have opened it); and the whole of a reply that begins with
    an opening tag and never closes it. Tags inside a JSON object or list, or in backticks, are
    text: a skill may be about them.
    """
    if not _TAG.search(reply):
        return Heard(reply, "")
    said: list[str] = []
    thought: list[str] = []
    at = 0
    opened: tuple[str, int, int] | None = None  # name, start of the tag, end of the tag
    for tag in _tags(reply):
        name, closing = _named(tag)
        if opened is None and not closing:
            opened = (name, tag.start(), tag.end())
        elif opened is None:
            thought += [*said, reply[at : tag.start()]]
            said, at = [], tag.end()
        elif closing and name == opened[0]:
            said.append(reply[at : opened[1]])
            thought.append(reply[opened[2] : tag.start()])
            at, opened = tag.end(), None
    rest = reply[at:]
    if opened and not "".join([*said, reply[at : opened[1]]]).strip():
        return Heard("", _joined([*thought, reply[opened[2] :]]))
    if not said and not at:
        return Heard(reply, "")
    return Heard("".join([*said, rest]).strip(), _joined(thought))


def _tags(reply: str) -> list[re.Match[str]]:
    """The tags of ``reply`` that are not part of JSON content."""
    spans = json_spans(reply)
    return [
        tag
        for tag in _TAG.finditer(reply)
        if not any(start < tag.start() < end for start, end in spans)
    ]


def _named(tag: re.Match[str]) -> tuple[str, bool]:
    name = (tag["name"] or tag["name2"] or tag["name3"]).lower()
    return _NAMES.get(name, name), bool(tag["end"] or tag["end2"] or tag["end3"])


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())
