"""Copilot's stream: `copilot -p ... --output-format=json`."""

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
from skillopt.core.evaluation.rollout import counted


class Copilot(Reader):
    """Its answer is the main agent's last message.

    Tokens are those of `assistant.usage` where it is there, else what each message says it wrote.
    """

    def __init__(self, found: Recorder) -> None:
        super().__init__(found)
        self._answer: str | None = None
        self._error: Event = {}
        self._result: Event | None = None
        self._messages = self._written = self._used = 0

    @property
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """Messages, tools, what was used, errors and the end."""
        return {
            "user.message": self._user,
            "assistant.message": self._message,
            "assistant.usage": self._usage,
            "tool.execution_start": self._called,
            "tool.execution_complete": self._returned,
            "session.error": self._fail,
            "result": self._end,
        }

    def answer(self) -> str:
        """The last message.

        Raises:
            AgentFailed: there is none, or the run has failed.
        """
        self.found.calls = self._used or self._messages
        if not self._used:
            self.found.tokens(0, self._written)
        if self._result is None or self._result.get("exitCode") != 0:
            raise self._failure()
        if self._answer is None:
            raise AgentFailed("it ended without a message")
        return self._answer

    def _user(self, event: Event) -> None:
        self.found.said("user", mapping(event, "data").get("content"))

    def _message(self, event: Event) -> None:
        data = mapping(event, "data")
        self._messages += 1
        self._written += counted(data.get("outputTokens"))
        said = text_of(data, "content")
        self.found.said("assistant", said)
        of_sub_agent = event.get("agentId") or data.get("parentToolCallId")
        if said and not of_sub_agent:
            self._answer = said

    def _usage(self, event: Event) -> None:
        data = mapping(event, "data")
        self._used += 1
        self.found.tokens(data.get("inputTokens"), data.get("outputTokens"))

    def _called(self, event: Event) -> None:
        data = mapping(event, "data")
        self.found.called(data.get("toolCallId"), data.get("toolName"), data.get("arguments"))

    def _returned(self, event: Event) -> None:
        data = mapping(event, "data")
        failed = data.get("success") is False
        error, result = mapping(data, "error").get("message"), mapping(data, "result")
        said = error if failed else result.get("content")
        self.found.returned(data.get("toolCallId"), said, failed=failed)

    def _fail(self, event: Event) -> None:
        self._error = mapping(event, "data")

    def _end(self, event: Event) -> None:
        self._result = event

    def _failure(self) -> AgentFailed:
        if self._error:
            says, category = text_of(self._error, "message"), text_of(self._error, "errorType")
            status = status_of(self._error.get("statusCode"))
            cause = cause_of(says, status=status, category=category)
            return AgentFailed(says or category or "it failed", cause=cause)
        if self._result is None:
            return AgentFailed("its output ends without a `result`")
        return AgentFailed(f"it says that its exit code is {self._result.get('exitCode')!r}")
