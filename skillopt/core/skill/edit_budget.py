"""The edit budget: how far one proposal may move the skill, in real size.

It is one budget over all files of a skill. What counts is the difference between the texts before
and after, not what the edits claim: a `replace` of the whole document is as big as the words it
really changes. Schedules follow SkillOpt's textual "learning rate" (arXiv 2605.23904, section 3),
with characters beside the number of edits.
"""

from __future__ import annotations

import math
import re
from typing import Literal, assert_never

from pydantic import Field, model_validator

from skillopt.core.skill.document import Document
from skillopt.core.skill.edit import Misfit, MisfitReason
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, is_absent, is_empty, is_true

Schedule = Literal["constant", "linear", "cosine", "adaptive"]

MOST_FILES = 60
"""Files of a skill's folder, by default."""

ROOM = 1.25
"""By default a skill may grow to this many times its size, where that is above the limit."""

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_MOST_CELLS = 1_000_000_000
"""Units of the one text times units of the other: 125 MB and a fraction of a second."""


class EditBudget(Value):
    """The bounds of one proposal."""

    max_edits: int = Field(ge=1)
    max_changed_chars: int = Field(ge=1)
    """Characters removed plus characters added, by a word-wise comparison of the two texts."""
    max_skill_chars: int = Field(ge=1)
    """Size of the whole skill after the edit, all its texts together. A skill that is larger
    already may only shrink."""
    max_files: int | None = Field(default=None, ge=1, exclude_if=is_absent)
    """Files of the folder after the edit, the SKILL.md included; None for a lone SKILL.md."""


class BudgetPlan(Value):
    """How the bounds develop over a run."""

    schedule: Schedule = "adaptive"
    max_edits: int = Field(default=4, ge=1)
    """Edits in one proposal at the widest."""
    min_edits: int = Field(default=1, ge=1)
    """Edits in one proposal at the narrowest."""
    max_changed_chars: int = Field(default=1200, ge=1)
    """Changed characters of one proposal at the widest."""
    min_changed_chars: int = Field(default=300, ge=1)
    """Changed characters of one proposal at the narrowest."""
    max_skill_chars: int = Field(default=20_000, ge=1)
    """The whole skill; the Agent Skills format recommends fewer than 5 000 tokens."""
    max_files: int = Field(default=MOST_FILES, ge=1, exclude_if=MOST_FILES.__eq__)
    """Files of a skill's folder. One that has more already gets no new one. Left out where it is
    the default, as `follows_skill` is."""
    follows_skill: bool = Field(default=True, exclude_if=is_true)
    """Raise `max_skill_chars` to :data:`ROOM` times the size of the skill a run starts from. Left
    out where it is the default, so that a run of an earlier skillopt keeps its fingerprint."""
    shrink: float = Field(default=0.8, gt=0, le=1)
    """`adaptive`: what a refusal does to the width."""
    grow: float = Field(default=1.5, ge=1)
    """`adaptive`: what an acceptance does to the width."""
    calibrated_budget: bool = Field(default=False, exclude_if=is_empty)
    """`adaptive`: multiply the width by what the optimizer's predicted gains have been worth. Left
    out where it is the default, as `follows_skill` is."""

    def largest_skill(self, first: Skill) -> int:
        """Characters that a version may have in a run that starts from ``first``."""
        if not self.follows_skill:
            return self.max_skill_chars
        return max(self.max_skill_chars, math.ceil(ROOM * first.chars))

    def widest(self, first: Skill) -> EditBudget:
        """The bounds before anything narrows them, for a run that starts from ``first``."""
        return EditBudget(
            max_edits=self.max_edits,
            max_changed_chars=self.max_changed_chars,
            max_skill_chars=self.largest_skill(first),
            max_files=self.most_files(first),
        )

    def most_files(self, first: Skill) -> int | None:
        """Files that a version may have in a run that starts from ``first``."""
        return max(self.max_files, len(first.paths)) if first.files else None

    @model_validator(mode="after")
    def _only_what_adapts_is_calibrated(self) -> BudgetPlan:
        if self.calibrated_budget and self.schedule != "adaptive":
            raise ValueError(
                f"calibrated_budget is for the adaptive schedule, and schedule is "
                f"{self.schedule!r}; take out one of the two"
            )
        return self

    @model_validator(mode="after")
    def _floors_lie_below_ceilings(self) -> BudgetPlan:
        for low, high in (("min_edits", "max_edits"), ("min_changed_chars", "max_changed_chars")):
            if getattr(self, low) > getattr(self, high):
                raise ValueError(
                    f"{low} is {getattr(self, low)}, above {high}, {getattr(self, high)}; "
                    f"lower {low} or raise {high}"
                )
        return self


