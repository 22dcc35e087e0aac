"""Refusals: what the ledger remembers of a proposal that did not get in."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from skillopt.core.proposals.proposal import Proposal
from skillopt.core.skill.changes import Change, SectionPrint
from skillopt.core.value import Value


class Stage(StrEnum):
    """Where a proposal was refused, in the order of the way."""

    REPLY = "reply"
    """The optimizer's reply was no proposal."""
    FIT = "fit"
    """An anchor, a locked region or the edit budget."""
    SCREEN = "screen"
    """A rejected proposal or idea again, or a statement that the skill has already."""
    RACE = "race"
    """The comparison with the other proposals of its round, on train tasks."""
    GATE = "gate"
    """The gate on validation tasks."""
    APPROVAL = "approval"
    """A person who decides on what the gate has accepted."""


class TrainEffect(Value):
    """What a candidate did on the train tasks that its proposal had been shown."""

    mended: tuple[str, ...] = ()
    """Ids of the tasks on which it scored higher than the incumbent."""
    broke: tuple[str, ...] = ()
    """Ids of the tasks on which it scored lower."""
    same: int = Field(default=0, ge=0)
    """Tasks on which it scored alike."""


PartOutcome = Literal["accepted", "rejected", "inconclusive", "unfit"]


class Part(Value):
    """One edit of a refused bundle, tested alone against the same incumbent."""

    edit: int = Field(ge=0)
    """Index of the edit in its proposal, from 0."""
    outcome: PartOutcome
    """What the gate said of it alone; `unfit` where it does not fit without the others."""


class Ablation(Value):
    """The parts of a round's refused proposal, tried one by one."""

    round: str
    """The round's id in the ledger."""
    parts: tuple[Part, ...]


class Refusal(Value):
    """A refused proposal, as later proposals and screens need it."""

    id: str
    """The round's id in the ledger."""
    skill_id: str = ""
    """The skill it was refused for (:mod:`skillopt.core.history.skill_ids`)."""
    skill_name: str = ""
    run: str
    number: int
    """The round, counted from 1."""
    stage: Stage
    code: str
    """One word: the misfit's reason, the screen's rule or the gate's."""
    reason: str
    """One sentence. Of the gate's, nothing may reach the optimizer."""
    outcome: str
    """`rejected` or `inconclusive`."""
    proposal: Proposal
    context: str
    """Digest of what the refusal is a fact about: target, validation set, gate policy."""
    sections: tuple[str, ...] = ()
    """The headings under which it would have written."""
    changes: tuple[Change, ...] = ()
    """What it would have changed, by statement."""
    prints: tuple[SectionPrint, ...] = ()
    """The sections it touched, as they were."""
    aims: tuple[str, ...] = ()
    """Ids of the train tasks it was meant to fix."""
    failures: str = ""
    """How those had failed, in the words of the critiques."""
    train: TrainEffect | None = None
    """What it did on train tasks, where it was tried there."""
    parts: tuple[Part, ...] = ()
    """How its edits fared alone, where that was tried."""
    harmful: bool = False
    """The gate saw it do harm (:func:`skillopt.core.gate.harm.clearly_harmful`), or a person has
    refused it."""
    part: int | None = None
    """Set where this is one edit of a bundle that was refused alone: its index there."""

    @property
    def blocks(self) -> bool:
        """Whether it may block a proposal like it: a rejection by the gate or a person does."""
        return self.stage in (Stage.GATE, Stage.APPROVAL) and self.outcome == "rejected"
