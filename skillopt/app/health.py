"""Each role's health outside a run: one call, and what its server says of itself."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.app.estimate import asked_of_target, chars_of
from skillopt.app.inputs import Inputs
from skillopt.core.estimate import Called
from skillopt.core.health import Health
from skillopt.engine.steps.check_health import task_for_check


def called(inputs: Inputs, checks: Sequence[Health]) -> dict[str, Called]:
    """What an estimate takes from the checks: the target's call, whose prompt is like the run's.

    A call that took several requests says nothing of a single one.
    """
    asked = chars_of(asked_of_target(inputs, task_for_check(inputs.validation_set)))
    return {
        check.role: Called(prompt_chars=asked, usage=check.usage)
        for check in checks
        if check.role == "target" and check.usage.calls == 1
    }