def budget_at(
    plan: BudgetPlan, *, first: Skill, past: tuple[bool, ...], rounds: int, factor: float = 1.0
) -> EditBudget:
    """The budget of the next proposal.

    Args:
        plan: the bounds and their schedule.
        first: the version the run starts from.
        past: one entry per decided round, True where its proposal was accepted.
        rounds: how many rounds the run plans; the schedules end at their floor in the last one.
        factor: what multiplies the width, within the plan's bounds
            (:mod:`skillopt.core.skill.calibrated_budget`).
    """
    width = min(1.0, _width(plan, past, rounds) * factor)
    edits = plan.min_edits + width * (plan.max_edits - plan.min_edits)
    chars = plan.min_changed_chars + width * (plan.max_changed_chars - plan.min_changed_chars)
    return EditBudget(
        max_edits=round(edits),
        max_changed_chars=round(chars),
        max_skill_chars=plan.largest_skill(first),
        max_files=plan.most_files(first),
    )


def _width(plan: BudgetPlan, past: tuple[bool, ...], rounds: int) -> float:
    """Between the floor (0) and the ceiling (1)."""
    progress = min(1.0, len(past) / max(1, rounds - 1))
    match plan.schedule:
        case "constant":
            return 1.0
        case "linear":
            return 1.0 - progress
        case "cosine":
            return 0.5 * (1.0 + math.cos(math.pi * progress))
        case "adaptive":
            width = 1.0
            for accepted in past:
                width = min(1.0, max(0.05, width) * (plan.grow if accepted else plan.shrink))
            return width
        case _:
            assert_never(plan.schedule)


def changed_chars(before: str, after: str) -> int:
    """Characters removed plus characters added, comparing the texts word by word.

    0 exactly for equal texts. Words, single white-space characters and punctuation marks are the
    units, so that two unrelated texts do not look alike for the letters they happen to share.
    Where the texts differ over more than some 100 000 characters, lines are the units, which counts
    more and never less.
    """
    for unit in (_TOKEN, _LINE):
        old, new = _without_common_ends(unit.findall(before), unit.findall(after))
        if len(old) * len(new) <= _MOST_CELLS:
            return _changed(old, new)
    return len(before) + len(after)


def _without_common_ends(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    shorter = min(len(old), len(new))
    start = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    rest = shorter - start
    end = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return old[start : len(old) - end], new[start : len(new) - end]


def _changed(old: list[str], new: list[str]) -> int:
    from rapidfuzz.distance import Indel

    changed = 0
    for operation in Indel.opcodes(old, new):
        if operation.tag == "delete":
            changed += sum(map(len, old[operation.src_start : operation.src_end]))
        elif operation.tag == "insert":
            changed += sum(map(len, new[operation.dest_start : operation.dest_end]))
    return changed


def changed_in_all(before: Skill, after: Skill) -> int:
    """Characters removed plus characters added, summed over all texts.

    A file that is new or gone counts its whole text.
    """
    old, new = before.documents, after.documents
    pairs = ((old.get(path, _NO_TEXT), new.get(path, _NO_TEXT)) for path in {**old, **new})
    return sum(changed_chars(was.text, now.text) for was, now in pairs if was != now)


_NO_TEXT = Document(text="")


def within(budget: EditBudget, *, before: Skill, after: Skill, edits: int) -> Misfit | None:
    """Why the step from ``before`` to ``after`` is over budget, or None where it is not."""
    if edits > budget.max_edits:
        detail = f"{edits} edits; the budget is {budget.max_edits}"
        return Misfit(reason=MisfitReason.TOO_MANY_EDITS, detail=detail)
    size = after.chars
    if size > budget.max_skill_chars and size >= before.chars:
        detail = f"the skill would have {size} characters; the budget is {budget.max_skill_chars}"
        return Misfit(reason=MisfitReason.SKILL_TOO_LARGE, detail=detail)
    files = len(after.paths)
    if budget.max_files is not None and budget.max_files < files > len(before.paths):
        detail = f"the skill would have {files} files; the budget is {budget.max_files}"
        return Misfit(reason=MisfitReason.TOO_MANY_FILES, detail=detail)
    changed = changed_in_all(before, after)
    if changed > budget.max_changed_chars:
        detail = f"{changed} characters would change; the budget is {budget.max_changed_chars}"
        return Misfit(reason=MisfitReason.TOO_MUCH_CHANGED, detail=detail)
    return None
