"""The settings that shape a run, grouped by the part that reads them."""

from __future__ import annotations

from pydantic import Field

from skillopt.core.content.policy import ContentPolicy
from skillopt.core.gate.contest import LEVELLED, GateKind, GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.proposals.angles import MOST_CANDIDATES
from skillopt.core.proposals.leak import LeakPolicy
from skillopt.core.proposals.proposer import ProposerKind
from skillopt.core.proposals.train_race import Prefer
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.core.skill.edit_scope import EditScope
from skillopt.core.skill.similarity import DEFAULT_SIMILARITY
from skillopt.core.value import Value, is_absent, is_empty, is_true

SINGLE_GATE: GateKind = "race"
"""Decides on a single edit: what counts is how often it is wrong this once."""

DEAR = 2
"""Validation tasks for each task of a minibatch: then a test is dear enough to rehearse for."""

SHRINK_MARGIN = 5.0
"""Points that a skill may lose by all of its shrinking."""


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
    likeness: float = Field(default=DEFAULT_SIMILARITY, gt=0, le=1)
    """Similarity (0-1) at which a proposal counts as a rephrased rejected one."""
    siblings: tuple[str, ...] = ()
    """Names of other skills whose proposals, accepted and refused, the optimizer is shown."""
    train_check: bool | None = None
    """Run refused candidates on the train tasks shown; None: on a few of them, where the target is
    deterministic."""
    reopen: bool = Field(default=True, exclude_if=is_true)
    """Test a rejected proposal again where the incumbent has moved and there is a reason to. Left
    out where it is the default, so that a run of an earlier skillopt keeps its fingerprint."""
    lessons: bool = Field(default=True, exclude_if=is_true)
    """Try refused candidates where their words reach as well, and show what they broke. Left out
    where it is the default, as `reopen` is."""
    warm_start: bool = Field(default=True, exclude_if=is_true)
    """Take up what earlier runs accepted for the same version, before the optimizer is asked. Left
    out where it is the default, as `reopen` is."""
    recall: bool = Field(default=True, exclude_if=is_true)
    """Use the critiques of earlier rounds again: those of a rollout that is shown again, and for
    the optimizer to read those of similar failures. Left out where it is the default."""
    rehearse: bool | None = Field(default=None, exclude_if=is_absent)
    """Run a proposal on train tasks it was not shown, and have it revised for what it broke, before
    the gate; None: where the target is deterministic. Left out at its default, as `reopen` is."""
    near_misses: bool = Field(default=False, exclude_if=is_empty)
    """Continue the contest of a near miss where the optimizer has nothing better. Left out where it
    is the default, as `reopen` is."""
    ablate: bool = False
    """Try the edits of a refused bundle one by one, each at the gate."""


