"""A run: what was asked, what happened in each round, what it cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skillopt.core.approval.decision import Approval
from skillopt.core.content.finding import Finding
from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Noise, Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.history.hand_edit import HandEdit
from skillopt.core.history.kept import kept_by
from skillopt.core.history.own_target import OwnTarget
from skillopt.core.history.preferred import Preferred
from skillopt.core.history.shown_target import identity_unknown, shown_target
from skillopt.core.history.skill_ids import skill_id
from skillopt.core.loop_settings import LoopSettings, SpendLimits
from skillopt.core.probes.corrections import Corrections
from skillopt.core.proposals.collapse import Leave, Move
from skillopt.core.proposals.comparison import Duel
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.curriculum import Chosen
from skillopt.core.proposals.leak import Leak
from skillopt.core.proposals.loser import Loser
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.skill.calibrated_budget import Calibration
from skillopt.core.skill.changes import Change, SectionPrint
from skillopt.core.value import Value, is_absent, is_empty

OutcomeName = Literal["accepted", "rejected", "inconclusive"]


class Exchange(Value):
    """One paid reply of the optimizer, kept so that it is never paid twice."""

    run: str
    key: str
    """`<round>/<step>/<attempt>`."""
    model: str
    """Identity digest of the optimizer."""
    prompt_digest: str
    prompt: str
    reply: str
    usage: Usage
    ending: Ending = Ending.COMPLETE
    """How the reply ended."""
    reasoning: str = ""
    """What the optimizer thought before, where that came apart from the reply."""


class AcceptedRound(Value):
    """The candidate became the incumbent."""

    kind: Literal["accepted"] = "accepted"
    verdict: Verdict
    candidate: str
    """Digest of the new version."""

    @property
    def outcome(self) -> OutcomeName:
        """`accepted`."""
        return "accepted"


class RefusedRound(Value):
    """The proposal was refused."""

    kind: Literal["refused"] = "refused"
    stage: Stage
    code: str
    reason: str
    verdict: Verdict | None = None
    """The gate's, where it came so far: rejected, inconclusive, or accepted and then refused by a
    person."""
    candidate: str | None = None
    """Digest of the refused version, where the edits fitted."""
    known: str | None = None
    """Id of the ledger's entry that refused the same before, where the screen knew it."""
    leaks: tuple[Leak, ...] = Field(default=(), exclude_if=is_empty)
    """What of tasks and checks its edits carry, where the screen found such text."""

    @property
    def outcome(self) -> OutcomeName:
        """The gate's word, where it did not come so far or a person refused it `rejected`."""
        if self.verdict is None or self.stage is Stage.APPROVAL:
            return "rejected"
        return self.verdict.outcome.value


Decision = Annotated[AcceptedRound | RefusedRound, Field(discriminator="kind")]


class RefusedTry(Value):
    """A first try that did not pass the screen; the optimizer gets one chance to repair it."""

    proposal: Proposal | None
    repaired: bool = Field(default=False, exclude_if=is_empty)
    """The JSON of its reply had errors of syntax that were fixed."""
    stage: Stage
    code: str
    reason: str
    known: str | None = None
    """Id of the ledger's entry that refused the same before, where the screen knew it."""
    leaks: tuple[Leak, ...] = Field(default=(), exclude_if=is_empty)
    """What of tasks and checks its edits carry, where the screen found such text."""
    content: tuple[Finding, ...] = Field(default=(), exclude_if=is_empty)
    """What the content policy has found in its edits."""


class Round(Value):
    """One decided round."""

    id: str
    run: str
    number: int = Field(ge=1)
    parent: str
    """Digest of the incumbent."""
    critiques: tuple[Critique, ...]
    proposal: Proposal | None
    """None where the optimizer's replies were no proposal."""
    repaired: bool = Field(default=False, exclude_if=is_empty)
    """The JSON of the proposal's reply had errors of syntax that were fixed."""
    first_try: RefusedTry | None = None
    """The try before it, where the first one did not pass the screen."""
    decision: Decision
    rollouts: tuple[str, ...]
    """Digests of the keys of the rollouts the optimizer was shown."""
    spent: Usage
    """Everything the run had paid when this round was decided."""
    context: str
    """Digest of target, validation set and gate policy: what a refusal is a fact about."""
    sections: tuple[str, ...] = ()
    """The headings under which the edits write."""
    changes: tuple[Change, ...] = ()
    """What the edits change, by statement."""
    prints: tuple[SectionPrint, ...] = ()
    """The sections the edits touch, as they were: a refusal is a fact about them, too."""
    aims: tuple[str, ...] = ()
    """Ids of the train tasks the proposal is meant to fix."""
    train: TrainEffect | None = None
    """What a refused candidate did on the train tasks shown, where it was tried there."""
    parts: tuple[Part, ...] = ()
    """How the edits of a refused bundle fared alone, where that was tried."""
    retests: tuple[str, ...] = ()
    """Ids of the entries that rejected the same idea on earlier versions: each halved the level."""
    leave: Leave | None = Field(default=None, exclude_if=is_absent)
    """The mode that its proposal was bound to leave, where the collapse monitor found one."""
    move: Move | None = Field(default=None, exclude_if=is_absent)
    """What kind of step its proposal was; only where the collapse monitor is on."""
    rematch: Verdict | None = Field(default=None, exclude_if=is_absent)
    """On a branch: the gate's verdict on the accepted candidate against the version that the
    search had left."""
    losers: tuple[Loser, ...] = Field(default=(), exclude_if=is_empty)
    """The other proposals of the round, where several were asked for."""
    raced: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Digests of the keys of the rollouts that compared them."""
    compared: tuple[Duel, ...] = Field(default=(), exclude_if=is_empty)
    """The judge's comparisons of their answers, in order."""
    drift: Drift | None = Field(default=None, exclude_if=is_absent)
    """The check of the head that followed the acceptance, where one was due."""
    taken_from: str | None = Field(default=None, exclude_if=is_absent)
    """Id of the entry that the proposal was taken up from: an earlier run had accepted it."""
    calibration: Calibration | None = Field(default=None, exclude_if=is_absent)
    """What the optimizer's predictions before it were worth, where the edit budget follows that."""
    chosen: tuple[Chosen, ...] = Field(default=(), exclude_if=is_empty)
    """The train tasks that were run for it, and why each was."""
    continues: str | None = Field(default=None, exclude_if=is_absent)
    """Id of the entry whose contest went on: a near miss of this run on the same version."""
    content: tuple[Finding, ...] = Field(default=(), exclude_if=is_empty)
    """What the content policy has found in its edits: warnings, or why it was refused."""
    approval: Approval | None = Field(default=None, exclude_if=is_absent)
    """A person's decision on it, or on the entry that it is the person's own version of."""
    against: str | None = Field(default=None, exclude_if=is_absent)
    """Where it shortens the skill in a run that learns, too: digest of the version that the
    candidate was compared with, the last one that was accepted for a gain."""

    def _repr_html_(self) -> str:
        from skillopt.core.history.shown_rounds import round_html

        return round_html(self)


