"""A find, made of the two sides of a step: what went in and what came out.

Also what is no find: a step that asks nothing is passed over, and counted.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from skillopt.adapters.traces.messages import NotATask
from skillopt.adapters.traces.payloads import answered_in, asked_in
from skillopt.core.mining.candidate import Found, Skipped


class Origin(NamedTuple):
    """Where a record stands."""

    file: str
    line: int

    def named(self, record: Any = None) -> str:
        """File and line, and the record's id where it has one."""
        known = f" ({record})" if isinstance(record, str | int) and str(record).strip() else ""
        return f"{self.file}:{self.line}{known[:80]}"


class PassedOver(NamedTuple):
    """A part of a record in which nobody asks anything, as a tool's step in a trace."""

    what: str
    """One of a few kinds, by which they are counted; its first word is the noun."""
    source: str
    fields: tuple[str, ...] = ()
    """The names of what it holds instead."""


Finding = Found | Skipped | PassedOver

TOOL = "step of a tool, a retriever or the like"


def named_fields(content: dict[str, Any]) -> tuple[str, ...]:
    """The first few names of an object's fields, for a message."""
    return tuple(str(name)[:40] for name in list(content)[:5])


def find_of(
    sides: tuple[Any, Any], source: str, *, trace: Any = None, inner: bool = False
) -> Found | Skipped:
    """The question on one side and the answer on the other.

    Args:
        sides: what went in and what came out.
        source: file, line and id.
        trace: the trace that it is part of, where that has a name.
        inner: it is a step within the trace.
    """
    named = trace if isinstance(trace, str) and trace else None
    try:
        asked = asked_in(sides[0])
    except NotATask as error:
        return Skipped(source=source, reason=str(error))
    answer = answered_in(sides[1])
    return Found(
        input=asked.input,
        recorded=asked.recorded if answer is None else answer,
        source=source,
        trace=named,
        inner=inner and named is not None,
    )
