"""A client's stream of JSON lines, read line by line, and what is gathered from it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from skillopt.core.evaluation.rollout import MOST_COUNTED, Usage, counted
from skillopt.core.evaluation.trace import Said, Step, ToolCall, Trace
from skillopt.core.foreign_text import admitted

MOST_STEPS = 1_000
"""Steps that are kept of one run; the rest is counted."""
LONGEST_STEP = 50_000
"""Characters of a message, or of a tool's result, that are kept."""

_ERROR_STATUS = range(400, 600)

Cause = Literal["agent", "passing", "final"]
"""Whose failure it is: the agent's own; its provider's, for now; its provider's, for every call."""

Event = dict[str, Any]


class AgentFailed(Exception):  # noqa: N818 - it names what happened
    """A run of an agent has no answer."""

    def __init__(self, message: str, *, cause: Cause = "agent") -> None:
        super().__init__(message)
        self.cause = cause
        self.used = Usage(calls=1)
        """What the run has used, as far as it says."""

    def after(self, found: Recorder) -> AgentFailed:
        """The same, with what was used before."""
        self.used = found.heard("").usage
        return self


@dataclass(frozen=True)
class Heard:
    """What a client's output says of one run."""

    text: str
    """The answer."""
    usage: Usage
    trace: Trace


@dataclass
class _Call:
    name: str
    arguments: dict[str, Any]
    result: str | None = None
    failed: bool = False


@dataclass
class Recorder:
    """Gathers the steps of a run, its tokens and the calls of its model."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    left_out: int = 0
    _steps: list[Said | _Call] = field(default_factory=list)
    _open: dict[str, _Call] = field(default_factory=dict)

    def said(self, role: Literal["system", "user", "assistant"], text: object) -> None:
        """A message; an empty one is none."""
        if isinstance(text, str) and text.strip():
            self._add(Said(role=role, text=admitted(text, LONGEST_STEP)))

    def called(self, call_id: object, name: object, arguments: object) -> None:
        """A tool was called; the same call again is one."""
        key = str(call_id)
        if key in self._open:
            return
        given = arguments if isinstance(arguments, dict) else {}
        if arguments is not None and not isinstance(arguments, dict):
            given = {"input": arguments}
        call = _Call(name=str(name or "tool")[:200], arguments=given)
        self._open[key] = call
        self._add(call)

    def returned(self, call_id: object, result: object, *, failed: bool = False) -> None:
        """A tool has returned."""
        call = self._open.get(str(call_id))
        if call is not None:
            call.result = admitted(as_text(result), LONGEST_STEP)
            call.failed = failed

    def tokens(self, prompt: object, completion: object) -> None:
        """Tokens of one or several calls of the model."""
        self.prompt_tokens += counted(prompt)
        self.completion_tokens += counted(completion)

    def paid(self, dollars: object) -> None:
        """US dollars."""
        if isinstance(dollars, bool) or not isinstance(dollars, int | float):
            return
        if 0 <= dollars <= MOST_COUNTED:
            self.cost = (self.cost or 0.0) + float(dollars)

    def heard(self, text: str) -> Heard:
        """All of it, with the answer."""
        usage = Usage(
            calls=max(1, min(self.calls, MOST_COUNTED)),
            prompt_tokens=min(self.prompt_tokens, MOST_COUNTED),
            completion_tokens=min(self.completion_tokens, MOST_COUNTED),
            cost=self.cost,
        )
        steps = tuple(_step(step) for step in self._steps)
        return Heard(text, usage, Trace(steps=steps, left_out=self.left_out))

    def _add(self, step: Said | _Call) -> None:
        if len(self._steps) < MOST_STEPS:
            self._steps.append(step)
        else:
            self.left_out += 1


class Reader(ABC):
    """Reads one run's stream: an event goes to what handles its type, others are passed over."""

    def __init__(self, found: Recorder) -> None:
        self.found = found

    @property
    @abstractmethod
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """What is done with an event, by its type."""

    @abstractmethod
    def answer(self) -> str:
        """The answer, once the stream has ended.

        Raises:
            AgentFailed: there is none.
        """

    def read(self, out: str) -> str:
        """The answer that a stream holds.

        Raises:
            AgentFailed: there is none.
        """
        handles = self.handles
        for event in events(out):
            handle = handles.get(text_of(event, "type"))
            if handle is not None:
                handle(event)
        return self.answer()


def _step(step: Said | _Call) -> Step:
    if isinstance(step, Said):
        return step
    return ToolCall(
        name=step.name, arguments=step.arguments, result=step.result, failed=step.failed
    )


def events(out: str) -> Iterator[Event]:
    """The JSON objects of a stream, in order.

    Lines that are no objects at all, such as a warning that a client prints, are passed over.

    Raises:
        AgentFailed: an object is cut off, or is no JSON.
    """
    lines = [line for line in out.split("\n") if line.strip()]
    for number, line in enumerate(lines, start=1):
        if not line.lstrip().startswith("{"):
            continue
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            where = (
                "its output ends in the middle of an object"
                if number == len(lines)
                else (f"line {number} of its output is no JSON")
            )
            raise AgentFailed(f"{where}: {line[:120]!r}") from None
        if isinstance(event, dict):
            yield event


def mapping(event: Event, name: str) -> Event:
    """A field that is an object; an empty one where it is something else."""
    found = event.get(name)
    return found if isinstance(found, dict) else {}


def text_of(event: Event, name: str) -> str:
    """A field that is a text; "" where it is something else."""
    found = event.get(name)
    return found if isinstance(found, str) else ""


def as_text(content: object) -> str:
    """What a tool has returned as one text: a text, blocks of content, or JSON."""
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(isinstance(part, dict) for part in content):
        return "\n".join(
            part["text"]
            if isinstance(part.get("text"), str)
            else f"[{part.get('type', 'content')}]"
            for part in content
        )
    return "" if content is None else json.dumps(content, ensure_ascii=False)


def status_of(found: object) -> int | None:
    """The HTTP status of an error; None where it is none."""
    return found if isinstance(found, int) and found in _ERROR_STATUS else None
