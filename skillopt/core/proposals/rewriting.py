"""A rewrite of the whole body, as edits: what is locked, and the front matter, stay."""

from __future__ import annotations

from pydantic import Field

from skillopt.core.proposals.proposal import Draft
from skillopt.core.replies import BadReply
from skillopt.core.skill.document import Span
from skillopt.core.skill.edit import Edit, Insert, Replace
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import LARGEST_SKILL, Skill
from skillopt.core.value import Value

LARGEST_BODY = 100_000
"""Characters of a body that can be rewritten: as many as one edit may hold."""
MOST_PARTS = 50
"""Parts between locked regions that can be rewritten: as many as a proposal may have edits."""


class Rewrite(Value):
    """A skill's whole body, rewritten."""

    idea: str = Field(max_length=500)
    """One sentence: what the new text does better."""
    criteria: tuple[str, ...] = Field(default=(), max_length=20)
    """The criteria that it should meet and the old one does not."""
    rollouts: tuple[str, ...] = Field(default=(), max_length=50)
    """Ids, as the evidence gives them, of the rollouts that it answers."""
    predicted_gain: float = Field(default=0.0, ge=-1, le=1)
    """What the mean score is expected to gain, as a share of 1."""
    body: str = Field(max_length=LARGEST_BODY)
    """All that comes after the front matter, with the locked texts as they are."""


def unbounded(budget: EditBudget) -> EditBudget:
    """The budget without bounds on the edit; that on the size of the whole skill holds."""
    return budget.model_copy(
        update={"max_edits": MOST_PARTS, "max_changed_chars": 2 * LARGEST_SKILL}
    )


def draft_of(rewrite: Rewrite, skill: Skill) -> Draft:
    """The draft that makes ``rewrite`` of ``skill``.

    Raises:
        BadReply: a locked text is missing, changed or in another order, or the body is too large.
    """
    said = rewrite.model_dump(exclude={"body"})
    return Draft(**said, edits=_edits(skill, skill.with_own_newlines(rewrite.body)))


def _edits(skill: Skill, body: str) -> tuple[Edit, ...]:
    """One edit for each part between two locked regions that changes."""
    old, new = _unlocked(skill), _parts(skill, body)
    if len(old) > MOST_PARTS:
        raise BadReply(f"{len(old)} parts between locked regions; at most {MOST_PARTS} can change")
    found: list[Edit] = []
    for index, (span, text) in enumerate(zip(old, new, strict=True)):
        was = skill.text[span.start : span.end]
        if was.strip() == text.strip():
            continue
        if len(was) > LARGEST_BODY:
            raise BadReply(f"a part of {len(was)} characters; at most {LARGEST_BODY} can change")
        found.append(_edit(skill, index, was=was, text=_framed(was, text)))
    return tuple(found)


def _edit(skill: Skill, index: int, *, was: str, text: str) -> Edit:
    """Blank parts are no anchors: what is next to them is."""
    if was.strip():
        return Replace(anchor=was, text=text)
    if not index:
        return Insert(anchor="", where="before", text=text)
    return Insert(anchor=skill.locked_texts[index - 1], where="after", text=text)


def _framed(was: str, text: str) -> str:
    """``text`` with the white space that was around the old one."""
    bare = was.strip()
    if not bare:
        return f"\n{text.strip()}\n"
    start = was.index(bare)
    return was[:start] + text.strip() + was[start + len(bare) :]


def _unlocked(skill: Skill) -> list[Span]:
    locked = skill.locked
    starts = [skill.body.start, *(span.end for span in locked)]
    ends = [*(span.start for span in locked), skill.body.end]
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _parts(skill: Skill, body: str) -> list[str]:
    """The new body, parted by the locked texts."""
    found: list[str] = []
    for number, text in enumerate(skill.locked_texts, start=1):
        before, there, body = body.partition(text)
        if not there:
            raise BadReply(
                f"locked text {number} is missing, changed or out of order; copy it into the body "
                f"as it is: {text[:80]!r}"
            )
        found.append(before)
    return [*found, body]
