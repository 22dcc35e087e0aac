"""What a decision must say."""

from __future__ import annotations

from unicodedata import category

from skillopt.core.approval.decision import (
    LONGEST_NAME,
    LONGEST_REASON,
    Decision,
    DecisionKind,
    KnownBy,
    Person,
)
from skillopt.errors import InputError


def _plain(text: str) -> str:
    """``text`` in one line; what no database keeps, and what steers a terminal, is replaced."""
    line = " ".join(text.split())
    return "".join("\ufffd" if category(char) in ("Cc", "Cs") else char for char in line)


def person(name: str, known_by: KnownBy) -> Person:
    """Who decides.

    Raises:
        InputError: the name is empty, or too long.
    """
    plain = _plain(name)
    if not 0 < len(plain) <= LONGEST_NAME:
        raise InputError(
            f"name {name[:80]!r}: say who decides in 1 to {LONGEST_NAME} characters, with --as NAME"
        )
    return Person(name=plain, known_by=known_by)


def reason(given: str, kind: DecisionKind) -> str:
    """The reason in one line.

    Raises:
        InputError: a refusal has none, or it is too long.
    """
    plain = _plain(given)
    if kind == "refused" and not plain:
        raise InputError(
            "a refusal needs a reason, which later proposals are shown; pass --reason TEXT"
        )
    if len(plain) > LONGEST_REASON:
        raise InputError(
            f"the reason has {len(plain)} characters; at most {LONGEST_REASON}: it is shown with "
            "every later proposal"
        )
    return plain


def told(decision: Decision) -> str:
    """Who decided what, and why, in a few words."""
    verbs = {"approved": "approved it", "edited": "edited it", "refused": "refused it"}
    when = f" on {decision.decided:%Y-%m-%d at %H:%M} UTC" if decision.decided else ""
    why = f": {decision.reason}" if decision.reason else ""
    return f"{decision.person} {verbs[decision.kind]}{when}{why}"
