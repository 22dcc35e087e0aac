"""What a person can do about a failure that stops the run."""

from __future__ import annotations

from skillopt.adapters.models.addresses import wrong_path
from skillopt.adapters.models.failures import AttemptFailed
from skillopt.adapters.models.settings import ModelSettings

_RESUME = "; then run the same command to resume"
"""Where the fix lies outside of the command."""


def advice(failed: AttemptFailed, settings: ModelSettings) -> str:
    """One or two sentences."""
    if failed.wait is not None or failed.timed_out:
        return _about_time(failed, settings)
    match failed.status:
        case 401 | 403:
            return f"Check the key in the environment, and that it may use this model{_RESUME}"
        case 402 | 429:
            return f"Waiting does not help: check the account's credit and limits{_RESUME}"
        case 404 | 405 | 501 if _names(str(failed), settings.model):
            return "Check the model's name: the endpoint does not have this one"
        case 404 | 405 | 501:
            return wrong_path(settings.base)
        case _:
            return f"No call can succeed before this is fixed{_RESUME}"


def unreachable_advice(settings: ModelSettings) -> str:
    """Where no request ever reached a server."""
    if (settings.base or "").startswith("https://"):
        return "Is the server running, and does it speak TLS? Otherwise write http://"
    return "Is the server running?"


def _about_time(failed: AttemptFailed, settings: ModelSettings) -> str:
    if failed.wait is not None:
        return f"The provider asks to wait {_shown(failed.wait)}. Run the same command then"
    return (
        f"One request after another had no answer within {settings.timeout:g} s: is the server up? "
        "A slow one needs more (--timeout). Then run the same command to resume"
    )


def _names(message: str, model: str) -> bool:
    """The endpoint speaks of the model, so that the path is right."""
    return "model" in message.lower() or model.rpartition("/")[2] in message


def _shown(seconds: float) -> str:
    """Minutes up to two hours, then hours."""
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"  # noqa: PLR2004
