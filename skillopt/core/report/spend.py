"""What a run has paid, by role and purpose, against its limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.figures import money
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.report.facts import RunFacts
from skillopt.core.report.values import Spend, SpendRow

_PURPOSES = {
    "criticize": "critiques of failures",
    "propose": "proposals",
    "rehearse": "revisions after a rehearsal",
    "repair": "repairs of proposals",
    "repair_critiques": "repairs of critiques",
    "compare": "comparing answers",
}


def spend_of(facts: RunFacts) -> Spend:
    """The account of a run; its rows sum to all that is on record."""
    sums: dict[tuple[str, str], Usage] = defaultdict(Usage)
    for role, purpose, usage in (*_rollouts(facts), *_replies(facts)):
        sums[role, purpose] += usage
    return Spend(
        rows=tuple(
            SpendRow(role=role, purpose=purpose, usage=usage)
            for (role, purpose), usage in sums.items()
        ),
        total=facts.usage,
        limits=tuple(_limits(facts.record.limits or SpendLimits(), facts.usage)),
    )


def _rollouts(facts: RunFacts) -> Iterator[tuple[str, str, Usage]]:
    """Answers, and the judge's grades of them, which the ledger keeps as one."""
    role = "target and judge" if facts.record.judge else "target"
    opened = set(facts.record.opened)
    tested = {
        task
        for round_ in facts.rounds
        if (verdict := round_.decision.verdict) is not None
        for task in verdict.book
    }
    other = "train tasks" if tested else "tasks"
    sums: dict[str, Usage] = defaultdict(Usage)
    for task in facts.tasks:
        sealed, validation = task.digest in opened, task.task in tested
        purpose = "sealed test" if sealed else "validation tasks" if validation else other
        sums[purpose] += task.usage
    for purpose in ("train tasks", "tasks", "validation tasks", "sealed test"):
        if purpose in sums:
            yield role, purpose, sums[purpose]


def _replies(facts: RunFacts) -> Iterator[tuple[str, str, Usage]]:
    for reply in facts.replies:
        if reply.step.startswith("health/"):
            yield reply.step.removeprefix("health/"), "health check", reply.usage
        else:
            role = "judge" if reply.step == "compare" else "optimizer"
            yield role, _PURPOSES.get(reply.step, reply.step.replace("_", " ")), reply.usage


def _limits(limits: SpendLimits, spent: Usage) -> Iterator[tuple[str, str, float, float]]:
    if limits.max_calls is not None:
        said = f"{spent.calls:,} of {limits.max_calls:,} calls"
        yield "calls", said, spent.calls, limits.max_calls
    if limits.max_tokens is not None:
        said = f"{spent.tokens:,} of {limits.max_tokens:,} tokens"
        yield "tokens", said, spent.tokens, limits.max_tokens
    if limits.max_cost is not None:
        said = f"{money(spent.cost)} of {money(limits.max_cost)}"
        yield "cost", said, spent.cost or 0.0, limits.max_cost
