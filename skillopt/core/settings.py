"""Everything a user can set, flat, with the sentence that the help pages show for it.

The same names are flags (`--max-calls`), keys of `skillopt.toml` or `[tool.skillopt]`
(`max_calls`), keys under `settings:` in a validation set's header, and arguments of
:func:`skillopt.tune`. Flags win over files, files over the header.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import Field, JsonValue, ValidationError

from skillopt.core.gate.contest import GateKind, GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.loop_settings import Conditioning, LoopSettings, SpendLimits
from skillopt.core.proposals.proposer import ProposerKind
from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.skill.edit_budget import BudgetPlan, Schedule
from skillopt.core.skill.similarity import DEFAULT_SIMILARITY
from skillopt.core.value import Value
from skillopt.errors import SettingsError

PRACTICE = {"target": "practice/reader", "optimizer": "practice/mentor", "judge": "practice/judge"}
"""What `--practice` chooses: skillopt's own offline models."""

SEARCH_GATE: GateKind = "balanced"
"""Decides in a search: what counts is what the whole run gains, costs and gets wrong."""
SINGLE_GATE: GateKind = "race"
"""Decides on a single edit: what counts is how often it is wrong this once."""

_LONGEST_SHOWN = 200


def names_practice_model(model: str | None) -> bool:
    """Whether a model string names one of skillopt's own offline models."""
    return (model or "").startswith("practice/")