class LoopSettings(Value):
    """What shapes the loop's decisions; two runs with the same settings decide alike."""

    rounds: int = Field(default=12, ge=0)
    """Maximum number of rounds (one proposal each)."""
    patience: int = Field(default=6, ge=1)
    """Stop after this many rounds in a row without an acceptance."""
    minibatch: int = Field(default=32, ge=1)
    """Train tasks rolled out before a critique; with the curriculum, at most."""
    evidence: int = Field(default=24, ge=1)
    """Rollouts shown to the optimizer at most: failures of all kinds, then clean successes."""
    trials: int = Field(default=1, ge=1)
    """Runs of each train task with each version."""
    curriculum: bool = Field(default=True, exclude_if=is_true)
    """Run train tasks in the order in which they are likely to teach, and only until there are
    failures enough to propose from. Left out where it is the default, so that a run of an earlier
    skillopt keeps its fingerprint."""
    budget: BudgetPlan = BudgetPlan()
    gate: GatePolicy = GatePolicy()
    guards: Margins = Margins()
    conditioning: Conditioning = Conditioning()
    leak_screen: LeakPolicy = Field(default="strict", exclude_if=lambda policy: policy == "strict")
    """Which tasks' texts no proposal may carry into the skill. Left out where it is the default, so
    that a run of an earlier skillopt keeps its fingerprint."""
    content: ContentPolicy = Field(default=ContentPolicy(), exclude_if=ContentPolicy().__eq__)
    """What may not enter the skill, by kind. Left out at its default, too."""
    proposer: ProposerKind = Field(default="critique", exclude_if="critique".__eq__)
    """Who proposes. Left out where it is the default: earlier runs keep their fingerprints."""
    collapse_monitor: bool = Field(default=False, exclude_if=is_empty)
    """Make the next proposal leave a mode that dominates and fails. Left out where it is the
    default, so that a run of an earlier skillopt keeps its fingerprint."""
    prefer: Prefer = Field(default="score", exclude_if=lambda prefer: prefer == "score")
    """What decides among candidates and versions whose scores tie. Left out at its default, too."""
    candidates: int = Field(
        default=1, ge=1, le=MOST_CANDIDATES, exclude_if=lambda candidates: candidates == 1
    )
    """Proposals in each round, of which a race on train tasks chooses one for the gate. Left out at
    its default, too."""
    compare_answers: bool = Field(default=False, exclude_if=is_empty)
    """Let the judge compare the answers of candidates that tie. Left out at its default, too."""
    drift_every: int | None = Field(default=None, ge=1, exclude_if=is_absent)
    """Run the head again after so many acceptances; None: never. Left out at its default, too."""
    report_second_attempts: bool = Field(default=False, exclude_if=is_empty)
    """At the end, ask the first version and the last for second attempts. Left out at its default,
    too."""
    shrink_every: int | None = Field(default=None, ge=1, exclude_if=is_absent)
    """Every so-manyth round shortens the skill instead; None: none does. Left out at its default,
    too."""
    shrink_margin: float = Field(
        default=SHRINK_MARGIN, gt=0, le=100, exclude_if=lambda margin: margin == SHRINK_MARGIN
    )
    """Points that a run may lose by such rounds in all. Left out at its default, too."""
    edits: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Glob patterns of text files that edits may touch beside the SKILL.md and its references. Left
    out at its default, too."""
    tune_description: bool = Field(default=False, exclude_if=is_empty)
    """Edits may change the front matter's `description`. Left out at its default, too."""
    approve: bool = Field(default=False, exclude_if=is_empty)
    """What the gate accepts waits for a person's decision. Left out at its default, too."""
    seed: int = 0

    @property
    def edit_scope(self) -> EditScope:
        """What edits may touch."""
        return EditScope(patterns=self.edits, description=self.tune_description)

    @property
    def content_policy(self) -> ContentPolicy:
        """What may not enter the skill; where all of it is up, large deletions may be.

        What is held for a person is a warning where a person decides on all that is accepted.
        """
        content = self.content.for_person() if self.approve else self.content
        return content.for_deletions() if self.proposer in ("shrink", "rewrite") else content

    def shrinking(self, margin: float) -> LoopSettings:
        """The settings of a round that shortens the skill.

        Args:
            margin: the points that may be lost.

        Raises:
            ValidationError: the gate's level is none that a margin can be tested at.
        """
        kind = self.gate.kind if self.gate.kind in LEVELLED else SINGLE_GATE
        asked = {"kind": kind, "no_worse_than": margin, "placebo": False}
        plain = {"train_check": False, "near_misses": False, "ablate": False}
        return self.model_copy(
            update={
                "proposer": "shrink",
                "gate": GatePolicy.model_validate(self.gate.model_dump() | asked),
                "conditioning": self.conditioning.model_copy(update=plain),
                "collapse_monitor": False,
                "candidates": 1,
                "drift_every": None,
                "shrink_every": None,
            }
        )

    def rehearses(self, *, tested: int, deterministic: bool) -> bool:
        """Whether proposals are rehearsed: where that is wanted, and the gate's test is dear.

        Args:
            tested: tasks that a proposal is tested on at the gate.
            deterministic: whether the target answers alike every time.
        """
        asked = self.conditioning.rehearse
        wanted = deterministic if asked is None else asked
        dear = tested >= DEAR * self.minibatch
        return self.conditioning.enabled and wanted and dear and self.proposer == "critique"
