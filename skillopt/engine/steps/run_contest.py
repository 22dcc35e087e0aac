"""Hold a contest: the candidate against the incumbent on the validation tasks."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Contest, GateTask, Standing, Verdict, Wanted, advance
from skillopt.core.gate.guards import incumbents_book
from skillopt.core.history.near_miss import NearMiss
from skillopt.core.history.search import Search, moved
from skillopt.core.skill.skill import Skill
from skillopt.core.value import text_hash
from skillopt.engine.context import RunContext
from skillopt.engine.steps.check_guards import check_guards, refused_for_length
from skillopt.engine.steps.check_placebo import check_placebo
from skillopt.engine.steps.check_probes import check_probes
from skillopt.engine.steps.judged_attempts import judged_attempts, judged_contest


async def run_contest(
    context: RunContext,
    search: Search,
    *,
    incumbent: Skill,
    candidate: Skill,
    number: int,
    earlier_tests: int = 0,
    continues: NearMiss | None = None,
) -> Verdict:
    """The gate's verdict, after all the rollouts it asks for, each look as one concurrent batch.

    Where the gate accepts and a guard does not hold, the verdict is the guard's rejection; so it
    is with the placebo, where that was asked for.

    Args:
        context: the run.
        search: where it stands.
        incumbent: the version to beat.
        candidate: the version that wants to replace it.
        number: the round.
        earlier_tests: how often the same idea was rejected on earlier versions.
        continues: the near miss whose contest goes on.
    """
    contest = open_contest(context, search, number, earlier_tests=earlier_tests)
    contest = contest if continues is None else _continued(context, contest, continues)
    contest = await judged_contest(context, contest, incumbent)
    length, refused = refused_for_length(context, contest, candidate)
    if refused:
        return refused
    tasks = {task.id: task for task in context.validation_set.split("validation")}
    outcomes: dict[Wanted, float | None] = {}
    runs: list[Graded] = []
    while not isinstance(step := advance(contest, outcomes), Verdict):
        for arm, skill in (("candidate", candidate), ("incumbent", incumbent)):
            wanted = [want for want in step if want.arm == arm]
            wishes = [(tasks[want.task], want.trial) for want in wanted]
            judged = await judged_attempts(context, skill, wishes)
            for want, one in zip(wanted, judged, strict=True):
                outcomes[want] = one.score
            if arm == "candidate":
                runs += [one.plain for one in judged if isinstance(one.plain, Graded)]
    if context.settings.gate.no_worse_than is not None:
        step = step.model_copy(update={"book": incumbents_book(contest, outcomes)})
    held = await check_guards(
        context, step, contest=contest, outcomes=outcomes, runs=runs, length=length
    )
    held = await check_probes(
        context, held, contest=contest, outcomes=outcomes, candidate=candidate, runs=runs
    )
    return await check_placebo(
        context,
        held,
        contest=contest,
        outcomes=outcomes,
        incumbent=incumbent,
        candidate=candidate,
    )


async def run_rematch(
    context: RunContext, search: Search, *, candidate: Skill, verdict: Verdict, number: int
) -> Verdict | None:
    """On a branch: the gate's verdict on an accepted candidate against the version that was left.

    None elsewhere. The candidate's rollouts are those it has; so this costs little.

    Args:
        context: the run.
        search: where it stands, on a branch.
        candidate: accepted against the branch's incumbent.
        verdict: that acceptance; its memory goes on.
        number: the round.
    """
    if search.head is None or not verdict.accepted:
        return None
    on_branch = search.model_copy(update={"memory": verdict.memory})
    head = await context.version(search.head)
    return await run_contest(
        context, moved(on_branch, search.head), incumbent=head, candidate=candidate, number=number
    )


def open_contest(
    context: RunContext, search: Search, number: int, *, earlier_tests: int = 0
) -> Contest:
    """The contest of round ``number``; its task order comes from the run's seed and the round."""
    policy = context.settings.gate
    return Contest(
        tasks=gate_tasks(context.validation_set.split("validation"), search.book),
        book=search.book,
        next_trial=search.next_trial if policy.no_worse_than is None else search.trial_of_round,
        policy=policy,
        deterministic=context.deterministic,
        memory=search.memory,
        earlier_tests=earlier_tests,
        seed=_seed(context, number),
    )


def _continued(context: RunContext, contest: Contest, near: NearMiss) -> Contest:
    """The contest of a near miss, in its order of tasks, with one pass more."""
    return contest.model_copy(
        update={
            "continues": near.passes,
            "earlier_tests": contest.earlier_tests + near.tests,
            "seed": _seed(context, near.number),
        }
    )


def _seed(context: RunContext, number: int) -> int:
    return int(text_hash(f"gate {context.settings.seed} {number}")[:12], 16)


def gate_tasks(tasks: Sequence[Task], book: dict[str, Standing]) -> tuple[GateTask, ...]:
    """The tasks on which the incumbent has a record, as the gate sees them."""
    return tuple(
        GateTask(id=task.id, cluster=task.cluster, weight=task.weight, protected=task.protected)
        for task in tasks
        if task.id in book
    )
