"""Claude Code's stream: `claude -p --output-format stream-json --verbose`."""

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

_ENDS = {
    "error_max_turns": "it ran out of turns",
    "error_max_budget_usd": "it ran out of its budget",
    "error_during_execution": "it failed while it worked",
    "error_max_structured_output_retries": "it found no answer of the asked shape",
}


class ClaudeCode(Reader):
    """A message of the model comes as one `assistant` event a block, all with the message's id."""

    def __init__(self, found: Recorder) -> None:
        super().__init__(found)
        self._messages: set[str] = set()
        self._category = ""
        """The client's word for what the provider did."""
        self._result: Event | None = None

    @property
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """Messages in both directions, and the end."""
        return {"assistant": self._assistant, "user": self._user, "result": self._end}

    def answer(self) -> str:
        """The text of the `result`.

        Raises:
            AgentFailed: it says that there is none, or is missing.
        """
        result = self._result
        if result is None:
            raise AgentFailed("its output ends without a `result`")
        subtype, text = text_of(result, "subtype"), result.get("result")
        if result.get("is_error") or subtype != "success":
            raise self._failure(result, subtype)
        if not isinstance(text, str):
            raise AgentFailed("its `result` holds no text")
        return text

    def _assistant(self, event: Event) -> None:
        message = mapping(event, "message")
        self._messages.add(text_of(message, "id") or f"#{len(self._messages)}")
        self.found.calls = len(self._messages)
        self._category = text_of(event, "error") or self._category
        self._blocks(message)

    def _user(self, event: Event) -> None:
        message = mapping(event, "message")
        if isinstance(message.get("content"), str):
            self.found.said("user", message["content"])
        else:
            self._blocks(message)

    def _blocks(self, message: Event) -> None:
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if not isinstance(block, dict):
                continue
            kind = block.get("type")
            if kind == "text":
                role = text_of(message, "role")
                self.found.said("user" if role == "user" else "assistant", block.get("text"))
            elif kind in {"tool_use", "server_tool_use"}:
                self.found.called(block.get("id"), block.get("name"), block.get("input"))
            elif kind == "tool_result":
                failed = block.get("is_error") is True
                self.found.returned(block.get("tool_use_id"), block.get("content"), failed=failed)

    def _end(self, event: Event) -> None:
        self._result = event
        used = mapping(event, "usage")
        self.found.tokens(used.get("input_tokens"), used.get("output_tokens"))
        self.found.tokens(used.get("cache_creation_input_tokens"), 0)
        self.found.tokens(used.get("cache_read_input_tokens"), 0)
        self.found.paid(event.get("total_cost_usd"))

    def _failure(self, result: Event, subtype: str) -> AgentFailed:
        status, category = status_of(result.get("api_error_status")), self._category
        text, errors = result.get("result"), result.get("errors")
        told = [text] if isinstance(text, str) else errors if isinstance(errors, list) else []
        says = "; ".join(map(str, told))
        if subtype in _ENDS and status is None and not category:
            return AgentFailed(f"{_ENDS[subtype]} ({subtype}){f': {says}' if says else ''}")
        cause = cause_of(says, status=status, category=category)
        return AgentFailed(says or category or "it failed", cause=cause)
