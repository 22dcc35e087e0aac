"""Gemini CLI's stream: `gemini -p ... --output-format stream-json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from skillopt.core.agents.causes import cause_of
from skillopt.core.agents.stream import AgentFailed, Event, Reader, Recorder, mapping, text_of
from skillopt.core.evaluation.rollout import counted


class Gemini(Reader):
    """Its answer is what it says after its last tool. A message comes in pieces.

    The stream says nothing of single calls of the model: each stretch of tools is taken for one
    more.
    """

    def __init__(self, found: Recorder) -> None:
        super().__init__(found)
        self._said: list[str] = []
        self._returned = False
        """A tool has returned since the model was last heard."""
        self._says = ""
        self._result: Event | None = None
        found.calls = 1

    @property
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """Messages, tools, errors and the end."""
        return {
            "message": self._message,
            "tool_use": self._tool,
            "tool_result": self._tool_result,
            "error": self._error,
            "result": self._end,
        }

    def answer(self) -> str:
        """What it said last.

        Raises:
            AgentFailed: nothing, or the run has failed.
        """
        if self._result is None:
            says = self._says or "its output ends without a `result`"
            raise AgentFailed(says, cause=cause_of(self._says))
        if self._result.get("status") != "success":
            error = mapping(self._result, "error")
            says = text_of(error, "message") or self._says or "it failed"
            raise AgentFailed(says, cause=cause_of(says, category=text_of(error, "type")))
        answer = "".join(self._said)
        if not answer:
            raise AgentFailed("it ended without a message")
        self.found.said("assistant", answer)
        return answer

    def _message(self, event: Event) -> None:
        if event.get("role") != "assistant":
            self.found.said("user", event.get("content"))
            return
        self._heard()
        self._said.append(text_of(event, "content"))

    def _tool(self, event: Event) -> None:
        self._heard()
        self.found.said("assistant", "".join(self._said))
        self._said = []
        self.found.called(event.get("tool_id"), event.get("tool_name"), event.get("parameters"))

    def _heard(self) -> None:
        self.found.calls += self._returned
        self._returned = False

    def _tool_result(self, event: Event) -> None:
        self._returned = True
        error = mapping(event, "error").get("message")
        result = event.get("output") if error is None else error
        failed = event.get("status") == "error"
        self.found.returned(event.get("tool_id"), result, failed=failed)

    def _error(self, event: Event) -> None:
        if event.get("severity") == "error":
            self._says = text_of(event, "message")

    def _end(self, event: Event) -> None:
        self._result = event
        stats = mapping(event, "stats")
        asked, written = counted(stats.get("input_tokens")), counted(stats.get("output_tokens"))
        # What the model thinks is billed like what it writes, and is in the total alone.
        self.found.tokens(asked, max(written, counted(stats.get("total_tokens")) - asked))
