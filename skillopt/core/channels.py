"""Replies in channels, of which only the final one is the answer: gpt-oss's format, and Granite's.

A server that does not parse gpt-oss's format (harmony) sends it on as text: with its tokens, or,
where it drops special tokens, as `analysis...assistantfinal...`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from skillopt.core.json_text import pieces
from skillopt.core.thinking_tags import Quoting

_TOKEN = re.compile(r"<\|(start|end|return|call|channel|message|constrain)\|>")
_IN_HEADER = ("channel", "constrain", "message")
_OPENS = re.compile(r"\s*(?:<\|start\|>\s*)?(?:assistant\s*)?<\|channel\|>")
_GOES_ON = re.compile(r"<\|start\|>\s*assistant[^<]{0,100}<\|channel\|>[^<]{0,100}<\|")
_BARE = re.compile(r"\s*(?:analysis(?P<thought>.*?))?assistantfinal(?P<text>.*)", re.DOTALL)
_GRANITE = re.compile(
    r"\s*Here(?: is|'s) (?:my )?thought process:(?P<thought>.*?)"
    r"Here(?: is|'s) (?:my )?response:(?P<text>.*)",
    re.DOTALL,
)


class Channels(NamedTuple):
    """A reply by its channels."""

    text: str
    """What is in the final channel, or in none."""
    thought: str
    """What is in any other: analysis, commentary, calls of tools."""


def channels_of(reply: str) -> Channels | None:
    """What ``reply`` holds in which channel; None where it is not written in channels.

    One whose first channel the prompt has opened begins with what stands in that.
    """
    goes_on = _GOES_ON.search(reply)
    if _OPENS.match(reply):
        return _walked(reply, first="")
    if goes_on and not _is_text(reply, goes_on):
        return _walked(reply, first="analysis")
    plain = _BARE.fullmatch(reply) or _GRANITE.fullmatch(reply)
    if plain is None:
        return None
    return Channels(plain["text"].strip(), (plain["thought"] or "").strip())


def _is_text(reply: str, found: re.Match[str]) -> bool:
    """In quotes, in code or in a string of JSON: the reply is about the format."""
    in_json = any(one.start < found.start() < one.end for one in pieces(reply) if not one.open)
    return in_json or Quoting(reply).holds(found.start(), found.end(), since=0)


def _walked(reply: str, *, first: str) -> Channels:
    """The messages of ``reply``, of which ``first`` is the channel that it begins in."""
    said: list[str] = []
    thought: list[str] = []
    role, channel, at, part = "", first, 0, "message"
    for token in [*_TOKEN.finditer(reply), None]:
        content = reply[at : token.start() if token else len(reply)].strip()
        if part == "start":
            role = content
        elif part == "channel":
            channel = content
        elif part != "constrain" and content:
            (said if _is_said(role, channel) else thought).append(content)
        if token is not None:
            at, part = token.end(), token[1]
            if part not in _IN_HEADER:
                role = channel = ""
    return Channels("\n\n".join(said), "\n\n".join(thought))


def _is_said(role: str, channel: str) -> bool:
    calls = "to=" in role or "to=" in channel
    return not calls and (not channel or channel.startswith("final"))
