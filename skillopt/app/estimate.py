"""What a run may cost: from its prompts, the params, and calls that were measured."""

from __future__ import annotations

from collections.abc import Mapping

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.prices import DEFAULT_MAX_TOKENS, completion_bound
from skillopt.adapters.models.quote import known_price
from skillopt.adapters.targets.prompts import conversation
from skillopt.app.inputs import Inputs, check_roles, needed_roles
from skillopt.core.estimate import Called, CallSize, Estimate, estimate, rollout_estimate
from skillopt.core.evaluation.prompt_template import prompt_template
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.proposals.critique import Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.core.role_settings import names_practice_model
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.core.upper_bound import mean_growth
from skillopt.engine.prompts import question
from skillopt.engine.shown_skill import skill_blocks
from skillopt.engine.steps.judge import Judgements

DIGEST_CHARS = 3000
"""Characters assumed for what the optimizer reads of the ledger, the limits and the critiques."""


def estimate_run(inputs: Inputs, *, called: Mapping[str, Called] | None = None) -> Estimate:
    """The estimate for a run with these inputs.

    Args:
        inputs: what was read.
        called: a measured call by role, such as a health check's.

    Raises:
        MissingModelError, SettingsError: a role has no model, or the target would judge itself.
    """
    check_roles(inputs)
    settings = inputs.settings
    models = {role: settings.model(role) for role in needed_roles(inputs)}
    named: dict[str, str] = {role: model for role, model in models.items() if model is not None}

    def price(role: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        return known_price(_model(inputs, role, named[role]), prompt_tokens, completion_tokens)

    practice = names_practice_model(named.get("target"))
    loop = loop_settings(settings)
    grown = mean_growth(loop, inputs.skill)
    return estimate(
        inputs.validation_set,
        loop,
        models=named,
        sizes={
            role: _size(
                inputs, _model(inputs, role, model), role, (called or {}).get(role), grown=grown
            )
            for role, model in named.items()
        },
        deterministic=settings.deterministic or (practice and not settings.target_params),
        price=price,
        checked=settings.health_check and not all(map(names_practice_model, named.values())),
        each=calls_each(settings),
    )


def estimate_rollouts(inputs: Inputs, rollouts: int) -> Estimate:
    """The estimate for rollouts alone, with the prompts that the tasks have as they are.

    A target that is no model has no tokens that are known beforehand.
    """
    settings = inputs.settings
    roles = needed_roles(inputs, proposes=False)
    if settings.runs_target:
        roles.remove("target")
    models = {role: settings.model(role) for role in roles}
    named: dict[str, str] = {role: model for role, model in models.items() if model is not None}
    sizes: dict[str, CallSize] = {
        role: _size(inputs, _model(inputs, role, name), role, None) for role, name in named.items()
    }

    def price(role: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        return known_price(_model(inputs, role, named[role]), prompt_tokens, completion_tokens)

    return rollout_estimate(
        rollouts, models=named, sizes=sizes, price=price, each=calls_each(settings)
    )


def calls_each(settings: Settings) -> int:
    """Calls of the target for one rollout: it may be asked what to load before."""
    return 2 if settings.loading == "described" else 1


def asked_of_target(inputs: Inputs, task: Task) -> tuple[Message, ...]:
    """The messages that a target that is a model is sent for a task."""
    text = inputs.settings.target_template
    if text is None:
        return conversation(inputs.skill, task)
    return prompt_template(text).filled(inputs.skill, task)


def chars_of(messages: tuple[Message, ...]) -> int:
    """The characters of a prompt."""
    return sum(len(message.content) for message in messages)


def _model(inputs: Inputs, role: str, model: str) -> ModelSettings:
    return ModelSettings(model=model, params=getattr(inputs.settings, f"{role}_params"))


def _size(
    inputs: Inputs, model: ModelSettings, role: str, called: Called | None, *, grown: float = 0.0
) -> CallSize:
    """What is known of a role's calls; ``grown`` characters are what a run adds to the skill."""
    limits = inputs.settings.limits()
    held = limits.max_tokens is not None or limits.max_cost is not None
    most = completion_bound(model) or (DEFAULT_MAX_TOKENS if held else None)
    tasks = inputs.validation_set.tasks
    inputs_chars = sum(len(task.text) for task in tasks) / len(tasks)
    shown = 0
    match role:
        case "target":
            asked = sum(chars_of(asked_of_target(inputs, task)) for task in tasks)
            chars = grown + asked / len(tasks)
        case "optimizer":
            shown = min(inputs.settings.evidence, len(inputs.validation_set.split("train")))
            ours = chars_of(question("criticize", {}, shape=Critiques))
            ours += chars_of(question("propose", {}, shape=Draft))
            blocks = skill_blocks(inputs.skill, loop_settings(inputs.settings).edit_scope)
            skill = sum(map(len, blocks.values())) + grown
            chars = ours / 2 + skill + DIGEST_CHARS + shown * inputs_chars
        case _:
            shown = 1
            chars = chars_of(question("judge", {}, shape=Judgements)) + inputs_chars
    return CallSize(prompt_chars=chars, answers=shown, most_tokens=most, called=called)
