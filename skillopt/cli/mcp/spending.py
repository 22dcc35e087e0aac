"""Tools that spend: each states what it may take until its call approves that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from mcp.server.mcpserver import Context
from pydantic import Field

from skillopt.app.ci import in_ci
from skillopt.app.estimate import estimate_rollouts, estimate_run
from skillopt.app.evaluate import evaluate_skill, version_against
from skillopt.app.gate import check_edit, gate_edit
from skillopt.app.inputs import is_practice
from skillopt.app.job import Job, read_job
from skillopt.app.tune import tune_skill
from skillopt.cli.mcp.allowance import Allowance, Approve, Planned, limits
from skillopt.cli.mcp.answers import (
    EvaluateAnswer,
    Evaluated,
    GateAnswer,
    Gated,
    TuneAnswer,
    Tuned,
)
from skillopt.cli.mcp.apart import run_apart
from skillopt.cli.mcp.asking import Asking, SkillPath, TasksPath
from skillopt.cli.mcp.progress import reported
from skillopt.cli.mcp.root import Root
from skillopt.core.estimate import Estimate
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import GateKind
from skillopt.core.settings_groups import loop_settings
from skillopt.core.upper_bound import most_in_rounds

Done = TypeVar("Done")
Start = Callable[[Job], Coroutine[Any, Any, Done]]

Approval = Annotated[
    Approve | None,
    Field(
        description="Without it nothing is run: the answer says what the call may take and how to "
        'approve it, such as {"max_calls": 500, "max_cost": 0.5}.'
    ),
]
ModelName = Annotated[
    str | None, Field(description="A LiteLLM model string; by default the project's setting.")
]
Practice = Annotated[bool, Field(description="Offline practice models instead of language models.")]
Seed = Annotated[int | None, Field(ge=0)]


class SpendingTools:
    """The tools, for a root, a ledger and what may be spent."""

    def __init__(self, root: Root, asking: Asking, allowance: Allowance) -> None:
        self._root, self._asking, self._allowance = root, asking, allowance

    async def evaluate(  # noqa: PLR0913 - each is an argument of the tool
        self,
        context: Context[Any, Any],
        *,
        skill: SkillPath,
        against: Annotated[
            str | None,
            Field(description="Another version to compare with: a path, or `none` for no skill."),
        ] = None,
        split: Annotated[
            Literal["train", "validation"],
            Field(description="The sealed test split is left to the end of `tune`."),
        ] = "validation",
        tasks: TasksPath = None,
        target: ModelName = None,
        judge: ModelName = None,
        practice: Practice = False,
        trials: Annotated[int | None, Field(ge=1, le=20)] = None,
        seed: Seed = None,
        approve: Approval = None,
    ) -> EvaluateAnswer:
        """Score a skill on its tasks, with a 95 % interval; rollouts that are stored cost nothing.

        A difference inside the interval shows nothing.
        """
        given: dict[str, Any] = {"target": target, "judge": judge, "trials": trials, "seed": seed}
        job = await self._job(skill, tasks, practice=practice, given=given)
        other = against
        if against not in (None, "none"):
            other = str(self._root.path(str(against), name="against"))
        loop = loop_settings(job.inputs.settings)
        rollouts = len(job.inputs.validation_set.split(split)) * loop.trials
        made = estimate_rollouts(job.inputs, rollouts * (1 if other is None else 2))
        planned = Planned.of(made, what="the evaluation")
        if approve is None:
            # Nobody is asked to approve what cannot be run.
            await asyncio.to_thread(version_against, other)
            return EvaluateAnswer(approval_needed=planned.asked())
        done, spent = await self._run(
            context,
            job,
            approve,
            planned,
            made,
            lambda ready: evaluate_skill(ready, against=other, split=split),
        )
        return EvaluateAnswer(result=Evaluated.of(done, spent))

    async def gate(  # noqa: PLR0913 - each is an argument of the tool
        self,
        context: Context[Any, Any],
        *,
        old: Annotated[str, Field(description="The version in use: a path in the root folder.")],
        new: Annotated[str, Field(description="The edited version: a path in the root folder.")],
        no_worse_than: Annotated[
            float | None,
            Field(gt=0, lt=1, description="For rewordings: may lose less than this share of 1."),
        ] = None,
        gate: GateKind | None = None,
        tasks: TasksPath = None,
        target: ModelName = None,
        judge: ModelName = None,
        practice: Practice = False,
        seed: Seed = None,
        approve: Approval = None,
    ) -> GateAnswer:
        """Test an edited skill against the old version on the validation tasks. Writes no file.

        `inconclusive` is no acceptance: the tasks cannot decide it. The same edit is tested once;
        asking again does not give it another chance.
        """
        given: dict[str, Any] = {"target": target, "judge": judge, "seed": seed}
        given |= {"no_worse_than": no_worse_than, "gate": gate}
        job = await self._job(new, tasks, practice=practice, given=given)
        job = job.for_single_edit()
        before = self._root.path(old, name="old")
        made = _estimated_contest(job)
        planned = Planned.of(made, what="the test")
        if approve is None:
            await asyncio.to_thread(check_edit, job, before)
            return GateAnswer(approval_needed=planned.asked())
        done, spent = await self._run(
            context, job, approve, planned, made, lambda ready: gate_edit(ready, before)
        )
        return GateAnswer(result=Gated.of(done, spent))

    async def tune(  # noqa: PLR0913 - each is an argument of the tool
        self,
        context: Context[Any, Any],
        *,
        skill: SkillPath,
        tasks: TasksPath = None,
        rounds: Annotated[int | None, Field(ge=0, le=200)] = None,
        target: ModelName = None,
        optimizer: ModelName = None,
        judge: ModelName = None,
        practice: Practice = False,
        seed: Seed = None,
        approve: Approval = None,
    ) -> TuneAnswer:
        """Tune a skill: small edits that pass a held-out gate, then a sealed test of the result.

        The skill's file is written only where the approval has `"write": true` and the result
        ships. The same call again goes on with a run that was cancelled; what that run has spent
        counts within its limits. A run uses up the sealed test tasks.
        """
        given: dict[str, Any] = {"target": target, "optimizer": optimizer, "judge": judge}
        given |= {"rounds": rounds, "seed": seed}
        job = await self._job(skill, tasks, practice=practice, given=given, proposes=True)
        made = estimate_run(job.inputs)
        planned = Planned.of(made, what="the run")
        if approve is None:
            return TuneAnswer(approval_needed=planned.asked(writes=True))
        done, spent = await self._run(
            context,
            job,
            approve,
            planned,
            made,
            lambda ready: tune_skill(ready, write=approve.write),
        )
        return TuneAnswer(result=Tuned.of(done, spent))

    async def _job(
        self,
        skill: str,
        tasks: str | None,
        *,
        practice: bool,
        given: dict[str, Any],
        proposes: bool = False,
    ) -> Job:
        """A job for what an agent has named.

        Raises:
            InputError: a path is outside of the root, or something cannot be used.
        """
        path = self._asking.skill(skill)
        options: dict[str, Any] = self._asking.options(tasks, practice=practice)
        options |= {name: value for name, value in given.items() if value is not None}

        async def read() -> Job:
            return read_job(path, proposes=proposes, isolates=in_ci(), **options)

        job = await run_apart(read())
        folder = job.inputs.validation_set.folder
        if folder is not None:
            self._root.check(Path(folder), what=f"the folder of the tasks of {skill}")
        self._asking.check_ledger(job)
        return job

    async def _run(
        self,
        context: Context[Any, Any],
        job: Job,
        approve: Approve,
        planned: Planned,
        made: Estimate,
        start: Start[Done],
    ) -> tuple[Done, Usage]:
        """Run a use case within what is approved, with progress; what it gave, and what it paid."""
        held = limits(approve, job.inputs.settings, planned)
        settings = job.inputs.settings.model_copy(update=held)
        ready = replace(job, inputs=replace(job.inputs, settings=settings))
        async with reported(context, made.rollouts) as progress:
            with self._allowance.take(approve, progress.spent):
                done = await run_apart(start(ready.heard_by(progress.see)))
        return done, progress.spent.usage


def _estimated_contest(job: Job) -> Estimate:
    """At most: the old version's baseline, and a contest of one round with its guards."""
    inputs = job.inputs
    tasks, loop = inputs.validation_set, loop_settings(inputs.settings)
    once = loop.model_copy(update={"rounds": 1})
    steady = bool(inputs.settings.deterministic) or is_practice(inputs.settings)
    most = most_in_rounds(tasks, once, steady=steady)
    rollouts = len(tasks.split("validation")) + most.gate + most.guards
    return estimate_rollouts(inputs, rollouts)
