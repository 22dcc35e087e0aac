"""A proposal: edits to one version of the skill, with what they are meant to fix."""

from __future__ import annotations

from functools import cached_property

from pydantic import Field

from skillopt.core.content.finding import Finding
from skillopt.core.replies import read_reply
from skillopt.core.skill.edit import Edit
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, content_hash, is_empty


class Draft(Value):
    """An optimizer's reply to the proposal prompt."""

    idea: str = Field(max_length=500)
    """One sentence: what the edits do, in words that name the idea rather than the wording."""
    criteria: tuple[str, ...] = Field(default=(), max_length=20)
    """The criteria the edits are meant to fix."""
    rollouts: tuple[str, ...] = Field(default=(), max_length=50)
    """Ids, as the evidence gives them, of the rollouts the edits answer."""
    critiques: tuple[str, ...] = Field(default=(), max_length=50, exclude_if=is_empty)
    """Ids of the critiques the edits answer."""
    fixes: tuple[str, ...] = Field(default=(), max_length=50, exclude_if=is_empty)
    """The train tasks, by the names the evidence gives them, that the edits should fix."""
    predicted_gain: float = Field(default=0.0, ge=-1, le=1)
    """What the optimizer expects the mean score to gain, as a share of 1."""
    edits: tuple[Edit, ...] = Field(max_length=50)


class Proposal(Value):
    """A draft, tied to the version of the skill it was written for."""

    parent: str
    """Digest of the skill it edits."""
    draft: Draft

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The edits, applied together or not at all."""
        return self.draft.edits

    @cached_property
    def edits_digest(self) -> str:
        """Names the set of edits: their order and white space in their texts do not count."""
        return content_hash(sorted(content_hash(_essence(edit)) for edit in self.edits))


class Candidate(Value):
    """A proposal that fits, with the skill it makes."""

    proposal: Proposal
    skill: Skill
    changed_chars: int
    retests: tuple[str, ...] = ()
    """Ids of the ledger's entries that rejected the same idea on earlier versions, newest first."""
    content: tuple[Finding, ...] = ()
    """What the content policy warns of."""


def parse_draft(reply: str) -> Draft:
    """The draft in ``reply``.

    Raises:
        BadReply: there is no JSON object of the asked shape.
    """
    return read_reply(reply, shape=Draft).content


def _essence(edit: Edit) -> dict[str, object]:
    fields = edit.model_dump(mode="json")
    return {
        name: " ".join(value.split()) if name in {"text", "anchor"} else value
        for name, value in fields.items()
    }
