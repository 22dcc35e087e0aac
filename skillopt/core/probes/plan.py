"""Which probes are run, and how many rollouts they take."""

from __future__ import annotations

from pydantic import Field, model_validator

from skillopt.core.evaluation.variants import KINDS, MOST, VariantKind
from skillopt.core.value import Value

RUNS = 3
"""Runs of each task for agreement, where nothing else is said."""


class ProbePlan(Value):
    """The probes of one report; with none named, all of them."""

    second_attempts: bool = False
    """Ask again, with the first answer and a neutral request to check it."""
    self_check: bool = False
    """Ask for a confidence after the answer."""
    variants: int = Field(default=0, ge=0, le=MOST)
    """Wrapped variants of each task."""
    kinds: tuple[VariantKind, ...] = Field(default=KINDS, min_length=1)
    """Of the variants, in turn."""
    agreement: int = Field(default=0, ge=0, le=100)
    """Plain runs of each task, to see whether they agree: 0, or 2 at least."""

    @model_validator(mode="after")
    def _one_run_cannot_agree(self) -> ProbePlan:
        if self.agreement == 1:
            raise ValueError("agreement is 1; it takes 2 runs of a task to agree, or 0 for none")
        return self

    @property
    def complete(self) -> ProbePlan:
        """The same, with every probe where none is named."""
        if self.second_attempts or self.self_check or self.variants or self.agreement:
            return self
        named = {"second_attempts": True, "self_check": True, "agreement": RUNS}
        return self.model_copy(update={**named, "variants": min(len(self.kinds), MOST)})

    def plain_runs(self, trials: int) -> int:
        """Plain runs of each task, where ``trials`` are wanted anyway."""
        return max(trials, self.agreement)

    def rollouts(self, tasks: int, *, trials: int) -> dict[str, int]:
        """The most rollouts of one version, by what they are for."""
        each = {
            "plain": self.plain_runs(trials),
            "second attempts": trials * self.second_attempts,
            "self-checks": trials * self.self_check,
            "variants": trials * self.variants,
        }
        return {name: tasks * runs for name, runs in each.items() if runs}