class Settings(Value):
    """A run's settings."""

    target: str | None = Field(default=None, description="Model that follows the skill.")
    target_command: str | None = Field(
        default=None,
        description="Command that follows the skill instead: reads a JSON object on standard "
        "input, writes its answer.",
    )
    target_identity: str | None = Field(
        default=None,
        description="Name of the target command and its version in the ledger: change it when its "
        "answers do. By default the command and its files are its identity.",
    )
    optimizer: str | None = Field(
        default=None, description="Model that criticizes and proposes edits."
    )
    judge: str | None = Field(default=None, description="Model that grades rubric checks.")
    practice: bool = Field(
        default=False, description="Use the offline practice models for roles without a model."
    )
    target_template: str | None = Field(
        default=None,
        description="The target's prompt in place of skillopt's own: text with {skill} and {task} "
        "in their places.",
    )
    target_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the target's calls."
    )
    optimizer_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the optimizer's calls."
    )
    judge_params: dict[str, JsonValue] = Field(
        default_factory=dict, description="Parameter of the judge's calls."
    )
    api_base: str | None = Field(
        default=None,
        description="Base URL of an OpenAI-compatible endpoint, for every role without one of its "
        "own.",
    )
    target_api_base: str | None = Field(
        default=None,
        description="Base URL of the target's endpoint; empty for the provider's own.",
    )
    optimizer_api_base: str | None = Field(
        default=None,
        description="Base URL of the optimizer's endpoint; empty for the provider's own.",
    )
    judge_api_base: str | None = Field(
        default=None,
        description="Base URL of the judge's endpoint; empty for the provider's own.",
    )
    drop_params: tuple[str, ...] = Field(
        default=(), description="Parameter that is never sent to an endpoint, such as `seed`."
    )
    force_params: tuple[str, ...] = Field(
        default=(),
        description="Parameter that is always sent, even if LiteLLM says that the model does not "
        "take it; an endpoint that refuses it stops the run.",
    )
    allow_self_judging: bool = Field(
        default=False, description="Allow the target to judge itself; every verdict then says so."
    )
    deterministic: bool | None = Field(
        default=None,
        description="Treat the target as deterministic (set automatically for practice models).",
    )
    rounds: int = Field(
        default=12, ge=0, description="Maximum number of rounds (one proposal each)."
    )
    patience: int = Field(
        default=6, ge=1, description="Stop after this many rounds in a row without an acceptance."
    )
    minibatch: int = Field(default=32, ge=1, description="Train tasks run before each critique.")
    evidence: int = Field(
        default=24, ge=1, description="Maximum number of rollouts shown to the optimizer."
    )
    trials: int = Field(default=1, ge=1, description="Runs of each train task per version.")
    proposer: ProposerKind = Field(
        default="critique",
        description="Who proposes: `critique`, small edits from criticized failures; or a "
        "baseline: `imitate`, right answers copied as examples; `rewrite`, the whole body at once.",
    )
    reopen_sealed: bool = Field(
        default=False,
        description="Allow certification on test tasks an earlier run has used (recorded in the "
        "ledger).",
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
        description="Significance level of `race` and `exact`.",
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
        description="Accept a single edit if it is shown to lose less than this many points, "
        "for rewordings; with `race` or `exact`.",
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
        description="Other skills, by name or path, whose refusals are shown to the optimizer.",
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
    ablate: bool = Field(
        default=False,
        description="Test each edit of a rejected proposal alone.",
    )
    max_calls: int | None = Field(default=None, ge=0, description="Spend limit: calls to models.")
    max_tokens: int | None = Field(
        default=None, ge=0, description="Spend limit: prompt and completion tokens."
    )
    max_cost: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="Spend limit: US dollars."
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

    def loop(self) -> LoopSettings:
        """What shapes the loop's decisions.

        Raises:
            SettingsError: a floor lies above its ceiling, or the gate cannot test a margin.
        """
        try:
            budget = self._budget()
            gate = self._policy()
        except ValidationError as error:
            raise SettingsError(str(error.errors()[0]["ctx"]["error"])) from None
        conditioning = Conditioning(
            enabled=self.conditioning,
            **{name: getattr(self, name) for name in Conditioning.model_fields if _has(name)},
        )
        own = ("rounds", "patience", "minibatch", "evidence", "trials", "proposer", "seed")
        plain: dict[str, Any] = {name: getattr(self, name) for name in own}
        plain["guards"] = Margins(
            skill_chars=self.guard_skill_chars, cost=self.guard_cost, latency=self.guard_latency
        )
        return LoopSettings(budget=budget, gate=gate, conditioning=conditioning, **plain)

    def _budget(self) -> BudgetPlan:
        named = {name: getattr(self, name) for name in BudgetPlan.model_fields if _has(name)}
        if self.max_skill_chars is None:
            del named["max_skill_chars"]
        return BudgetPlan(follows_skill=self.max_skill_chars is None, **named)

    def _policy(self) -> GatePolicy:
        default = SEARCH_GATE if self.no_worse_than is None else SINGLE_GATE
        return GatePolicy(
            kind=self.gate or default,
            alpha=self.alpha,
            passes=self.passes,
            max_missing=self.max_missing,
            no_worse_than=self.no_worse_than,
        )

    def check_gains(self) -> None:
        """Refuse a margin where gains are looked for.

        Raises:
            SettingsError: `no_worse_than` is set.
        """
        if self.no_worse_than is not None:
            raise SettingsError(
                f"no_worse_than is {self.no_worse_than:g}; it is for a single edit (`skillopt "
                "gate`, `skillopt ledger retry`), since the small losses that it allows would add "
                "up over a search; take it out of the settings, and pass --no-worse-than there"
            )

    def for_single_edit(self) -> Settings:
        """The same, where a single edit is decided on."""
        return self.model_copy(update={"gate": self.gate or SINGLE_GATE})

    def limits(self) -> SpendLimits:
        """The hard limits of spend."""
        return SpendLimits(
            max_calls=self.max_calls, max_tokens=self.max_tokens, max_cost=self.max_cost
        )

    def model(self, role: str) -> str | None:
        """The model string of a role: `target`, `optimizer` or `judge`."""
        named: str | None = getattr(self, role)
        return named or (PRACTICE[role] if self.practice else None)

    def base(self, role: str) -> str | None:
        """The base URL of a role's endpoint: its own, or the one for all roles.

        An empty one of its own is the provider's: a hosted optimizer beside a local target.
        """
        own: str | None = getattr(self, f"{role}_api_base")
        return (self.api_base if own is None else own) or None


_SEATS = ("target", "target_command")
"""The settings that say what the target is."""


def merged_settings(sources: Sequence[tuple[str, Mapping[str, Any]]]) -> Settings:
    """Settings from several places, the first one winning.

    Args:
        sources: where the values come from (for messages) and the values, strongest first.

    Raises:
        SettingsError: an unknown name or an impossible value; the message says where it stands.
    """
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    for place, given in sources:
        for name, value in given.items():
            if name not in Settings.model_fields:
                raise SettingsError(f"{place}: unknown setting {name!r}{_nearest(name)}")
            if name not in values and not _outdone(name, values, given):
                values[name], origin[name] = value, place
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        place = origin.get(name, "settings")
        shown = redacted(repr(redacted_content(first["input"])))[:_LONGEST_SHOWN]
        raise SettingsError(f"{place}: {name}: {first['msg']}, got {shown}") from None


def _outdone(name: str, values: Mapping[str, Any], beside: Mapping[str, Any]) -> bool:
    """A stronger place fills the target's seat with something else."""
    match name:
        case "target":
            return "target_command" in values and "target_command" not in beside
        case "target_command":
            return "target" in values and "target" not in beside
        case "target_identity":  # it names what this place has there
            return any(values.get(seat, beside.get(seat)) != beside.get(seat) for seat in _SEATS)
        case _:
            return False


def _has(name: str) -> bool:
    return name in Settings.model_fields


def _nearest(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    return f"; did you mean {close[0]!r}?" if close else "; see docs/command-line.md for the names"
