"""`--dry-run`: what a run may cost, without a call."""

from __future__ import annotations

from skillopt.adapters.models import ModelSettings
from skillopt.adapters.models.quote import known_price
from skillopt.app.inputs import Inputs, check_roles
from skillopt.core.estimate import Estimate, estimate


def estimate_run(inputs: Inputs) -> Estimate:
    """The estimate for a run with these inputs.

    Raises:
        MissingModelError, SettingsError: a role has no model, or the target would judge itself.
    """
    check_roles(inputs)
    settings = inputs.settings
    roles = ["target", "optimizer", *(["judge"] if inputs.validation_set.uses_rubric else [])]
    models = {role: settings.model(role) for role in roles}
    named = {role: model for role, model in models.items() if model is not None}

    def price(role: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        params = getattr(settings, f"{role}_params")
        return known_price(
            ModelSettings(model=named[role], params=params), prompt_tokens, completion_tokens
        )

    practice = (named.get("target") or "").startswith("practice/")
    return estimate(
        inputs.skill,
        inputs.validation_set,
        settings.loop(),
        models=named,
        deterministic=settings.deterministic or (practice and not settings.target_params),
        price=price,
    )
