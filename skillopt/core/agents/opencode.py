"""OpenCode's stream: `opencode run --format json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skillopt.core.agents.causes import cause_of
from skillopt.core.agents.stream import (
    AgentFailed,
    Event,
    Reader,
    Recorder,
    mapping,
    status_of,
    text_of,
)


class OpenCode(Reader):
    """Its answer is the text of the last step.

    Each step is a call of the model, and says what it used.
    """

    def __init__(self, found: Recorder) -> None:
        super().__init__(found)
        self._texts: list[str] = []
        self._ended = False
        self._error: Event | None = None

    @property
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """Steps, texts, tools and errors."""
        return {
            "step_start": self._start,
            "text": self._text,
            "tool_use": self._tool,
            "step_finish": self._finish,
            "error": self._fail,
        }

    def answer(self) -> str:
        """The text of the last step.

        Raises:
            AgentFailed: there is none, or the run has failed.
        """
        if self._error is not None:
            raise _failure(self._error)
        if not self._ended:
            raise AgentFailed("its output ends without the last `step_finish`")
        if not self._texts:
            raise AgentFailed("its last step has no text")
        return "\n".join(self._texts)

    def _start(self, _event: Event) -> None:
        self._texts, self._ended = [], False

    def _text(self, event: Event) -> None:
        text = text_of(mapping(event, "part"), "text")
        self._texts.append(text)
        self.found.said("assistant", text)

    def _tool(self, event: Event) -> None:
        part = mapping(event, "part")
        state = mapping(part, "state")
        call_id = part.get("callID") or part.get("id")
        failed = state.get("status") == "error"
        self.found.called(call_id, part.get("tool"), state.get("input"))
        self.found.returned(call_id, state.get("error" if failed else "output"), failed=failed)

    def _finish(self, event: Event) -> None:
        part = mapping(event, "part")
        tokens = mapping(part, "tokens")
        cache = mapping(tokens, "cache")
        self.found.calls += 1
        self.found.tokens(tokens.get("input"), tokens.get("output"))
        self.found.tokens(cache.get("read"), tokens.get("reasoning"))
        self.found.tokens(cache.get("write"), 0)
        self.found.paid(part.get("cost"))
        self._ended = part.get("reason") != "tool-calls"

    def _fail(self, event: Event) -> None:
        self._error = mapping(event, "error")


def _failure(error: Event) -> AgentFailed:
    data, name = mapping(error, "data"), text_of(error, "name")
    says = text_of(data, "message") or text_of(error, "message") or name or "it failed"
    cause = cause_of(says, status=status_of(data.get("statusCode")), category=name)
    if cause == "agent" and data.get("isRetryable") is True:
        cause = "passing"
    return AgentFailed(says, cause=cause)
