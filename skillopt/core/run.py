"""A run: what was asked, what happened in each round, what it cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skillopt.core.budget import BudgetPlan
from skillopt.core.changes import Change, SectionPrint
from skillopt.core.critique import Critique
from skillopt.core.gate.contest import GatePolicy, Noise, Verdict
from skillopt.core.guards import Margins
from skillopt.core.likeness import DEFAULT_LIKENESS
from skillopt.core.proposal import Proposal
from skillopt.core.refusal import Part, Stage, TrainEffect
from skillopt.core.rollout import Usage
from skillopt.core.value import Value


class SpendLimits(Value):
    """Hard limits of a run; None is no limit."""

    max_calls: int | None = Field(default=None, ge=0)
    """Requests to models (and to a target of your own), retries included."""
    max_tokens: int | None = Field(default=None, ge=0)
    """Tokens in both directions."""
    max_cost: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    """US dollars; needs a price for every model in use."""


class Conditioning(Value):
    """How the ledger shapes what is proposed."""

    enabled: bool = True
    """Screen by what was refused, and show the optimizer the search so far."""
    likeness: float = Field(default=DEFAULT_LIKENESS, gt=0, le=1)
    """From this likeness on a proposal is a refused idea in other words; 1 for (almost) none."""
    siblings: tuple[str, ...] = ()
    """Names of other skills whose refusals the optimizer is shown as well."""
    train_check: bool | None = None
    """Run refused candidates on the train tasks shown; None: on a few of them, where the target is
    deterministic."""
    ablate: bool = False
    """Try the edits of a refused bundle one by one, each at the gate."""


class LoopSettings(Value):
    """What shapes the loop's decisions; two runs with the same settings decide alike."""

    rounds: int = Field(default=12, ge=0)
    """Proposals at most."""
    patience: int = Field(default=6, ge=1)
    """Stop after this many rounds in a row without an acceptance."""
    minibatch: int = Field(default=32, ge=1)
    """Train tasks rolled out before a critique."""
    evidence: int = Field(default=24, ge=1)
    """Rollouts shown to the optimizer at most: failures of all kinds, then clean successes."""
    trials: int = Field(default=1, ge=1)
    """Runs of each train task with each version."""
    budget: BudgetPlan = BudgetPlan()
    gate: GatePolicy = GatePolicy()
    guards: Margins = Margins()
    conditioning: Conditioning = Conditioning()
    seed: int = 0


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


class AcceptedRound(Value):
    """The candidate became the incumbent."""

    kind: Literal["accepted"] = "accepted"
    verdict: Verdict
    candidate: str
    """Digest of the new version."""


class RefusedRound(Value):
    """The proposal was refused."""

    kind: Literal["refused"] = "refused"
    stage: Stage
    code: str
    reason: str
    verdict: Verdict | None = None
    """The gate's, where it came so far (rejected or inconclusive)."""
    candidate: str | None = None
    """Digest of the refused version, where the edits fitted."""
    known: str | None = None
    """Id of the ledger's entry that refused the same before, where the screen knew it."""


Decision = Annotated[AcceptedRound | RefusedRound, Field(discriminator="kind")]


class RefusedTry(Value):
    """A first try that did not pass the screen; the optimizer was given one chance to mend it."""

    proposal: Proposal | None
    stage: Stage
    code: str
    reason: str
    known: str | None = None
    """Id of the ledger's entry that refused the same before, where the screen knew it."""


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
    """What the edits change, told by statements."""
    prints: tuple[SectionPrint, ...] = ()
    """The sections the edits touch, as they were: a refusal is a fact about them, too."""
    aims: tuple[str, ...] = ()
    """Ids of the train tasks the proposal hoped to mend."""
    train: TrainEffect | None = None
    """What a refused candidate did on the train tasks shown, where it was tried there."""
    parts: tuple[Part, ...] = ()
    """How the edits of a refused bundle fared alone, where that was tried."""


class SealedTest(Value):
    """The sealed test: first version against last, on tasks nobody looked at before."""

    first_score: float
    last_score: float
    difference: float
    low: float
    """95 % interval of the difference."""
    high: float
    p_value: float
    certified: bool
    tasks: int
    wins: int
    """Tasks on which the last version scores higher."""
    losses: int
    missing: int = 0
    split: str = ""
    """Digest of the test tasks."""
    opened_before: tuple[str, ...] = ()
    """Ids of earlier runs that had looked at some of these tasks: it does not certify then."""
    reopened: bool = False
    """It was opened before, and the user has insisted: it may certify."""


RunKind = Literal["tune", "gate", "eval", "aa"]


class RunRecord(Value):
    """A run as the ledger keeps it."""

    id: str
    kind: RunKind = "tune"
    """Which command it was: a tuning run, a person's edit at the gate, an evaluation, an A/A test.
    """
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
    sealed: SealedTest | None = None
    opened: tuple[str, ...] = ()
    """Digests of the sealed tasks it has looked at, entered before the first of them is run."""
    reopen_sealed: bool = False
    """The user has insisted that sealed tasks which were opened before may certify."""
    noise: Noise = Noise()
    """Run noise as an A/A test has measured it, or as it was known when a tuning run began."""
    usage: Usage = Usage()
    self_judged: bool = False
    """The judge is the target itself: every verdict rests on the target's own opinion."""
    retries: str | None = None
    """The entry whose edits this run puts before the gate again."""
    writes_to: str | None = None
    """The file its end is to be written into; None for no file."""
    written: bool = False
    """That was done, or there was nothing to write."""

    @property
    def pending(self) -> bool:
        """The same command goes on with this run: it has no end, or its file is not written."""
        return self.finished is None or (self.writes_to is not None and not self.written)
