"""A round as lists have it, and which rounds to list: plain tuples, so that a list costs little.

:class:`skillopt.core.history.views.RoundSummary` and `RoundFilter` are the same with checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from skillopt.core.proposals.stage import Stage

if TYPE_CHECKING:
    from datetime import datetime


class WantedRounds(NamedTuple):
    """Which rounds to list; what is None does not filter."""

    skill: str | None = None
    run: str | None = None
    outcome: str | None = None
    refused: bool = False
    stage: Stage | None = None
    code: str | None = None
    criterion: str | None = None
    section: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    before: str | None = None
    limit: int = 50


class ListedRound(NamedTuple):
    """A decided round in one line."""

    id: str
    run: str
    number: int
    skill: str
    target: str
    identity_unknown: bool
    created: datetime
    outcome: str
    stage: Stage
    code: str
    reason: str
    idea: str
    criteria: tuple[str, ...]
    sections: tuple[str, ...]
    parent: str
    candidate: str | None
    edits: int
    gain: float | None
    p_value: float | None
    tasks_seen: int | None
    kept_by: str | None

    def as_json(self) -> dict[str, Any]:
        """The JSON object that a `RoundSummary` of it is."""
        moment = self.created.isoformat().replace("+00:00", "Z")
        lists = {"criteria": list(self.criteria), "sections": list(self.sections)}
        return {**self._asdict(), **lists, "created": moment, "stage": self.stage.value}
