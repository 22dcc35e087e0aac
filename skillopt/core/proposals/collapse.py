"""The collapse monitor: when proposals have become one rote mode that fails, and the way out of it.

A corrector that is left to itself falls into one dominant mode of correction, right for some errors
and repeated for all (SCoRe, Kumar et al. 2024, arXiv 2409.12917, section 4: "behavior collapse").
That paper weighs the reward; here nothing is trained, so the next proposal is bound instead.

The mode of a proposal is the kind of its edits, the sections it writes in, and its idea. The
thresholds are this module's own: they are the narrowest that still allow one stray in the window.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Literal, TypeVar

from skillopt.core.proposals.proposal import Proposal
from skillopt.core.skill.changes import Change, changes_of, section_of
from skillopt.core.skill.edit import Misfit, apply
from skillopt.core.skill.places import places
from skillopt.core.skill.similarity import idea_of
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value

WINDOW = 4
"""Refused proposals in a row that are looked at; patience ends a run after 6 by default."""

MOST_ENTROPY = 0.82
"""Bits. Four proposals of which three are alike have 0.811; two and two have 1."""

_Kind = Literal["insert", "replace", "delete"]
MoveKind = Literal[_Kind, "mixed"]
_AS: dict[str, _Kind] = {
    "insert": "insert",
    "create": "insert",
    "replace": "replace",
    "describe": "replace",
    "delete": "delete",
    "remove": "delete",
}
"""What each kind of edit does to the text."""
Way = Literal["another_section", "way_back", "deletion"]
_Alike = TypeVar("_Alike", bound=Hashable)


class Move(Value):
    """What kind of step a refused proposal was."""

    kind: MoveKind
    sections: tuple[str, ...]
    """The headings it would have written under, sorted."""
    idea: str
    """Its name (:func:`skillopt.core.skill.similarity.idea_of`)."""
    example: str = ""
    """The idea in the optimizer's words."""


class Entropies(Value):
    """Of the proposals in the window, in bits; 0 where all are alike."""

    kind: float
    sections: float
    idea: float


class Mode(Value):
    """What most of the refused proposals have in common."""

    kind: MoveKind | None = None
    """None where they differ."""
    sections: tuple[str, ...] | None = None
    """None where they differ."""
    idea: str | None = None
    """Its name; None where they differ."""
    example: str | None = None
    """The idea as it was last put; None where they differ."""
    entropy: Entropies


class Leave(Value):
    """What the next proposal is bound to: to leave a mode, by one way."""

    mode: Mode
    way: Way
    back_to: str | None = None
    """Digest of the earlier version that the search goes back to; only for `way_back`."""


def move_of(skill: Skill, proposal: Proposal) -> Move:
    """The step that ``proposal`` is, judged by what it changes and not by what its edits claim."""
    changes = changes_of(skill, proposal.edits)
    claimed = {_AS[edit.kind] for edit in proposal.edits}
    sections = sorted({section_of(skill, edit) for edit in proposal.edits})
    kind = _kind_of(changes) if changes else _only(claimed)
    idea = proposal.draft.idea
    return Move(kind=kind, sections=tuple(sections), idea=idea_of(idea), example=idea)


def collapsed(moves: Sequence[Move]) -> Mode | None:
    """The mode of the last refused proposals; None while there are few, or they differ.

    They are alike where both their kinds and their sections have an entropy of at most
    :data:`MOST_ENTROPY`, or their ideas have.

    Args:
        moves: the refused proposals since the last acceptance, in order.
    """
    window = moves[-WINDOW:]
    if len(window) < WINDOW:
        return None
    kinds = [move.kind for move in window]
    sections = [move.sections for move in window]
    ideas = [move.idea for move in window]
    entropy = Entropies(kind=_entropy(kinds), sections=_entropy(sections), idea=_entropy(ideas))
    same_step = max(entropy.kind, entropy.sections) <= MOST_ENTROPY
    same_idea = entropy.idea <= MOST_ENTROPY
    if not (same_step or same_idea):
        return None
    return Mode(
        kind=_most(kinds) if same_step else None,
        sections=_most(sections) if same_step else None,
        idea=(idea := _most(ideas) if same_idea else None),
        example=next((move.example for move in reversed(window) if move.idea == idea), None),
        entropy=entropy,
    )


def ways_out(mode: Mode, skill: Skill, *, back_to: str | None) -> tuple[Leave, ...]:
    """The ways that leave ``mode``, in the order in which they are tried.

    Args:
        mode: what the last proposals have in common.
        skill: the incumbent.
        back_to: digest of the earlier version to branch from; None where there is none.
    """
    headings = set(places(skill))
    ways: list[Leave] = []
    if mode.sections is not None and headings - set(mode.sections):
        ways.append(Leave(mode=mode, way="another_section"))
    if mode.kind != "delete":
        ways.append(Leave(mode=mode, way="deletion"))
    if back_to:
        ways.append(Leave(mode=mode, way="way_back", back_to=back_to))
    return tuple(ways)


def told(leave: Leave) -> dict[str, object]:
    """What the optimizer is shown of it."""
    mode = leave.mode
    common = {"kind": mode.kind, "sections": mode.sections, "idea": mode.example}
    shared = {name: value for name, value in common.items() if value is not None}
    return {"way": leave.way, "mode": {**shared, "entropy": mode.entropy.model_dump()}}


def staying(
    leave: Leave, proposal: Proposal, *, skill: Skill, versions: Sequence[str]
) -> str | None:
    """Why ``proposal`` does not go the way that ``leave`` asks for, as a sentence; None if it does.

    Args:
        leave: what is asked for.
        proposal: what the optimizer wants.
        skill: the version that it edits.
        versions: digests of the versions of the accepted line.
    """
    move = move_of(skill, proposal)
    if leave.mode.idea is not None and move.idea == leave.mode.idea:
        return f"the last proposals had the same idea, and all were refused: {proposal.draft.idea}"
    return _amiss(leave, move, apply(skill, proposal.edits), versions)


def _amiss(leave: Leave, move: Move, made: Skill | Misfit, versions: Sequence[str]) -> str | None:
    old = leave.mode.sections or ()
    match leave.way:
        case "deletion" if move.kind != "delete":
            return f"a deletion is asked for: take text away and add none; this is {_said(move)}"
        case "another_section" if set(move.sections) <= set(old):
            return f"another section is asked for; this one writes again {_under(old)}"
        case "way_back" if isinstance(made, Skill) and made.digest in versions:
            return "the search went back to branch off; this makes an accepted version again"
        case _:
            return None


def _kind_of(changes: Sequence[Change]) -> MoveKind:
    came, went = any(c.after for c in changes), any(c.before for c in changes)
    if all(change.before and change.after for change in changes):
        return "replace"
    return "mixed" if came and went else "insert" if came else "delete"


def _only(kinds: set[_Kind]) -> MoveKind:
    return next(iter(kinds)) if len(kinds) == 1 else "mixed"


def _entropy(values: Sequence[Hashable]) -> float:
    shares = [count / len(values) for count in Counter(values).values()]
    return round(abs(sum(share * math.log2(share) for share in shares)), 4)


def _most(values: Sequence[_Alike]) -> _Alike:
    return Counter(values).most_common(1)[0][0]


def _said(move: Move) -> str:
    return {"insert": "an insertion", "replace": "a rewording"}.get(move.kind, "a mixture")


def _under(sections: Sequence[str]) -> str:
    names = [f"under “{name}”" if name else "above the first heading" for name in sections]
    return " and ".join(names)
