"""What the verbs need of the world: a few small protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from pydantic import BaseModel

from skillopt.core.evaluation.answer_faults import AnswerFault
from skillopt.core.evaluation.checks import CheckResult, Command, File, Python
from skillopt.core.evaluation.produced import Produced
from skillopt.core.evaluation.rollout import Answer, Graded, Missing, Reply, RolloutKey, Usage
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.history.recall import Recall, Tally
from skillopt.core.history.run import Exchange, Round, RunRecord
from skillopt.core.history.sealed_openings import Opened
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.refusal import Ablation, Refusal
from skillopt.core.skill.skill import Skill


class Target(Protocol):
    """The agent whose skill is tuned."""

    @property
    def identity(self) -> str:
        """Digest of everything that shapes its answers: model, parameters, prompt."""
        ...

    @property
    def deterministic(self) -> bool:
        """The same task and skill always get the same answer: nothing is run twice."""
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


@runtime_checkable
class WorksInFolder(Protocol):
    """A target that leaves a workspace for the checks to look at."""

    async def release(self, answer: Answer) -> None:
        """The checks are done with the answer's workspace."""
        ...


class Model(Protocol):
    """A model that replies to messages: the optimizer's and the judge's seat."""

    @property
    def identity(self) -> str:
        """Digest of model and parameters."""
        ...

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        """One reply, asked for in ``shape``'s JSON schema where structured output is to be had.

        The text is what the model said; parsing it is the caller's part.

        Raises:
            CallFailed: the provider failed, retries included.
            RunStopped: no call can succeed.
            SpendExhausted: a limit leaves no room for the call.
        """
        ...


class Endpoint(Protocol):
    """What is known of the endpoint behind a role."""

    @property
    def refused(self) -> dict[str, str | None]:
        """Parameters it refuses, and what is sent instead; None where one is left out."""
        ...

    def recall(self, refused: Mapping[str, str | None]) -> None:
        """Start from what was found out before."""
        ...


class CheckRunner(Protocol):
    """Runs the checks that touch the world: Python callables, commands, files."""

    async def run(
        self, check: Python | Command | File, answer: str, task: Task, *, produced: Produced
    ) -> CheckResult:
        """The check's result.

        Args:
            check: the check.
            answer: the answer's text.
            task: whose answer it is.
            produced: what the target has left beside it: commands run in its workspace.

        Raises:
            CallFailed: the checker itself crashed or timed out: missing data, not a failed answer.
        """
        ...


class Meter(Protocol):
    """Counts what is spent and holds it under the limits."""

    @property
    def used(self) -> Usage:
        """Spent so far, by this run, in this process and before it."""
        ...

    @property
    def limited(self) -> bool:
        """There is a limit at all."""
        ...

    def resume(self, spent: Usage) -> None:
        """Start from what an interrupted run has spent."""
        ...

    def set_aside(self, reserve: Usage) -> None:
        """Keep room for ``reserve`` under the limits until it is released."""
        ...

    def release(self) -> None:
        """Give up what was set aside."""
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
    """The record of runs: durable when a method returns; adding the same twice changes nothing."""

    async def unfinished_run(self, fingerprint: str) -> RunRecord | None:
        """The newest run of that fingerprint that is still pending."""
        ...

    async def hold(self, fingerprint: str) -> None:
        """Work on runs of that fingerprint alone, until it is released or the process dies.

        Raises:
            RunHeld: somebody else does.
        """
        ...

    async def release(self, fingerprint: str) -> None:
        """Let others work on them; nothing where it is not held here."""
        ...

    async def start_run(self, run: RunRecord, skill: Skill) -> None:
        """Enter a run and the first version of its skill."""
        ...

    async def rounds(self, run: str) -> tuple[Round, ...]:
        """The decided rounds, in order."""
        ...

    async def newest_rounds(self, skill_id: str, *, most: int) -> tuple[Round, ...]:
        """The newest ``most`` decided rounds of a skill, of all runs, oldest first.

        The time does not grow with the ledger.
        """
        ...

    async def optimizer_rounds(self, run: str, *, most: int) -> tuple[Round, ...]:
        """The newest ``most`` rounds of the run's skill in which its optimizer proposed.

        They come oldest first, those of earlier runs with the same optimizer included.
        """
        ...

    async def add_round(self, round_: Round, skill: Skill | None) -> None:
        """Enter a decided round, and the candidate's text if there is one, in one transaction."""
        ...

    async def waiting(self, run: str, number: int) -> Waiting | None:
        """What waits for a person, or was decided on by one, in this round; None for nothing."""
        ...

    async def add_waiting(self, round_: Round, skill: Skill) -> None:
        """Enter a round that waits for a person, and its candidate's text."""
        ...

    async def exchange(self, run: str, key: str) -> Exchange | None:
        """A reply that was already paid."""
        ...

    async def add_exchange(self, exchange: Exchange) -> None:
        """Enter a reply of the optimizer."""
        ...

    async def refusals(self, skill: str) -> tuple[Refusal, ...]:
        """Every refused proposal for a skill, by its id or name, of all runs, oldest first."""
        ...

    async def accepted(
        self, skill_ids: Sequence[str], *, parent: str | None = None, most: int
    ) -> tuple[Round, ...]:
        """The ``most`` newest accepted rounds of these skills, of all runs, oldest first.

        Args:
            skill_ids: the skills.
            parent: digest of the version they were accepted on; None for any.
            most: bound on the result.
        """
        ...

    async def recalled(self, asked: Recall) -> tuple[Refusal, ...]:
        """The refusals filed under most of the keys that are asked for, each once, oldest first.

        The time does not grow with the ledger.
        """
        ...

    async def tallies(self, skill_ids: Sequence[str], *, most: int) -> tuple[Tally, ...]:
        """How often what was refused: the totals, and the ``most`` frequent ideas of a skill."""
        ...

    async def add_ablation(self, ablation: Ablation) -> None:
        """Enter how the edits of a refused round fare alone; the same again changes nothing."""
        ...

    async def usage(self, run: str) -> Usage:
        """What the run has paid so far: its rollouts, missing ones included, and exchanges."""
        ...

    async def answer_faults(self, run: str, keys: Sequence[str]) -> dict[str, AnswerFault | None]:
        """What is wrong with the answers that the run has paid for, and with those of ``keys``.

        By the digest of the rollout's key; None where nothing is wrong. An answer counts before a
        missing one; what is not stored, or pruned, is left out.
        """
        ...

    async def skill(self, digest: str) -> Skill | None:
        """A version by digest."""
        ...

    async def finish_run(self, run: RunRecord) -> None:
        """Enter a run's end, or that it opens the sealed test; the latest entry of a run holds."""
        ...

    async def last_run(self, fingerprint: str) -> RunRecord | None:
        """The newest run of that fingerprint that has ended."""
        ...

    async def skills_named(self, given: Sequence[str]) -> tuple[str, ...]:
        """The ids of the skills that these names, paths or ids stand for; each once.

        What the ledger has no run of stands for itself.
        """
        ...

    async def openings(self, skill_id: str) -> tuple[Opened, ...]:
        """The runs that have looked at sealed tasks of the skill, oldest first."""
        ...

    async def head(self, skill_id: str, path: str) -> str | None:
        """Digest of the version that runs last left in a skill file; None before the first."""
        ...

    async def move_head(
        self, skill_name: str, path: str, *, expected_parent: str, new: str, run: str
    ) -> None:
        """Make ``new`` the head of a skill file; called before the file is written.

        Raises:
            HeadMoved: since ``run`` began, another run has made a version other than
                ``expected_parent`` the head. The file is not to be written then.
        """
        ...
