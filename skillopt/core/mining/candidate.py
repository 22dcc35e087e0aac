"""What was found in traces and documents, and the candidate tasks made from it.

A recorded answer is evidence of nothing: another version of the skill gave it, to another target.
It is never a rollout and never an expected answer until a person says so (SPICE grounds tasks in a
corpus; here the person is the verifier).
"""

from __future__ import annotations

from typing import Any, Literal

from skillopt.core.evaluation.task import Message, Split
from skillopt.core.value import Value

Status = Literal["new", "approved", "refused", "added"]
"""`new`: nobody has looked at it; `approved`: it may enter the set; `added`: it has."""

LONGEST_INPUT = 10_000
"""Characters of a candidate's input; a longer one is skipped, as half a question is none."""

LONGEST_RECORDED = 10_000
"""Characters of a recorded answer; a longer one is left out, the candidate stays."""


class Found(Value):
    """A question, and the answer that somebody recorded."""

    input: str | tuple[Message, ...]
    recorded: Any = None
    source: str
    """File, line and, where there is one, the record's id."""
    quote: str | None = None
    """The passage of a document that answers it, verbatim."""
    trace: str | None = None
    """The trace it is part of; None where it stands alone."""
    inner: bool = False
    """It is a step within its trace, such as one model call of an agent."""


class Skipped(Value):
    """Something in a source that cannot become a task."""

    source: str
    """File and line."""
    reason: str
    """Why, in words for a person."""


class Candidate(Value):
    """A task that is proposed to a person."""

    id: str
    status: Status = "new"
    split: Split
    input: str | tuple[Message, ...]
    recorded: Any = None
    """The answer in the source; not trusted."""
    expected: Any = None
    """The right answer, as far as a person has given it."""
    checks: tuple[dict[str, Any], ...] | None = None
    """Checks of its own, as a person has written them; by default the set's."""
    source: str
    quote: str | None = None
    decided_by: str | None = None
    """Who added or refused it, by the name that was given or found."""
    reason: str | None = None
    """Why it was refused, where that was said."""

    @property
    def refused(self) -> str:
        """That it is refused, by whom and why."""
        by = f" by {self.decided_by}" if self.decided_by else ""
        return f"refused{by}: {self.reason}" if self.reason else f"refused{by}"


def input_text(asked: str | tuple[Message, ...]) -> str:
    """An input as one text, as :attr:`skillopt.core.evaluation.task.Task.text` has it."""
    if isinstance(asked, str):
        return asked
    return "\n\n".join(f"{message.role}: {message.content}" for message in asked)
