"""A rollout: one run of the target on one task with one version of the skill."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from skillopt.core.endings import Ending
from skillopt.core.evaluation.checks import CheckResult
from skillopt.core.evaluation.produced import Produced
from skillopt.core.evaluation.self_check import Assessment
from skillopt.core.evaluation.trace import ProducedFile, Trace
from skillopt.core.foreign_text import AnswerText, ReplyText
from skillopt.core.value import Value, content_hash, is_absent, is_empty

MOST_COUNTED = 2**53
"""Of calls, of tokens or of money: no sum says more. It fits every database, and a float."""
MOST_OF_A_CALL = 10**9
"""Tokens of one request; what says more is wrong."""

_Count = Annotated[int, Field(ge=0, le=MOST_COUNTED)]


class Usage(Value):
    """What one or several calls used."""

    calls: _Count = 0
    """Requests sent, retries included."""
    prompt_tokens: _Count = 0
    completion_tokens: _Count = 0
    cost: float | None = Field(default=0.0, ge=0, le=MOST_COUNTED, allow_inf_nan=False)
    """US dollars; None where a price is unknown."""

    @property
    def tokens(self) -> int:
        """Tokens in both directions."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        """The sum; an unknown price makes the sum's price unknown."""
        unknown = self.cost is None or other.cost is None
        return Usage(
            calls=min(self.calls + other.calls, MOST_COUNTED),
            prompt_tokens=min(self.prompt_tokens + other.prompt_tokens, MOST_COUNTED),
            completion_tokens=min(self.completion_tokens + other.completion_tokens, MOST_COUNTED),
            cost=None if unknown else min((self.cost or 0.0) + (other.cost or 0.0), MOST_COUNTED),
        )


def counted(figure: object) -> int:
    """A count of tokens that somebody states of one request; 0 where it cannot be one."""
    if isinstance(figure, bool) or not isinstance(figure, int | float):
        return 0
    return int(figure) if 0 < figure <= MOST_OF_A_CALL else 0


class Answer(Value):
    """What a target said."""

    text: AnswerText
    usage: Usage = Usage(calls=1)
    ending: Ending = Ending.COMPLETE
    reasoning: ReplyText = ""
    """What it thought before, where that came apart from the text."""
    trace: Trace | None = None
    """What it did on the way, where that is known; no part of what is graded as text."""
    files: tuple[ProducedFile, ...] = ()
    """What it left in its workspace."""
    workspace: AnswerText | None = Field(default=None, exclude=True)
    """The folder it worked in, which is there until the target releases it."""

    @property
    def produced(self) -> Produced:
        """What checks may look at beside the text."""
        return Produced(self.workspace, self.files)


class Reply(Value):
    """What a model in the optimizer's or the judge's seat said."""

    text: ReplyText
    usage: Usage
    ending: Ending = Ending.COMPLETE
    reasoning: ReplyText = ""
    """What it thought before, where that came apart from the text."""


class RolloutKey(Value):
    """Names a rollout by content: whatever has the same key need never be run again."""

    skill: str
    """Digest of the skill's text; digest of the empty text for no skill at all."""
    task: str
    """The task's digest."""
    target: str
    """Digest of the target's identity (and of the judge's where a rubric asks one)."""
    trial: int = Field(ge=0)

    @property
    def digest(self) -> str:
        """64 hex digits."""
        return content_hash([self.skill, self.task, self.target, self.trial])


class Graded(Value):
    """A rollout that counts."""

    status: Literal["graded"] = "graded"
    key: RolloutKey
    task_id: str
    answer: str
    score: float = Field(ge=0, le=1)
    results: tuple[CheckResult, ...]
    usage: Usage
    seconds: float = Field(ge=0)
    """From sending the first request to the graded answer."""
    target_error: AnswerText | None = None
    """The target timed out or crashed on its own account: it has failed, with score 0."""
    ending: Ending = Field(default=Ending.COMPLETE, exclude_if=Ending.COMPLETE.__eq__)
    """How the answer ended."""
    reasoning: str = Field(default="", exclude_if="".__eq__)
    """What the target thought before the answer, where it showed that."""
    manner: str = Field(default="", exclude_if="".__eq__)
    """How a probe asked the task; empty for a plain rollout."""
    assessment: Assessment | None = Field(default=None, exclude_if=is_absent)
    """What the target said of its answer, where it was asked; no part of the answer."""
    trace: Trace | None = Field(default=None, exclude_if=is_absent)
    """What the target did on the way, where that is known."""
    files: tuple[ProducedFile, ...] = Field(default=(), exclude_if=is_empty)
    """What it left in its workspace."""

    @property
    def passed(self) -> bool:
        """Every check is fully met."""
        return self.score >= 1.0


class Missing(Value):
    """A rollout that could not be had: a provider's or a grader's failure, never a score."""

    status: Literal["missing"] = "missing"
    key: RolloutKey
    task_id: str
    reason: AnswerText
    ending: Ending | None = Field(default=None, exclude_if=is_absent)
    """How the reply ended that holds no answer, where there was one."""
    manner: str = Field(default="", exclude_if="".__eq__)
    """How a probe asked the task; empty for a plain rollout."""
    usage: Usage
    seconds: float = Field(ge=0)
    passing: bool = Field(default=True, exclude=True)
    """The same call may succeed later. Not stored: whatever is missing is asked for again."""


Rollout = Annotated[Graded | Missing, Field(discriminator="status")]
