"""What reading the ledger gives: values for the command line, a framework or a notebook."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, Field

from skillopt.core.evaluation.answer_faults import AnswerFaults
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.forecasts import Forecasts
from skillopt.core.history.front import VersionPoint
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.proposals.aims import Aim
from skillopt.core.proposals.candidate_criteria import CandidateCriterion
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.refusal import Part, Stage
from skillopt.core.value import Value

OutcomeName = Literal["accepted", "rejected", "inconclusive"]


class RoundFilter(Value):
    """Which rounds to list; what is None does not filter."""

    skill: str | None = None
    """By its name or its path in the project."""
    run: str | None = None
    """A run's id, or the beginning of one."""
    outcome: OutcomeName | None = None
    refused: bool = False
    """Only what did not get in: rejected and inconclusive ones."""
    stage: Stage | None = None
    code: str | None = None
    """The rule that decided, in one word."""
    criterion: str | None = None
    """One the edits were meant to fix."""
    section: str | None = None
    """A heading path under which the edits write, joined by ` > `; "" above the first heading."""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    text: str | None = None
    """Words of the idea, an edit or a critique, in the language of `search`."""
    before: str | None = None
    """Only rounds that were entered before this one, by its whole id: the next page of a list."""
    limit: int = Field(default=50, ge=1, le=100_000)
    """Maximum number, the newest."""


class RoundSummary(Value):
    """A decided round in one line."""

    id: str
    run: str
    number: int
    skill: str
    target: str
    """The run's target; one that is of an unknown identity is marked."""
    identity_unknown: bool
    """Its rollouts cannot be compared with those of another run."""
    created: AwareDatetime
    outcome: OutcomeName
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
    kept_by: str | None = None
    """The loop whose verdict it is, where that is not skillopt's gate."""


class ExchangeSummary(Value):
    """A paid reply, without its text."""

    key: str
    model: str
    prompt_digest: str
    usage: Usage


class Alike(Value):
    """A refused entry that is like another one."""

    id: str
    likeness: float
    """Of what they change, from 0 to 1."""
    outcome: OutcomeName
    idea: str


class TaskAnswers(Value):
    """A task of a verdict with answers that were empty, cut, refused or the like."""

    task: str
    incumbent: AnswerFaults
    candidate: AnswerFaults


class RoundEntry(Value):
    """A decided round with all that the ledger knows of it."""

    summary: RoundSummary
    round: Round
    run: RunRecord
    diff: str | None
    """Unified diff from the incumbent to the candidate; None where there is no candidate's text."""
    alone: tuple[Part, ...]
    """How each edit of a refused bundle fared alone, where that was tried, then or later."""
    critiqued: dict[str, str]
    """Id of the train task by the id that a critique has for its rollout."""
    aims: tuple[Aim, ...] = ()
    """The train tasks it was meant to fix, and what the candidate made of them."""
    answers: tuple[TaskAnswers, ...] = ()
    """The tasks of the verdict with answers that were empty, cut, refused or the like."""
    exchanges: tuple[ExchangeSummary, ...]
    """The optimizer's replies in this round."""
    before: RoundSummary | None
    """The round before it in its run."""
    after: RoundSummary | None
    alike: tuple[Alike, ...]
    """Refused entries of the same context that change almost the same, the most similar first."""

    def _repr_html_(self) -> str:
        from skillopt.core.history.shown_rounds import entry_html

        return entry_html(self)


class RunSummary(Value):
    """A run in one line."""

    record: RunRecord
    target: str
    """The run's target; one that is of an unknown identity is marked."""
    identity_unknown: bool
    """Its rollouts cannot be compared with those of another run."""
    rounds: int
    accepted: int
    kept_by: str | None = None
    """The loop whose edits it holds, where that is not skillopt."""


class RunEntry(Value):
    """A run and its rounds."""

    record: RunRecord
    target: str
    """The run's target; one that is of an unknown identity is marked."""
    identity_unknown: bool
    """Its rollouts cannot be compared with those of another run."""
    rounds: tuple[RoundSummary, ...]
    usage: Usage
    """What the ledger has on record for it, finished or not."""
    front: tuple[VersionPoint, ...] = ()
    """Its versions by score, cost and length."""
    kept_by: str | None = None
    """The loop whose edits it holds, where that is not skillopt."""

    def _repr_html_(self) -> str:
        from skillopt.core.history.shown_rounds import run_entry_html

        return run_entry_html(self)


class SkillVersion(Value):
    """A version of a skill, and how it came into the ledger."""

    digest: str
    created: AwareDatetime
    chars: int
    parent: str | None
    """None for a version that a run began with."""
    run: str
    round: str | None
    """Id of the round that made it."""
    outcome: Literal["first", "accepted", "rejected", "inconclusive"]
    idea: str = ""
    """Of the proposal that made it; empty for a hand-written version."""
    score: float | None = None
    """Its mean score on the validation tasks it was decided on."""
    gain: float | None = None
    """Mean paired difference to its parent; biased by selection."""
    kept_by: str | None = None
    """The loop that made it and gave the verdict, where that is not skillopt."""


class Hit(Value):
    """A round that search found."""

    round: RoundSummary
    excerpt: str
    """The words around the find, which stands between » and «."""


class Line(Value):
    """One line of a skill, and where it comes from."""

    number: int
    """Counted from 1."""
    text: str
    round: RoundSummary | None
    """The accepted proposal that put it there; None where no proposal did."""
    note: str = ""
    """Where it comes from otherwise: in the file before a run, or edited by hand since."""


class Tracing(Value):
    """Why a skill, or one line of it, is as it is."""

    skill: str
    lines: tuple[Line, ...]
    critiques: tuple[Critique, ...] = ()
    """For one line: the findings that its proposal answered."""
    refused_here: tuple[RoundSummary, ...] = ()
    """For one line: what else was refused in its section, newest first."""


class RefusedBy(Value):
    """How often one rule refused."""

    stage: str
    code: str
    outcome: str
    rounds: int


class KeptStats(Value):
    """What another loop has tried on a skill, by its own verdicts."""

    source: str
    accepted: int
    rejected: int
    inconclusive: int


class SkillStats(Value):
    """One skill's record."""

    skill: str
    """What it is called."""
    skill_id: str
    """Its path in the project; its name where it was given as a value."""
    runs: int
    rounds: int
    accepted: int
    rejected: int
    inconclusive: int
    refused: tuple[RefusedBy, ...]
    """The most frequent first."""
    forecasts: Forecasts | None = None
    """The optimizer's predicted gains against the measured ones."""
    candidate_criteria: tuple[CandidateCriterion, ...] = ()
    """Criteria that the optimizer proposed in the newest rounds, for a person to decide on."""
    kept: tuple[KeptStats, ...] = ()
    """What other loops have tried; none of it is in the other counts."""


class Stats(Value):
    """The whole ledger's record."""

    skills: tuple[SkillStats, ...]
    versions: int
    rollouts: int
    missing: int
    """Rollouts that could not be had."""
    exchanges: int
    usage: Usage
    """Everything that was paid."""
