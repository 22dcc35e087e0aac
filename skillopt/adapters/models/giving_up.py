"""The errors that a call ends with: what happened, where, and what to do."""

from __future__ import annotations

from skillopt.adapters.models.advice import advice, unreachable_advice
from skillopt.adapters.models.calls import Call
from skillopt.adapters.models.failures import AttemptFailed, Remedy
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.models.settings import ModelSettings
from skillopt.adapters.secrets import redacted
from skillopt.errors import CallFailed, RunStopped


def given_up(
    failed: AttemptFailed, call: Call, *, settings: ModelSettings, outage: Outage
) -> CallFailed | RunStopped:
    """What a call that failed is raised as; the outage counts it."""
    what, where = redacted(str(failed), [settings.api_key]), _where(settings)
    if failed.remedy is Remedy.STOP:
        return RunStopped(f"{where}: {what}. {advice(failed, settings)}", used=call.spent)
    if failed.unreachable and not outage.answered:
        way_out = unreachable_advice(settings)
        return RunStopped(f"{where}: connection failed: {what}. {way_out}", used=call.spent)
    passing = failed.remedy is Remedy.RETRY
    down = outage.failure(passing=passing, requests=call.spent.calls)
    if down:
        way_out = ". Run the same command to resume when it answers" if passing else ""
        kept = "What was answered before is kept"
        return RunStopped(f"{where}: {what}; {down}. {kept}{way_out}", used=call.spent)
    tries = f", after {call.spent.calls} requests" if call.spent.calls > 1 else ""
    return CallFailed(f"{where}: {what}{tries}", used=call.spent, passing=passing)


def forced_refused(
    failed: AttemptFailed, parameter: str, call: Call, *, settings: ModelSettings
) -> RunStopped:
    """The endpoint refuses a parameter that is sent because the user asks for it."""
    said = redacted(str(failed), [settings.api_key])
    added = "the role's parameters set it" if parameter in settings.params else "skillopt adds it"
    return RunStopped(
        f"{_where(settings)}: {said}. {parameter!r} is refused ({added}), and "
        f"force_params (--force-param {parameter}) says to send it all the same; take it out, "
        "and the run goes on without the parameter",
        used=call.spent,
    )


def unsteady(parameter: str, call: Call, *, settings: ModelSettings) -> RunStopped:
    """The endpoint takes a parameter in one call and refuses it in another."""
    return RunStopped(
        f"{_where(settings)}: {parameter!r} was taken in some calls and refused in others, so that "
        f"their answers cannot be compared. Run the command with --drop-param {parameter}, "
        "which starts over without it",
        used=call.spent,
    )


def _where(settings: ModelSettings) -> str:
    """The model and its address."""
    at = f" at {settings.base}" if settings.base else ""
    return redacted(f"{settings.model}{at}", [settings.api_key])