RunKind = Literal["tune", "gate", "eval", "aa", "probe"]

NOBODY = "nobody"
"""Stands for the optimizer of a run in which nothing is proposed."""


class RunRecord(Value):
    """A run as the ledger keeps it."""

    id: str
    kind: RunKind = "tune"
    """Which command it was: tuning, a hand-written edit, an evaluation, an A/A test, a probe."""
    fingerprint: str
    """Digest of skill file, validation set, models and settings: names the command."""
    skill_name: str
    skill_path: str | None
    first: str
    """Digest of the version it started from."""
    last: str | None = None
    """Digest of the version it ended with; None while it runs."""
    validation_set: str
    """Digest of the validation set."""
    target: str
    """A model's string, or the identity of a target of the caller's own."""
    own_target: OwnTarget | None = Field(default=None, exclude_if=is_absent)
    """What the latter is called, and what its identity rests on."""
    optimizer: str
    judge: str | None = None
    settings: LoopSettings
    started: float
    """Seconds since the epoch."""
    finished: float | None = None
    stopped_by: str | None = None
    """Why the loop ended: `rounds`, `nothing left to fix`, `patience`, `spend`."""
    baseline: float | None = None
    """The first version's mean score on the validation tasks."""
    preferred: Preferred | None = Field(default=None, exclude_if=is_absent)
    """Where it ended with a shorter or cheaper version than the best by score: why it may."""
    sealed: SealedTest | None = None
    second_attempts: Corrections | None = Field(default=None, exclude_if=is_absent)
    """What the first version and the last correct by themselves, where that was asked."""
    opened: tuple[str, ...] = ()
    """Digests of the sealed tasks it has looked at, entered before the first of them is run."""
    reopen_sealed: bool = False
    """Test tasks that an earlier run has used may certify (`--reopen-sealed`)."""
    noise: Noise = Noise()
    """Run noise as an A/A test has measured it, or as it was known when a tuning run began."""
    usage: Usage = Usage()
    self_judged: bool = False
    """The judge is the target itself: every verdict rests on the target's own opinion."""
    retries: str | None = None
    """The entry whose edits this run tests again."""
    by_hand: HandEdit | None = None
    """Where the hand-written edit that this run tests comes from."""
    limits: SpendLimits | None = Field(default=None, exclude_if=is_absent)
    """What it may spend, as the command that worked on it last had it; None: no limit, or the
    record is of a skillopt that did not keep them."""
    library: str | None = Field(default=None, exclude_if=is_absent)
    """The tuning of a library of skills that it is part of, by its id; None: it is alone."""
    user: str | None = None
    """Login name of the person who started it; None where the system has none."""
    writes_to: str | None = None
    """The file its end is to be written into; None for no file."""
    written: bool = False
    """That was done, or there was nothing to write."""

    @property
    def skill_id(self) -> str:
        """The skill the run is on, as it was when the run began."""
        return skill_id(name=self.skill_name, path=self.skill_path)

    @property
    def kept_by(self) -> str | None:
        """The loop that has tried the run's edits, where that is not skillopt."""
        return kept_by(fingerprint=self.fingerprint, target=self.target, skill_id=self.skill_id)

    @property
    def shown_target(self) -> str:
        """The target for people; one that is of an unknown identity is marked."""
        return shown_target(self.target, self.own_target)

    @property
    def shown_models(self) -> str:
        """Its models for people, and which roles it had none for."""
        roles = {"target": self.shown_target, "optimizer": self.optimizer, "judge": self.judge}
        named = (
            f"{role} {model}" if model and model != NOBODY else f"no {role}"
            for role, model in roles.items()
        )
        return ", ".join(named)

    @property
    def identity_unknown(self) -> bool:
        """No other run's target can be compared with this one's."""
        return identity_unknown(self.target, self.own_target)

    @property
    def pending(self) -> bool:
        """The same command goes on with this run: it has no end, or its file is not written."""
        return self.finished is None or (self.writes_to is not None and not self.written)
