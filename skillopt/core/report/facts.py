"""What the ledger has of a run, as a report needs it."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.proposals.refusal import Part
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value


class TaskSpend(Value):
    """What a run has paid for one task's rollouts, with all versions."""

    task: str
    """The task's id."""
    digest: str
    usage: Usage
    missing: int = 0
    """Rollouts that could not be had."""


class ReplySpend(Value):
    """What a run has paid for replies to one kind of question."""

    step: str
    """`criticize`, `propose`, ...; `compare` asks the judge, `health/target` the target."""
    usage: Usage


class RunFacts(Value):
    """A run with all that the ledger knows of it, texts of answers and tasks left out."""

    record: RunRecord
    rounds: tuple[Round, ...]
    """Decided ones, in order."""
    versions: dict[str, Skill]
    """By digest: those that the rounds name, as far as the ledger has their texts."""
    usage: Usage
    """All that is on record, finished or not."""
    tasks: tuple[TaskSpend, ...]
    replies: tuple[ReplySpend, ...]
    no_result: frozenset[tuple[str, str]]
    """Version and task of rollouts that this run could not have."""
    shown: dict[str, str]
    """Task id by the digest of a rollout's key: those that critiques quote."""
    alone: dict[str, tuple[Part, ...]]
    """By round: how the edits of a refused bundle fared alone."""
    waits: str | None = None
    """Id of the proposal that waits for a person."""
