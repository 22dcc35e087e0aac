"""Who decided what on a proposal that the gate has accepted."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from skillopt.core.proposals.proposal import Proposal
from skillopt.core.value import Value

DecisionKind = Literal["approved", "edited", "refused"]
"""`edited`: the person's own version takes its place, and is screened and tested in full."""

KnownBy = Literal["given", "git", "login", "page"]
"""Where a name is from: `--as`, git's `user.name`, the login, the form on a web page."""

LONGEST_NAME = 100
"""Characters of a name."""
LONGEST_REASON = 500
"""Characters of a reason: the optimizer reads it with every later proposal."""


class Person(Value):
    """Who decides, as far as that is known: names are recorded, not proved."""

    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    known_by: KnownBy


class Approval(Value):
    """The decision as the round keeps it."""

    entry: str
    """Id of the entry that was decided on; of a person's own version, the one it replaces."""
    kind: DecisionKind
    person: str
    known_by: KnownBy
    reason: str = ""


class Decision(Value):
    """The decision as it was made."""

    entry: str
    """Id of the entry that waited."""
    kind: DecisionKind
    person: str = Field(min_length=1)
    known_by: KnownBy
    reason: str = ""
    proposal: Proposal | None = None
    """The edits that make the person's own version, where that was edited."""
    candidate: str | None = None
    """Digest of that version."""
    decided: AwareDatetime | None = None
    """When it was entered; None before that."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        own = (self.proposal is not None, self.candidate is not None)
        if own != (self.kind == "edited",) * 2:
            raise ValueError("a version of the person's own belongs to `edited`, and only there")
        return self

    @property
    def approval(self) -> Approval:
        """What the round keeps."""
        return Approval(
            entry=self.entry,
            kind=self.kind,
            person=self.person,
            known_by=self.known_by,
            reason=self.reason,
        )

    def same_as(self, other: Decision) -> bool:
        """Whether it says the same, whenever it was entered."""
        return self.approval == other.approval and self.candidate == other.candidate
