"""What the pages of a ledger show beside what commands print: each is read from a few indexes."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import AwareDatetime

from skillopt.core.approval.decision import DecisionKind
from skillopt.core.evaluation.rollout import Rollout, Usage
from skillopt.core.history.run import Exchange, OutcomeName, RunRecord
from skillopt.core.history.views import RoundSummary, Tracing
from skillopt.core.proposals.refusal import Stage
from skillopt.core.value import Value

MOST_COUNTED = 1_000
"""What is counted row by row is counted up to here; a page says "more than" then."""


class SkillRow(Value):
    """A skill in one line."""

    skill_id: str
    name: str
    runs: int
    newest: RunRecord | None
    """Its newest run, as that stands."""
    accepted: int
    """Accepted proposals, up to :data:`MOST_COUNTED`."""
    refused: int
    """Refused proposals, those that another one of their round was chosen over included."""


class RefusedGroup(Value):
    """How often one rule refused, among the newest refusals."""

    stage: Stage
    code: str
    outcome: OutcomeName
    kept_by: str | None
    """The loop whose verdicts these are, where that is not skillopt's gate."""
    rounds: int
    newest: str
    """Id of the newest of them."""
    reason: str
    """Why that one was refused, in a sentence."""


class ShownRollout(Value):
    """A rollout that the optimizer was shown for a round."""

    label: str
    """What critiques call it: `r1`, `r2`."""
    task: str
    """The task's id."""
    score: float | None
    rollout: Rollout | None
    """None where its answer was pruned."""


class Evidence(Value):
    """What a round rests on, with all texts."""

    rollouts: tuple[ShownRollout, ...]
    exchanges: tuple[Exchange, ...]
    """The optimizer's replies; pruned ones are left out."""


class Activity(Value):
    """What a run is at, by its newest rows."""

    record: RunRecord
    rounds: int
    """Decided ones."""
    newest: tuple[RoundSummary, ...]
    """The newest decided rounds, the newest first."""
    usage: Usage
    """All that it has paid so far."""
    rollouts: int
    """Rollouts it has entered, up to :data:`MOST_COUNTED` times a hundred."""
    step: str | None
    """What the optimizer was asked last, as `3/propose`."""
    seen: AwareDatetime | None
    """When its newest row was entered; None where that is too long ago to be looked for."""


class SkillLines(Value):
    """Where the lines of a skill's newest version come from."""

    every: Tracing
    one: Tracing | None
    """The line that was asked for, with its evidence."""


class WaitingRow(Value):
    """What waits for a person, or waited, in one line."""

    id: str
    run: str
    skill: str
    """What the skill is called."""
    idea: str
    """What the edits do, in the optimizer's words."""
    gain: float | None
    """By the gate's verdict, as a share of the score."""
    since: AwareDatetime
    decision: DecisionKind | None
    """None while it waits."""
    person: str | None
    """Who decided."""


class Page(NamedTuple):
    """A part of a list, and where the next one begins."""

    rounds: tuple[RoundSummary, ...]
    next: str | None
    """Id of the last round here, where there are more."""
