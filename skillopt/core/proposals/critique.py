"""Critiques: why an answer was wrong, before anybody proposes an edit.

Critique fine-tuning found that saying why a noisy answer is wrong teaches more than copying a right
one; here the critique must quote the rollout it speaks of, and the quote is verified.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from skillopt.core.endings import Ending
from skillopt.core.replies import read_reply
from skillopt.core.value import Value, is_absent, is_empty


class CauseKind(StrEnum):
    """What is the matter with the skill."""

    MISSING = "missing"
    AMBIGUOUS = "ambiguous"
    WRONG = "wrong"
    IGNORED = "ignored"
    NOT_THE_SKILL = "not the skill"


class Critique(Value):
    """One finding about one rollout."""

    rollout: str
    """The id the evidence gives the rollout."""
    criterion: str = Field(max_length=200)
    """The criterion that is violated."""
    quote: str = Field(max_length=2000)
    """Words of the task's input or of the answer, verbatim."""
    cause: str = Field(max_length=2000)
    """What in the skill, or missing from it, made the target answer so."""
    kind: CauseKind | None = Field(default=None, exclude_if=is_absent)
    """The rule is missing, ambiguous, wrong, or stated and ignored; or it is not the skill."""
    asks: str = Field(default="", max_length=300, exclude_if=is_empty)
    """For a criterion that is not among the criteria: what it asks of an answer, in a sentence."""
    score: SkipJsonSchema[float | None] = Field(default=None, exclude_if=is_absent)
    """The rollout's score, filled in here: a reply is not asked for it."""


class Critiques(Value):
    """An optimizer's reply to the critique prompt."""

    critiques: tuple[Critique, ...] = Field(max_length=50)


class Observation(Value):
    """A rollout as the optimizer sees it: a train task, its answer and how it was scored."""

    rollout: str
    """A short id, unique in its prompt."""
    task: str
    input: str
    answer: str
    expected: Any = None
    score: float
    passed: bool
    feedback: tuple[str, ...]
    """One line per check that was not fully met."""
    steps: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """What the target did before it answered, a line each; empty where that is not known."""


def parse_critiques(
    reply: str,
    observations: tuple[Observation, ...],
    *,
    ending: Ending = Ending.COMPLETE,
    reasoning: str = "",
) -> Critiques:
    """The critiques in ``reply`` whose quotes are really in the rollouts they name.

    Raises:
        BadReply: there is no JSON object of the asked shape.
    """
    critiques = read_reply(reply, shape=Critiques, ending=ending, reasoning=reasoning).content
    return Critiques(critiques=verified(critiques.critiques, observations))


def verified(
    critiques: tuple[Critique, ...], observations: tuple[Observation, ...]
) -> tuple[Critique, ...]:
    """Only the critiques that quote the rollout they name, each with that rollout's score.

    White space is not compared.
    """
    seen = {observation.rollout: observation for observation in observations}
    return tuple(
        critique.model_copy(update={"score": seen[critique.rollout].score})
        for critique in critiques
        if critique.rollout in seen and _quotes(critique.quote, seen[critique.rollout])
    )


def _quotes(quote: str, observation: Observation) -> bool:
    squeezed = "".join(quote.split())
    texts = (observation.input, observation.answer, *observation.feedback, *observation.steps)
    return bool(squeezed) and any(squeezed in "".join(text.split()) for text in texts)
