"""What a run may cost, before a cent is spent."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from pydantic import Field

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.upper_bound import most_compared, most_judged, most_requests, most_rollouts
from skillopt.core.value import Value

CHARS_PER_TOKEN = 4
"""English text, for byte-pair tokenizers; an estimate, and called one."""
ANSWER_TOKENS = 300
"""Tokens assumed of one answer."""
RESERVE_MARGIN = 1.25
"""Tokens and cost of the sealed test against those of the baseline, at most."""
FEWEST_CHARS, MOST_CHARS = 1.0, 8.0
"""Bounds on the characters of a token that a measured call is believed."""


class RoleEstimate(Value):
    """One role's share."""

    role: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """US dollars; None where LiteLLM knows no price for the model."""
    seconds: float | None = None
    """The calls' time, one after another; None where none was measured."""


class Estimate(Value):
    """What a run with these settings may use.

    Calls are the most that it makes, retries of failed ones apart. Tokens and cost are a guess: how
    long answers and the skill get is not known beforehand.
    """

    rollouts: int
    roles: tuple[RoleEstimate, ...]
    """With every request that a role may be sent back for."""
    unpriced: tuple[str, ...]
    """Models without a known price."""

    @property
    def cost(self) -> float | None:
        """The sum, where every price is known."""
        costs = [role.cost for role in self.roles]
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    @property
    def seconds(self) -> float | None:
        """The time of all calls that one was measured of, one after another."""
        measured = [role.seconds for role in self.roles if role.seconds is not None]
        return sum(measured) if measured else None


Price = Callable[[str, int, int], float | None]
"""`price(role, prompt_tokens, completion_tokens)` in US dollars, None where unknown."""


class Called(Value):
    """One call that was made, and what it used."""

    prompt_chars: int = Field(ge=1)
    """Characters of its prompt."""
    usage: Usage
    seconds: float | None = Field(default=None, ge=0)
    """From the request to the whole reply."""


class CallSize(Value):
    """What is known of a role's calls before they are made."""

    prompt_chars: float
    """Characters of a prompt, in the mean over tasks and rounds, apart from answers of the
    target."""
    answers: int = 0
    """Answers of the target that a prompt holds."""
    most_tokens: int | None = None
    """Tokens of a reply at most, where the params say so."""
    called: Called | None = None
    """A call of the role's that was measured."""

    def prompt_tokens(self, answer_tokens: int) -> int:
        """Tokens of a prompt; characters make tokens as they did in the call that was measured."""
        chars_per_token: float = CHARS_PER_TOKEN
        if self.called and self.called.usage.prompt_tokens:
            measured = self.called.prompt_chars / self.called.usage.prompt_tokens
            chars_per_token = min(max(measured, FEWEST_CHARS), MOST_CHARS)
        return round(self.prompt_chars / chars_per_token) + self.answers * answer_tokens

    def reply_tokens(self, *, alike: bool) -> int:
        """Tokens of a reply; those of the measured one where the role's replies are ``alike``."""
        measured = self.called.usage.completion_tokens if self.called and alike else 0
        tokens = measured or ANSWER_TOKENS
        return tokens if self.most_tokens is None else min(tokens, self.most_tokens)


def estimate(
    validation_set: ValidationSet,
    settings: LoopSettings,
    *,
    models: Mapping[str, str],
    sizes: Mapping[str, CallSize],
    deterministic: bool,
    price: Price,
    checked: bool = False,
    each: int = 1,
) -> Estimate:
    """The estimate for a run: calls at most, retries apart; tokens and cost as a guess.

    Args:
        validation_set: the tasks.
        settings: rounds, minibatch, gate.
        models: the model string by role.
        sizes: what is known of the calls of each role in ``models``.
        deterministic: whether the target is run once per task at the gate.
        price: what a role's tokens cost, by LiteLLM's list or the user's own price.
        checked: each role is called once before the run.
        each: calls of the target for one rollout.
    """
    rollouts = most_rollouts(validation_set, settings, steady=deterministic)
    target = sizes.get("target")
    answer = target.reply_tokens(alike=True) if target else ANSWER_TOKENS
    calls = {
        "target": rollouts * each,
        "optimizer": most_requests(validation_set, settings, steady=deterministic),
        "judge": rollouts * most_judged(validation_set) + most_compared(validation_set, settings),
    }
    roles = tuple(
        _role(role, model, calls[role] + checked, sizes[role], answer, price)
        for role, model in models.items()
    )
    unpriced = tuple(sorted({role.model for role in roles if role.cost is None}))
    return Estimate(rollouts=rollouts, roles=roles, unpriced=unpriced)


def rollout_estimate(
    rollouts: int,
    *,
    models: Mapping[str, str],
    sizes: Mapping[str, CallSize],
    price: Price,
    each: int = 1,
) -> Estimate:
    """The estimate for rollouts alone: ``each`` calls of the target, and one of the judge.

    Args:
        rollouts: how many.
        models: the model string by role.
        sizes: what is known of the calls of each role in ``models``.
        price: as for :func:`estimate`.
        each: likewise.
    """
    target = sizes.get("target")
    answer = target.reply_tokens(alike=True) if target else ANSWER_TOKENS
    calls = {role: rollouts * (each if role == "target" else 1) for role in models}
    roles = tuple(
        _role(role, model, calls[role], sizes[role], answer, price)
        for role, model in models.items()
    )
    unpriced = tuple(sorted({role.model for role in roles if role.cost is None}))
    return Estimate(rollouts=rollouts, roles=roles, unpriced=unpriced)


def _role(
    role: str, model: str, calls: int, size: CallSize, answer: int, price: Price
) -> RoleEstimate:
    prompt = calls * size.prompt_tokens(answer)
    completion = calls * (answer if role == "target" else size.reply_tokens(alike=False))
    per_call = size.called.seconds if size.called else None
    return RoleEstimate(
        role=role,
        model=model,
        calls=calls,
        prompt_tokens=prompt,
        completion_tokens=completion,
        cost=price(role, prompt, completion),
        seconds=None if per_call is None else calls * per_call,
    )


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
