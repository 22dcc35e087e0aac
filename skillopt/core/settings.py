"""Everything a user can set, flat, with the sentence that the help pages show for it.

The same names are flags (`--max-calls`), keys of `skillopt.toml` or `[tool.skillopt]`
(`max_calls`), keys under `settings:` in a validation set's header, and arguments of
:func:`skillopt.tune`. Flags win over files, files over the header.
"""

from __future__ import annotations

from pydantic import Field

from skillopt.core.content.policy import Action, ContentPolicy, Kind
from skillopt.core.gate.contest import Attempt, GateKind
from skillopt.core.loop_settings import SINGLE_GATE, SpendLimits
from skillopt.core.proposals.angles import MOST_CANDIDATES
from skillopt.core.proposals.leak import LeakPolicy
from skillopt.core.proposals.proposer import Learner, ProposerKind
from skillopt.core.proposals.train_race import Prefer
from skillopt.core.role_settings import RoleSettings
from skillopt.core.skill.edit_budget import MOST_FILES, Schedule
from skillopt.core.skill.similarity import DEFAULT_SIMILARITY
from skillopt.core.worker_settings import WorkerSettings
from skillopt.errors import SettingsError

SEARCH_GATE: GateKind = "balanced"
"""Decides in a search: what counts is what the whole run gains, costs and gets wrong."""


