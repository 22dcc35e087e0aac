"""The settings in groups, by the part that reads them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from skillopt.core.gate.contest import GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.loop_settings import SHRINK_MARGIN, SINGLE_GATE, Conditioning, LoopSettings
from skillopt.core.settings import SEARCH_GATE, Settings
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.errors import SettingsError


def loop_settings(settings: Settings) -> LoopSettings:
    """What shapes the loop's decisions.

    Raises:
        SettingsError: a floor lies above its ceiling, the gate cannot test a margin, or what
            shrinks is to learn, too.
    """
    _check_proposer(settings)
    _check_comparison(settings)
    _check_attempt(settings)
    try:
        budget = _budget(settings)
        gate = _policy(settings)
    except ValidationError as error:
        raise SettingsError(str(error.errors()[0]["ctx"]["error"])) from None
    conditioning = Conditioning(
        enabled=settings.conditioning,
        **{name: getattr(settings, name) for name in Conditioning.model_fields if _has(name)},
    )
    own = (
        "rounds",
        "patience",
        "minibatch",
        "evidence",
        "trials",
        "seed",
        "candidates",
        "collapse_monitor",
        "prefer",
        "compare_answers",
        "drift_every",
        "shrink_every",
        "report_second_attempts",
        "curriculum",
        "edits",
        "tune_description",
        "approve",
    )
    plain: dict[str, Any] = {name: getattr(settings, name) for name in own}
    plain |= {"proposer": settings.who_proposes, "leak_screen": settings.leak_policy}
    plain["content"] = settings.content_policy
    plain["guards"] = Margins(
        skill_chars=settings.guard_skill_chars,
        cost=settings.guard_cost,
        latency=settings.guard_latency,
        calibration=settings.guard_calibration,
        consistency=settings.guard_consistency,
    )
    if settings.shrink_every and settings.no_worse_than:
        plain["shrink_margin"] = settings.no_worse_than
    made = LoopSettings(budget=budget, gate=gate, conditioning=conditioning, **plain)
    if made.shrink_every:
        _check_shrinking(made)
    return made


def _check_shrinking(settings: LoopSettings) -> None:
    try:
        settings.shrinking(settings.shrink_margin)
    except ValidationError as error:
        raise SettingsError(str(error.errors()[0]["ctx"]["error"])) from None


def _check_proposer(settings: Settings) -> None:
    if settings.shrink and settings.proposer != "critique":
        raise SettingsError(
            f"shrink deletes, and proposer is {settings.proposer!r}; run the one after the other"
        )
    if settings.shrink and settings.shrink_every:
        raise SettingsError(
            f"shrink only deletes, and shrink_every ({settings.shrink_every}) is for runs that "
            "learn, too; take out one of them"
        )
    if settings.who_proposes == "critique":
        return
    asked = {"candidates": settings.candidates > 1, "collapse_monitor": settings.collapse_monitor}
    for name in (name for name, is_set in asked.items() if is_set):
        raise SettingsError(
            f"{name} is for proposals that follow critiques, and the proposer is "
            f"{settings.who_proposes!r}; take out {name}, or that proposer"
        )


def _check_comparison(settings: Settings) -> None:
    if not settings.compare_answers:
        return
    if settings.candidates == 1:
        raise SettingsError(
            "compare_answers is for several candidates, and candidates is 1; set candidates to 2 "
            "or more, or take out compare_answers"
        )
    if settings.prefer != "score":
        raise SettingsError(
            f"compare_answers decides among candidates that tie, and so does prefer "
            f"{settings.prefer!r}; take out one of the two"
        )


def _check_attempt(settings: Settings) -> None:
    asked = {"drift_every": settings.drift_every, "near_misses": settings.near_misses}
    for name in (name for name, is_set in asked.items() if is_set):
        if settings.judge_attempt == "second":
            raise SettingsError(
                f"judge_attempt is 'second', and {name} goes by first attempts; take out one of "
                "the two"
            )


def _budget(settings: Settings) -> BudgetPlan:
    shared = {name for name in BudgetPlan.model_fields if _has(name)}
    shared.remove("shrink")  # there it is what a refusal does to the edit budget
    named = {name: getattr(settings, name) for name in shared}
    if settings.max_skill_chars is None:
        del named["max_skill_chars"]
    return BudgetPlan(follows_skill=settings.max_skill_chars is None, **named)


def _policy(settings: Settings) -> GatePolicy:
    margin = None if settings.shrink_every else settings.no_worse_than
    if settings.shrink:
        margin = margin or SHRINK_MARGIN
    default = SEARCH_GATE if margin is None else SINGLE_GATE
    return GatePolicy(
        kind=settings.gate or default,
        alpha=settings.alpha,
        passes=settings.passes,
        max_missing=settings.max_missing,
        no_worse_than=margin,
        placebo=settings.placebo,
        attempt=settings.judge_attempt,
    )


def _has(name: str) -> bool:
    return name in Settings.model_fields
