"""The listeners that a job is given, and those that it names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any, Literal, get_args

from skillopt.adapters.listeners import JsonLines, MLflow, OpenTelemetry, WandB
from skillopt.adapters.listeners.hub import Listener, Listeners
from skillopt.errors import InputError

Tracker = Literal["otel", "mlflow", "wandb"]
"""What runs can be reported to."""

_MADE: dict[str, Callable[[], Listener]] = {
    "otel": OpenTelemetry,
    "mlflow": MLflow,
    "wandb": WandB,
}
_PACKAGES = {"otel": "opentelemetry", "mlflow": "mlflow", "wandb": "wandb"}


def listeners_of(given: dict[str, Any]) -> Listeners:
    """The listeners among the options of a job, which are taken out of them.

    Raises:
        InputError: events cannot be written to the file, there is no such tracker, or its package
            is not installed.
    """
    own, events = given.pop("on_event", None), given.pop("events", None)
    named = given.pop("report_to", None) or ()
    listeners: list[Listener] = [] if own is None else [own] if callable(own) else list(own)
    if events is not None:
        listeners.append(JsonLines(events))
    return Listeners([*listeners, *map(_tracker, [named] if isinstance(named, str) else named)])


def check_trackers(names: Sequence[str]) -> None:
    """Refuse what runs cannot be reported to.

    Raises:
        InputError: there is no such tracker, or its package is not installed.
    """
    for name in names:
        if name not in get_args(Tracker):
            known = ", ".join(get_args(Tracker))
            raise InputError(f"runs cannot be reported to {name!r}; choose from {known}")
        if find_spec(_PACKAGES[name]) is None:
            raise InputError(
                f"--report-to {name} needs a package that is not installed: "
                f"pip install 'skillopt-ledger[{name}]'"
            )


def _tracker(name: str) -> Listener:
    check_trackers([name])
    return _MADE[name]()
