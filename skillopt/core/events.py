"""What a run reports while it runs: values for a progress display or a framework's log.

Each names the run it belongs to, and within a rollout also task, trial, version and split.
"""

from __future__ import annotations

from typing import Literal

from skillopt.core.endings import Ending
from skillopt.core.evaluation.answer_faults import AnswerFault, AnswerFaults
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Split
from skillopt.core.gate.contest import Verdict
from skillopt.core.gate.sealed_result import SealedTest
from skillopt.core.health import Health, Role
from skillopt.core.history.run import Round, RunKind, RunRecord
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value


class RunEvent(Value):
    """What every event has."""

    run: str = ""
    """The run's id in the ledger; empty before there is a run."""


class WorkEvent(RunEvent):
    """What may happen within a rollout, and names it then."""

    task: str = ""
    """The task's id; empty outside of a rollout."""
    trial: int | None = None
    """The run of the task, counted from 0; None outside of a rollout."""
    version: str = ""
    """Digest of the skill's version; that of the empty text for no skill at all."""
    split: Split | None = None
    """The task's split."""


class RunStarted(RunEvent):
    """The run begins, or goes on where it was."""

    event: Literal["run_started"] = "run_started"
    run: str
    kind: RunKind = "tune"
    skill: str
    resumed: bool
    rounds_done: int
    record: RunRecord | None = None
    """Its models and settings, as the ledger keeps them; None for evaluations, which share one
    run."""


class RoundStarted(RunEvent):
    """A round begins."""

    event: Literal["round_started"] = "round_started"
    number: int


class HealthChecked(RunEvent):
    """Each role that is a model was called once, before the run spends more."""

    event: Literal["health_checked"] = "health_checked"
    checks: tuple[Health, ...]

    @property
    def usage(self) -> Usage:
        """What the calls used."""
        return sum((check.usage for check in self.checks), Usage())


class RunWarned(RunEvent):
    """What a person should know, before the run spends anything or at its end."""

    event: Literal["run_warned"] = "run_warned"
    says: str
    """A limit that cannot be kept, a skill's record that its moved file has lost, or that agreement
    rises while the score falls."""


class CodeRuns(RunEvent):
    """The run executes code of the user's: which, and how it is held."""

    event: Literal["code_runs"] = "code_runs"
    says: str


IdentityRole = Literal["target", "judge", "optimizer", "checks"]


class IdentityUnknown(RunEvent):
    """What fills a role cannot be recognized by another run: nothing stored is reused for it."""

    event: Literal["identity_unknown"] = "identity_unknown"
    role: IdentityRole
    reason: str
    """Which object it is, and why it cannot be compared."""

    @property
    def told(self) -> str:
        """What follows from that, and the way out."""
        loss = "an interrupted run cannot be resumed"
        if self.role != "optimizer":
            loss = f"its rollouts are this run's alone, and {loss}"
        return f"{self.found}: {loss}; {self.way_out}"

    @property
    def found(self) -> str:
        """That, and why."""
        return f"the {self.role} has no identity ({self.reason})"

    @property
    def way_out(self) -> str:
        """How it gets an identity."""
        return _WAYS_OUT[self.role]


_WAYS_OUT: dict[IdentityRole, str] = {
    "target": (
        "pass identity='...' (for a command, `target_identity`), a name that you change when its "
        "answers do"
    ),
    "judge": "pass CallableModel(..., identity='...'), a name that you change when its replies do",
    "optimizer": "pass CallableModel(..., identity='...'), a name that you change when it changes",
    "checks": "give the check a function without such an object",
}


class RolloutsWanted(RunEvent):
    """A batch begins; ``reused`` of its ``total`` rollouts were paid before."""

    event: Literal["rollouts_wanted"] = "rollouts_wanted"
    purpose: Split
    total: int
    reused: int


class RolloutStarted(WorkEvent):
    """A rollout of the batch begins. One that a limit of spend or a refusal ends is never done."""

    event: Literal["rollout_started"] = "rollout_started"


class RolloutDone(WorkEvent):
    """One rollout of the batch is finished and durable; None is a missing score."""

    event: Literal["rollout_done"] = "rollout_done"
    score: float | None
    usage: Usage
    seconds: float = 0.0
    """From sending the first request to the graded answer."""
    error: str | None = None
    """Why there is no score, or what the target failed with."""


class ModelCalled(WorkEvent):
    """One request to a language model has ended; what it said is not told."""

    event: Literal["model_called"] = "model_called"
    model: str
    """Its LiteLLM string."""
    role: Role | None = None
    usage: Usage
    """A failed request may have been charged."""
    seconds: float
    """From sending the request to its whole answer."""
    ending: Ending | None = None
    """How the answer ended; None where there is none."""
    error: str | None = None
    """The HTTP status, `timeout` or the kind of error; None where it was answered."""


