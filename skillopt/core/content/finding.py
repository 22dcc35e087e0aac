"""Findings: what of an edit the content policy objects to, in words a person can act on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import regex

from skillopt.core.content.policy import Action, Kind
from skillopt.core.figures import clipped
from skillopt.core.value import Value

LONGEST_PASSAGE = 120
"""Characters of a passage that a finding quotes."""

MOST_NAMED = 3
"""Findings that a reason names, and passages that a finding quotes."""

_UNSEEN = regex.compile(
    r"(?V1)[\p{Default_Ignorable_Code_Point}\p{C}\p{Zl}\p{Zp}[\p{Zs}--[ ]]\u2800]"
)
_WAYS_OUT: dict[Action, str] = {
    "refuse": "Propose it without that",
    "hold": "It waits for a person, who may apply it: `skillopt ledger retry` tests and writes it",
}


class Hit(NamedTuple):
    """A place in a text that a rule matches."""

    kind: Kind
    rule: str
    """What it is, in words: "an invisible character"."""
    key: str
    """What makes it the same hit in two versions."""
    passage: str
    """The words it is about."""


class Finding(Value):
    """What an edit adds that the content policy has a rule for."""

    kind: Kind
    rule: str
    """What it is, in words."""
    action: Action
    passages: tuple[str, ...]
    """The words it is about, clipped; characters that nobody sees are spelled as `<U+200B>`."""
    count: int
    """How many of them the edit adds."""
    edit: int | None = None
    """Index of the edit that has it, from 0; None where several have it together."""

    @property
    def text(self) -> str:
        """The finding in one sentence."""
        where = "the edits add" if self.edit is None else f"edit {self.edit} adds"
        verb = "the skill loses" if self.kind in ("deletions", "erosion") else where
        quoted = ", ".join(f"“{passage}”" for passage in self.passages)
        more = self.count - len(self.passages)
        rest = f" and {more} more" if more > 0 else ""
        return f"{verb} {self.rule}: {quoted}{rest} ({self.kind})"

    @property
    def blocks(self) -> bool:
        """Whether the proposal goes no further."""
        return self.action in ("refuse", "hold")


def why_not(found: Sequence[Finding]) -> str:
    """Why a proposal with these findings is refused, and the way out."""
    blocking = [one for one in found if one.blocks]
    told = "; ".join(one.text for one in blocking[:MOST_NAMED])
    more = f"; and {len(blocking) - MOST_NAMED} more" if len(blocking) > MOST_NAMED else ""
    refused = any(one.action == "refuse" for one in blocking)
    return f"{told}{more}. {_WAYS_OUT['refuse' if refused else 'hold']}"


def warned(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that do not keep the proposal from getting in."""
    return tuple(one for one in found if not one.blocks)


def shown(passage: str) -> str:
    """``passage`` on one line, clipped, with every character in it to be seen."""
    line = passage.replace("\r\n", " ").replace("\n", " ")
    visible = _UNSEEN.sub(lambda match: f"<U+{ord(match[0]):04X}>", line)
    return clipped(visible, LONGEST_PASSAGE)


def named(char: str) -> str:
    """A character by its number and its name in the Unicode standard."""
    return f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