class Settings(RoleSettings, WorkerSettings):
    """A run's settings."""

    rounds: int = Field(
        default=12, ge=0, description="Maximum number of rounds (one proposal each)."
    )
    patience: int = Field(
        default=6, ge=1, description="Stop after this many rounds in a row without an acceptance."
    )
    minibatch: int = Field(
        default=32, ge=1, description="Maximum number of train tasks run before each critique."
    )
    evidence: int = Field(
        default=24, ge=1, description="Maximum number of rollouts shown to the optimizer."
    )
    trials: int = Field(default=1, ge=1, description="Runs of each train task per version.")
    proposer: Learner = Field(
        default="critique",
        description="Who proposes: `critique`, from criticized failures; or a baseline: `imitate`, "
        "right answers as examples; `rewrite`, the whole body at once.",
    )
    shrink: bool = Field(
        default=False,
        description="Only delete, as long as the skill is shown to lose less than `no_worse_than` "
        "points (5 if unset) in all.",
    )
    shrink_every: int | None = Field(
        default=None,
        ge=1,
        description="Let every round of this number, and those with nothing to fix, delete or "
        "merge rules, as `shrink` does, as long as less than `no_worse_than` points are lost.",
    )
    drift_every: int | None = Field(
        default=None,
        ge=1,
        description="Run the head again after this many acceptances; go back if its gain is gone.",
    )
    report_second_attempts: bool = Field(
        default=False,
        description="At the end, ask the first version and the last for second attempts on the "
        "validation tasks, and report repairs and breakages; nothing is decided by them.",
    )
    curriculum: bool = Field(
        default=True,
        description="Run the train tasks that are likely to teach first, and only until there are "
        "enough failures to propose from, where the validation split is small.",
    )
    reopen_sealed: bool = Field(
        default=False,
        description="Allow certification on test tasks an earlier run has used (recorded in the "
        "ledger).",
    )
    approve: bool = Field(
        default=False,
        description="Let what the gate accepts wait for a person's decision: `skillopt approvals`.",
    )
    seed: int = Field(default=0, ge=0, description="Random seed.")
    gate: GateKind | None = Field(
        default=None,
        description="Which gate decides; by default `balanced` for `tune`, and `race` for a single "
        "edit.",
    )
    alpha: float = Field(
        default=0.10,
        gt=0,
        lt=1,
        description="Significance level of `race`, `exact` and the placebo's test.",
    )
    passes: int = Field(
        default=2, ge=1, le=10, description="Maximum number of passes over the validation tasks."
    )
    max_missing: float = Field(
        default=0.10,
        ge=0,
        lt=1,
        description="Share of tasks without a result above which the verdict is inconclusive.",
    )
    no_worse_than: float | None = Field(
        default=None,
        gt=0,
        le=100,
        description="Accept a single edit, or a deletion of `shrink` and `shrink_every`, if it is "
        "shown to lose less than this many points; with `race` or `exact`.",
    )
    judge_attempt: Attempt = Field(
        default="first",
        description="Which answers the gate and the sealed test of `tune` compare: `first`, or "
        "`second`, given after a neutral request to check the first.",
    )
    placebo: bool = Field(
        default=False,
        description="Accept only what also beats the same edit with words that say nothing.",
    )
    guard_skill_chars: int | None = Field(
        default=None,
        ge=0,
        description="Characters by which the skill may grow over a run; no limit if unset.",
    )
    guard_cost: float | None = Field(
        default=None,
        ge=0,
        description="Share by which the cost per task may grow against the first version.",
    )
    guard_latency: float | None = Field(
        default=None,
        ge=0,
        description="Share by which the time per task may grow against the first version.",
    )
    guard_calibration: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="By how much the Brier score of the target's stated confidence may rise "
        "against the first version; each acceptance takes self-checks of both.",
    )
    guard_consistency: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="By how much the share of wrapped tasks with another verdict may rise against "
        "the first version; each acceptance takes a wrapped run of both.",
    )
    schedule: Schedule = Field(
        default="adaptive", description="How the edit budget changes over the run."
    )
    max_edits: int = Field(default=4, ge=1, description="Maximum number of edits in one proposal.")
    min_edits: int = Field(
        default=1, ge=1, description="Number of edits at which the schedule ends."
    )
    max_changed_chars: int = Field(
        default=1200, ge=1, description="Maximum number of characters a proposal removes plus adds."
    )
    min_changed_chars: int = Field(
        default=300, ge=1, description="Number of characters at which the schedule ends."
    )
    max_skill_chars: int | None = Field(
        default=None,
        ge=1,
        description="Maximum size of the skill, in characters; by default 20000, or 1.25 times the "
        "size it starts with where that is more.",
    )
    max_files: int = Field(
        default=MOST_FILES,
        ge=1,
        description="Maximum number of files in the skill's folder; one with more gets no new one.",
    )
    edits: tuple[str, ...] = Field(
        default=(),
        description="Text files in the skill's folder that edits may change, by pattern, besides "
        "`SKILL.md`, Markdown and plain text: `scripts/*.py`.",
    )
    tune_description: bool = Field(
        default=False,
        description="Edits may change the front matter's `description`, which decides when a "
        "client loads the skill.",
    )
    calibrated_budget: bool = Field(
        default=False,
        description="With the `adaptive` schedule: widen or narrow the edit budget by how well the "
        "optimizer's predicted gains came true.",
    )
    conditioning: bool = Field(
        default=True,
        description="Screen proposals against earlier refusals, and show those to the optimizer.",
    )
    likeness: float = Field(
        default=DEFAULT_SIMILARITY,
        gt=0,
        le=1,
        description="Similarity (0-1) at which a proposal counts as a rephrased rejected one.",
    )
    siblings: tuple[str, ...] = Field(
        default=(),
        description="Other skills, by name or path, whose accepted and refused proposals are shown "
        "to the optimizer.",
    )
    recall: bool = Field(
        default=True,
        description="Reuse critiques of rollouts that are shown again, and show the optimizer "
        "earlier critiques of similar failures.",
    )
    train_check: bool | None = Field(
        default=None,
        description="Run rejected candidates on the train tasks shown, to record what they fixed "
        "and broke; by default on a few of them, if the target is deterministic.",
    )
    reopen: bool = Field(
        default=True,
        description="Test a rejected proposal again once the skill has changed and there is a "
        "reason to; each earlier rejection halves the threshold.",
    )
    leak_screen: LeakPolicy | None = Field(
        default=None,
        description="Refuse proposals that carry text of single tasks or the mechanics of checks: "
        "`strict` (the default) for all tasks, `heldout` (the default with `--proposer imitate`) "
        "for validation and test tasks only, `off`.",
    )
    content: dict[Kind, Action] = Field(
        default_factory=dict,
        description="What happens to a proposal that adds content of a kind, such as `urls=warn`: "
        "`refuse`, `hold` for a person, `warn` or `allow`; docs/content-policy.md has the kinds.",
    )
    content_hosts: tuple[str, ...] = Field(
        default=(), description="Host that proposals may name, with its subdomains."
    )
    lessons: bool = Field(
        default=True,
        description="Run rejected candidates on train tasks that share words with the edit, and "
        "show the optimizer what they broke.",
    )
    warm_start: bool = Field(
        default=True,
        description="Take up what earlier runs accepted for this version of the skill before the "
        "optimizer is asked.",
    )
    rehearse: bool | None = Field(
        default=None,
        description="Run each proposal on train tasks it was not shown, and have it revised for "
        "what it broke, before the gate tests it; by default if the target is deterministic.",
    )
    near_misses: bool = Field(
        default=False,
        description="Where the optimizer has nothing new, continue the contest of the best "
        "inconclusive proposal, or one rejected while ahead, with one more pass over the tasks.",
    )
    ablate: bool = Field(
        default=False,
        description="Test each edit of a rejected proposal alone.",
    )
    collapse_monitor: bool = Field(
        default=False,
        description="Where the last refused proposals were all of one kind, make the next one "
        "leave it: another section, an earlier version, or a deletion.",
    )
    candidates: int = Field(
        default=1,
        ge=1,
        le=MOST_CANDIDATES,
        description="Number of proposals in a round, each from another angle; the best of them on "
        "train tasks is tested.",
    )
    prefer: Prefer = Field(
        default="score",
        description="What decides among versions and candidates whose scores tie: "
        "`shorter` skills, or `cheaper` answers.",
    )
    compare_answers: bool = Field(
        default=False,
        description="With several candidates and a judge: where scores tie or the judge grades, it "
        "compares their answers, blinded and in both orders.",
    )
    max_calls: int | None = Field(default=None, ge=0, description="Spend limit: calls to models.")
    max_tokens: int | None = Field(
        default=None, ge=0, description="Spend limit: prompt and completion tokens."
    )
    max_cost: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Spend limit: US dollars."
    )
    max_calls_per_minute: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="Rate limit: calls that may begin in a minute, of all roles and workers.",
    )
    health_check: bool = Field(
        default=True,
        description="Call each model once before a run spends more; practice models are not "
        "called.",
    )
    concurrency: int = Field(default=8, ge=1, le=1024, description="Number of concurrent rollouts.")
    timeout: float = Field(
        default=120.0, gt=0, allow_inf_nan=False, description="Timeout of one call, in seconds."
    )
    max_attempts: int = Field(
        default=5, ge=1, le=20, description="Maximum attempts per call (retryable errors only)."
    )
    ledger: str | None = Field(
        default=None, description="Path or URL of the ledger; default .skillopt/ledger.db."
    )

    @property
    def leak_policy(self) -> LeakPolicy:
        """What may not leak; train examples are what imitation copies."""
        return self.leak_screen or ("heldout" if self.who_proposes == "imitate" else "strict")

    @property
    def content_policy(self) -> ContentPolicy:
        """What may not enter the skill."""
        return ContentPolicy(actions=self.content, hosts=self.content_hosts)

    @property
    def who_proposes(self) -> ProposerKind:
        """Who proposes in a tuning run."""
        return "shrink" if self.shrink else self.proposer

    def check_gains(self) -> None:
        """Refuse a margin where gains are looked for.

        Raises:
            SettingsError: `no_worse_than` is set.
        """
        if self.no_worse_than is not None and not (self.shrink or self.shrink_every):
            raise SettingsError(
                f"no_worse_than is {self.no_worse_than:g}; it is for a single edit (`skillopt "
                "gate`, `skillopt ledger retry`) or for `skillopt tune` with --shrink or "
                "--shrink-every, since the small "
                "losses that it allows would add up over a search; take it out of the settings, "
                "and pass --no-worse-than there"
            )

    def for_single_edit(self) -> Settings:
        """The same, where a single edit is decided on."""
        alone = {"shrink": False, "shrink_every": None, "judge_attempt": "first"}
        return self.model_copy(update={"gate": self.gate or SINGLE_GATE, **alone})

    def limits(self) -> SpendLimits:
        """The hard limits of spend."""
        return SpendLimits(
            max_calls=self.max_calls, max_tokens=self.max_tokens, max_cost=self.max_cost
        )
