"""Everything one run needs, wired once at the top and handed down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.skill.skill import Skill
from skillopt.errors import LedgerError
from skillopt.ports import CheckRunner, Ledger, Model, Target


@dataclass(frozen=True)
class Grader:
    """What grading needs of the world."""

    runner: CheckRunner
    judge: Model | None = None
    """None where no task has a rubric."""
    criteria: Mapping[str, str] = field(default_factory=dict)
    """The validation set's criteria, which rubrics refer to by name."""


@dataclass(frozen=True)
class RunContext:
    """A run's settings and its doors to the world."""

    run: str
    """The run's id in the ledger."""
    first: Skill
    """The version the run starts from."""
    skill_name: str
    """Under which the ledger keeps the skill's record."""
    validation_set: ValidationSet
    settings: LoopSettings
    target: Target
    optimizer: Model
    grader: Grader
    ledger: Ledger
    concurrency: int
    """Rollouts under way at once."""
    clock: Callable[[], float]
    """Seconds that only grow; for measuring."""
    emit: Callable[[Event], None]
    """Told of everything that happens, as it happens."""
    fact: str
    """Digest of target, validation set and gate policy: what a refusal is a fact about."""
    target_identity: str
    """Digest of the target's identity, and the judge's where a rubric asks one."""
    deterministic: bool
    """The target answers alike every time."""

    async def version(self, digest: str) -> Skill:
        """The text of a version.

        Raises:
            LedgerError: the ledger does not have it.
        """
        if digest == self.first.digest:
            return self.first
        found = await self.ledger.skill(digest)
        if found is None:
            raise LedgerError(f"the ledger has no skill version {digest[:12]}; run its `verify`")
        return found
