"""What the verbs need of the world: a few small protocols."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel

from skillopt.core.checks import CheckResult
from skillopt.core.refusal import Refusal
from skillopt.core.rollout import Answer, Graded, Missing, RolloutKey, Usage
from skillopt.core.run import Exchange, Round, RunRecord
from skillopt.core.skill import Skill
from skillopt.core.task import Message, Task


class Target(Protocol):
    """The agent whose skill is tuned."""

    @property
    def identity(self) -> str:
        """Digest of everything that shapes its answers: model, parameters, prompt."""
        ...

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """Answer one task from a fresh context.

        Raises:
            CallFailed: the provider failed; the rollout is missing.
            TargetError: the target itself failed; the rollout scores 0.
            RunStopped: no call can succeed.
            SpendExhausted: a limit leaves no room for the call.
        """
        ...


class Optimizer(Protocol):
    """The model that criticizes and proposes."""

    @property
    def identity(self) -> str:
        """Digest of model and parameters."""
        ...

    async def reply(
        self, messages: Sequence[Message], *, shape: type[BaseModel]
    ) -> tuple[str, Usage]:
        """One reply, asked for in the shape's JSON schema where the provider has structured output."""
        ...


class Judge(Protocol):
    """The model that grades rubrics."""

    @property
    def identity(self) -> str:
        """Digest of model and parameters."""
        ...

    async def grade(
        self, task: Task, answer: str, criteria: Sequence[str]
    ) -> tuple[tuple[CheckResult, ...], Usage]:
        """One result per criterion."""
        ...


class RolloutStore(Protocol):
    """Rollouts by content, so that none is paid twice."""

    async def rollouts(self, keys: Sequence[RolloutKey]) -> dict[RolloutKey, Graded]:
        """Those of ``keys`` that are there."""
        ...

    async def add_rollout(self, run: str, rollout: Graded | Missing) -> None:
        """Returns once it is durable; the same key again changes nothing."""
        ...


class Ledger(RolloutStore, Protocol):
    """The record of a run; every method is durable when it returns, and adding twice changes nothing."""

    async def unfinished_run(self, fingerprint: str) -> RunRecord | None:
        """The newest run of that fingerprint that has no end."""
        ...

    async def start_run(self, run: RunRecord, skill: Skill) -> None:
        """Enter a run and the first version of its skill."""
        ...

    async def rounds(self, run: str) -> tuple[Round, ...]:
        """The decided rounds, in order."""
        ...

    async def add_round(self, round_: Round, skill: Skill | None) -> None:
        """Enter a decided round, with the candidate's text where there is one, in one transaction."""
        ...

    async def exchange(self, run: str, key: str) -> Exchange | None:
        """A reply that was already paid."""
        ...

    async def add_exchange(self, exchange: Exchange) -> None:
        """Enter a reply of the optimizer."""
        ...

    async def refusals(self, skill_name: str) -> tuple[Refusal, ...]:
        """Every refused proposal for the skill, of all runs, oldest first."""
        ...

    async def skill(self, digest: str) -> Skill | None:
        """A version by digest."""
        ...

    async def finish_run(self, run: RunRecord) -> None:
        """Enter a run's end."""
        ...
