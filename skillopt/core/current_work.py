"""What the code that runs now works on, so that events from far below name run, task and trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from skillopt.core.events import RunEvent

AnEvent = TypeVar("AnEvent", bound=RunEvent)

_current: ContextVar[Mapping[str, Any]] = ContextVar("skillopt_current_work")


@contextmanager
def working_on(**place: Any) -> Iterator[None]:
    """Name what the code inside works on: fields of :class:`skillopt.core.events.WorkEvent`."""
    token = _current.set(place)
    try:
        yield
    finally:
        _current.reset(token)


def placed(event: AnEvent, **more: Any) -> AnEvent:
    """``event`` with what the current work and ``more`` say, where it has such a field unset."""
    known = {**_current.get({}), **more}
    fields, given = type(event).model_fields, event.model_fields_set
    missing = {name: known[name] for name in known if name in fields and name not in given}
    return event.model_copy(update=missing) if missing else event
