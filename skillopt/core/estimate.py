"""What a run may cost, before a cent is spent."""

from __future__ import annotations

import math
from collections.abc import Callable

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value

CHARS_PER_TOKEN = 4
"""English text, for byte-pair tokenizers; an estimate, and called one."""
ANSWER_TOKENS = 300
"""Tokens assumed of one answer."""
RESERVE_MARGIN = 1.25
"""Tokens and cost of the sealed test against those of the baseline, at most."""
PROMPT_CHARS = 4000
"""Characters of the optimizer's prompts apart from skill and evidence."""


class RoleEstimate(Value):
    """One role's share."""

    role: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """US dollars; None where LiteLLM knows no price for the model."""


class Estimate(Value):
    """The most a run with these settings would use if every round came to the gate's last look."""

    rollouts: int
    roles: tuple[RoleEstimate, ...]
    unpriced: tuple[str, ...]
    """Models without a known price."""

    @property
    def cost(self) -> float | None:
        """The sum, where every price is known."""
        costs = [role.cost for role in self.roles]
        return None if None in costs else sum(cost or 0.0 for cost in costs)


Price = Callable[[str, int, int], float | None]
"""`price(role, prompt_tokens, completion_tokens)` in US dollars, None where unknown."""


def estimate(
    skill: Skill,
    validation_set: ValidationSet,
    settings: LoopSettings,
    *,
    models: dict[str, str],
    deterministic: bool,
    price: Price,
) -> Estimate:
    """The estimate for a run.

    Args:
        skill: the first version; later ones are assumed to be as long.
        validation_set: the tasks.
        settings: rounds, minibatch, gate.
        models: the model string by role.
        deterministic: whether the target is run once per task at the gate.
        price: what a role's tokens cost, by LiteLLM's list or the user's own price.
    """
    train, validation, test = (
        len(validation_set.split(name)) for name in ("train", "validation", "test")
    )
    passes = 1 if deterministic else settings.gate.passes
    shown = min(train, settings.minibatch) * settings.trials
    rollouts = validation + settings.rounds * (shown + validation * passes) + 2 * test
    mean_input = sum(len(task.text) for task in validation_set.tasks) / len(validation_set.tasks)
    task_tokens = round((len(skill.text) + mean_input) / CHARS_PER_TOKEN)
    evidence = settings.evidence * (mean_input + 4 * ANSWER_TOKENS)
    asked = round((len(skill.text) + PROMPT_CHARS + evidence) / CHARS_PER_TOKEN)
    calls = {
        "target": (rollouts, task_tokens),
        "optimizer": (2 * settings.rounds, asked),
        "judge": (rollouts, task_tokens),
    }
    roles = tuple(
        RoleEstimate(
            role=role,
            model=model,
            calls=calls[role][0],
            prompt_tokens=calls[role][0] * calls[role][1],
            completion_tokens=calls[role][0] * ANSWER_TOKENS,
            cost=price(role, calls[role][0] * calls[role][1], calls[role][0] * ANSWER_TOKENS),
        )
        for role, model in models.items()
    )
    unpriced = tuple(sorted({role.model for role in roles if role.cost is None}))
    return Estimate(rollouts=rollouts, roles=roles, unpriced=unpriced)


def sealed_reserve(used: Usage, tasks: ValidationSet) -> Usage:
    """What to keep under the limits for two runs of each test task.

    Args:
        used: by one run of each validation task, judge and retries included. The last version may
            be a longer skill, and the test tasks may be longer ones: tokens and cost get a margin.
        tasks: the validation set.
    """
    runs = 2 * len(tasks.split("test"))
    ratio = runs / max(1, len(tasks.split("validation")))
    return Usage(
        calls=max(runs, math.ceil(used.calls * ratio)),
        prompt_tokens=math.ceil(used.prompt_tokens * ratio * RESERVE_MARGIN),
        completion_tokens=math.ceil(used.completion_tokens * ratio * RESERVE_MARGIN),
        cost=None if used.cost is None else used.cost * ratio * RESERVE_MARGIN,
    )