class WaitStarted(WorkEvent):
    """A request failed, and is sent again after a wait."""

    event: Literal["wait_started"] = "wait_started"
    model: str
    seconds: float
    asked: bool
    """The provider said how long to wait."""
    reason: str
    """What it answered, in one line and without keys."""


class ParameterChanged(WorkEvent):
    """An endpoint refuses a parameter; the run goes on without it, or with another."""

    event: Literal["parameter_changed"] = "parameter_changed"
    model: str
    parameter: str
    instead: str | None
    """What is sent instead; None where the parameter is left out."""
    says: str
    """The change in words."""


class AnswersLacking(RunEvent):
    """Some answers of a batch, those paid before included, are empty, cut, refused or the like."""

    event: Literal["answers_lacking"] = "answers_lacking"
    purpose: Split
    faults: dict[str, AnswerFault]
    """By the digest of the rollout's key."""


class BaselineDone(RunEvent):
    """The first version was run on the validation tasks."""

    event: Literal["baseline_done"] = "baseline_done"
    score: float
    tasks: int
    low: float | None = None
    """Lower end of the score's 95 % interval."""
    high: float | None = None
    answers: AnswerFaults = AnswerFaults()
    """How many answers were empty, cut, refused or the like."""


class OptimizerAsked(RunEvent):
    """The optimizer works on a critique or a proposal."""

    event: Literal["optimizer_asked"] = "optimizer_asked"
    number: int
    step: Literal["criticize", "repair_critiques", "propose", "repair"]


class OptimizerReplied(RunEvent):
    """A fresh reply of the optimizer is in the ledger."""

    event: Literal["optimizer_replied"] = "optimizer_replied"
    usage: Usage


class JudgeCompared(RunEvent):
    """The judge has compared two answers; its fresh reply is in the ledger."""

    event: Literal["judge_compared"] = "judge_compared"
    usage: Usage


class GateOpened(RunEvent):
    """A candidate that passed the screen stands at the gate."""

    event: Literal["gate_opened"] = "gate_opened"
    number: int
    idea: str


class GateDecided(RunEvent):
    """The gate's verdict."""

    event: Literal["gate_decided"] = "gate_decided"
    number: int
    verdict: Verdict


class ProposalWaits(RunEvent):
    """The gate has accepted a proposal, which waits for a person's decision."""

    event: Literal["proposal_waits"] = "proposal_waits"
    number: int
    """The round's."""
    entry: str
    """Id of the entry to decide on."""
    idea: str
    reason: str
    """Why the gate has accepted it, in one line."""


class RoundDecided(RunEvent):
    """A round is in the ledger."""

    event: Literal["round_decided"] = "round_decided"
    round: Round
    diff: tuple[str, ...] = ()
    """Unified diff of the incumbent and the proposal applied to it; empty where it does not fit."""


class ScoreMeasured(RunEvent):
    """An evaluation has scored a version."""

    event: Literal["score_measured"] = "score_measured"
    version: str
    """Its digest; that of the empty text for no skill at all."""
    split: Split
    score: float
    low: float
    """Lower end of the score's 95 % interval."""
    high: float
    tasks: int
    missing: int
    """Tasks without an outcome."""


class Stopped(RunEvent):
    """No further round is run."""

    event: Literal["stopped"] = "stopped"
    reason: str
    detail: str = ""
    """Which limit of spend it was, and how to raise it."""


class SealedOpened(RunEvent):
    """The sealed test was run, once."""

    event: Literal["sealed_opened"] = "sealed_opened"
    sealed: SealedTest


class VersionChosen(RunEvent):
    """What a tuning run comes to."""

    event: Literal["version_chosen"] = "version_chosen"
    shipped: str
    """`improved`, `no worse`, `not certified`, `keep first`, `not tested`, `nothing accepted`."""
    first: Skill
    skill: Skill
    """The version to use."""


class RunEnded(RunEvent):
    """The last event."""

    event: Literal["run_ended"] = "run_ended"
    error: str | None = None
    """What ended the run before its end, in one line and without keys; `cancelled` where somebody
    did."""
    waits: str | None = None
    """Id of the entry that waits for a person, where the run pauses for that: no failure."""


PaidEvent = RolloutDone | OptimizerReplied | JudgeCompared | HealthChecked
"""Those whose usage adds up to what a run has paid; requests have events of their own as well."""

Event = (
    RunStarted
    | RoundStarted
    | HealthChecked
    | RunWarned
    | CodeRuns
    | IdentityUnknown
    | RolloutsWanted
    | RolloutStarted
    | RolloutDone
    | ModelCalled
    | AnswersLacking
    | WaitStarted
    | ParameterChanged
    | BaselineDone
    | OptimizerAsked
    | OptimizerReplied
    | JudgeCompared
    | GateOpened
    | GateDecided
    | ProposalWaits
    | RoundDecided
    | ScoreMeasured
    | Stopped
    | SealedOpened
    | VersionChosen
    | RunEnded
)
