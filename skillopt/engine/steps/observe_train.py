"""See how the incumbent does on train tasks: the only evidence the optimizer ever gets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.history.run import Round
from skillopt.core.history.search import Search
from skillopt.core.history.task_records import task_records
from skillopt.core.proposals.curriculum import (
    FREE,
    Choice,
    Chosen,
    Curriculum,
    at_random,
    curriculum,
    next_batch,
    worth_a_minibatch,
)
from skillopt.core.proposals.sampling import evidence_sample, train_order
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.roll_out import roll_out, rollout_key


class Observed(NamedTuple):
    """What a round learns from."""

    shown: tuple[Graded, ...] = ()
    """The rollouts that the optimizer is shown; none of them failed means nothing to fix."""
    chosen: tuple[Chosen, ...] = ()
    """The tasks that were run, and why each was."""


async def observe_train(
    context: RunContext,
    search: Search,
    incumbent: Skill,
    *,
    earlier: Sequence[Round] = (),
    telling: Sequence[str] = (),
) -> Observed:
    """Run train tasks until there are failures enough to propose from.

    Runs that the incumbent already has are looked up and cost nothing.

    Args:
        context: the run.
        search: where it stands.
        incumbent: the version to run.
        earlier: decided rounds of the skill, oldest first.
        telling: ids of train tasks that tell how to repair what was refused; after a refusal they
            come first.
    """
    ran = await _ran(context, search, incumbent)
    plan = _plan(context, search, incumbent, earlier, telling, ran)
    runs: dict[str, list[Graded]] = {}
    done: list[Choice] = []
    while batch := next_batch(plan, {task: _passed(some) for task, some in runs.items()}):
        wishes = [(one.task, trial) for one in batch for trial in range(context.settings.trials)]
        runs |= {choice.task.id: [] for choice in batch}
        for rollout in await roll_out(context, incumbent, wishes):
            if isinstance(rollout, Graded):
                runs[rollout.task_id].append(rollout)
        done += batch
    fresh_first = sorted(done, key=lambda choice: choice.why in FREE)
    seen = [rollout for choice in fresh_first for rollout in runs[choice.task.id]]
    settings = context.settings
    shown = evidence_sample(seen, most=settings.evidence, first=telling, alike=plan.batch is None)
    chosen = tuple(_chosen(choice, runs[choice.task.id]) for choice in done)
    return Observed(shown, chosen)


def _plan(
    context: RunContext,
    search: Search,
    incumbent: Skill,
    earlier: Sequence[Round],
    telling: Sequence[str],
    ran: Collection[str],
) -> Curriculum:
    settings, train = context.settings, context.validation_set.split("train")
    number = len(search.past) + 1
    tested = len(context.validation_set.split("validation"))
    whole = worth_a_minibatch(tested=tested, size=settings.minibatch)
    if whole or search.stalled or not settings.curriculum:
        order = train_order(train, seed=settings.seed, number=number)
        told_first = tuple(
            sorted(order, key=lambda task: (task.id not in telling, task.id not in ran))
        )
        return at_random(told_first, size=settings.minibatch)
    return curriculum(
        train,
        task_records(_of_this_run(context, earlier), context=context.fact),
        version=incumbent.digest,
        tested=tested,
        shown=settings.evidence,
        most=settings.minibatch,
        seed=f"{settings.seed} {number}",
    )


async def _ran(context: RunContext, search: Search, incumbent: Skill) -> frozenset[str]:
    """Ids of train tasks that the incumbent was run on before the round, as a candidate."""
    tested = len(context.validation_set.split("validation"))
    rehearses = context.settings.rehearses(tested=tested, deterministic=context.deterministic)
    if search.stalled or not rehearses:
        return frozenset()
    train = context.validation_set.split("train")
    keys = {rollout_key(context, incumbent, task, 0): task.id for task in train}
    return frozenset(keys[key] for key in await context.ledger.rollouts(list(keys)))


def _of_this_run(context: RunContext, earlier: Sequence[Round]) -> list[Round]:
    """The record is the run's own, so that the same command again runs the same tasks for free."""
    return [round_ for round_ in earlier if round_.run == context.run]


def _passed(runs: Sequence[Graded]) -> bool | None:
    return all(rollout.passed for rollout in runs) if runs else None


def _chosen(choice: Choice, runs: Sequence[Graded]) -> Chosen:
    missed = (result.criterion for run in runs for result in run.results if result.score < 1)
    return Chosen(
        task=choice.task.id,
        why=choice.why,
        score=sum(run.score for run in runs) / len(runs) if runs else None,
        missed=tuple(sorted(set(missed))),
    )
