"""What an agent did on the way to its answer: its messages, its tool calls, the files it wrote."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skillopt.core.evaluation.arguments import Arguments
from skillopt.core.foreign_text import AnswerText
from skillopt.core.value import Value, is_absent, is_empty


class Said(Value):
    """A message of the conversation that the agent had with its model."""

    kind: Literal["said"] = "said"
    role: Literal["system", "user", "assistant"] = "assistant"
    text: AnswerText


class ToolCall(Value):
    """A tool that the agent used."""

    kind: Literal["tool_call"] = "tool_call"
    name: AnswerText
    arguments: Arguments = Field(default_factory=dict)
    result: AnswerText | None = Field(default=None, exclude_if=is_absent)
    """What it returned; None where nobody says."""
    failed: bool = Field(default=False, exclude_if=is_empty)


Step = Annotated[Said | ToolCall, Field(discriminator="kind")]


class Trace(Value):
    """The steps of one rollout, in order."""

    steps: tuple[Step, ...] = ()
    left_out: int = Field(default=0, ge=0, exclude_if=is_empty)
    """Steps beyond what is kept."""

    @property
    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The tools it used, in order."""
        return tuple(step for step in self.steps if isinstance(step, ToolCall))


class ProducedFile(Value):
    """A file that the agent left in its workspace."""

    path: str
    """Relative to the workspace, with `/` between its parts."""
    digest: str
    """SHA-256 of the content, 64 hex digits."""
    size: int = Field(ge=0)
    """Bytes."""
    text: AnswerText | None = Field(default=None, exclude_if=is_absent)
    """The content, where it is text and short enough to keep."""
