"""Codex's stream: `codex exec --json`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from skillopt.core.agents.causes import cause_of
from skillopt.core.agents.stream import AgentFailed, Event, Reader, Recorder, mapping, text_of

_TOOLS = {
    "command_execution": "shell",
    "file_change": "apply_patch",
    "web_search": "web_search",
    "mcp_tool_call": "mcp",
    "collab_tool_call": "collab",
}


class Codex(Reader):
    """Its answer is its last message.

    The stream says nothing of single calls of the model: each stretch of tools is taken for one
    more.
    """

    def __init__(self, found: Recorder) -> None:
        super().__init__(found)
        self._answer: str | None = None
        self._used_tool = self._ended = self._failed = False
        self._says = ""
        found.calls = 1

    @property
    def handles(self) -> Mapping[str, Callable[[Event], None]]:
        """Items that are done, the turn's end, and errors."""
        return {
            "item.completed": self._item,
            "turn.completed": self._end,
            "turn.failed": self._fail,
            # Also a connection that it takes up again: what counts is how the turn ends.
            "error": self._error,
        }

    def answer(self) -> str:
        """The last message.

        Raises:
            AgentFailed: the turn has failed, or did not end.
        """
        if self._failed or not self._ended:
            says = self._says or "its output ends without `turn.completed`"
            raise AgentFailed(says, cause=cause_of(self._says))
        if self._answer is None:
            raise AgentFailed("its turn ended without a message")
        return self._answer

    def _item(self, event: Event) -> None:
        item = mapping(event, "item")
        kind = text_of(item, "type")
        self.found.calls += kind not in _TOOLS and self._used_tool
        self._used_tool = kind in _TOOLS
        if kind == "agent_message":
            self._answer = text_of(item, "text")
            self.found.said("assistant", self._answer)
        elif kind in _TOOLS:
            self._tool(item, kind)

    def _tool(self, item: Event, kind: str) -> None:
        failed = item.get("status") in {"failed", "declined"}
        arguments: Any = {key: item[key] for key in item if key not in {"id", "type", "status"}}
        name, result = _TOOLS[kind], item.get("status")
        if kind == "command_execution":
            arguments, result = {"command": item.get("command")}, item.get("aggregated_output")
            failed = failed or item.get("exit_code") not in (0, None)
        elif kind == "mcp_tool_call":
            name, arguments = f"{item.get('server')}.{item.get('tool')}", item.get("arguments")
            error = mapping(item, "error").get("message")
            result = mapping(item, "result").get("content") if error is None else error
        self.found.called(item.get("id"), name, arguments)
        self.found.returned(item.get("id"), result, failed=failed)

    def _end(self, event: Event) -> None:
        self._ended = True
        used = mapping(event, "usage")
        self.found.tokens(used.get("input_tokens"), used.get("output_tokens"))

    def _fail(self, event: Event) -> None:
        self._failed = True
        self._says = text_of(mapping(event, "error"), "message") or "its turn failed"

    def _error(self, event: Event) -> None:
        self._says = text_of(event, "message") or self._says
