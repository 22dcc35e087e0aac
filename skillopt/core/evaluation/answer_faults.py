"""Answers that hold less than an answer should: how many, of which kind, and the likely cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import assert_never

from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Graded, Missing
from skillopt.core.value import Value


class AnswerFault(StrEnum):
    """What is wrong with an answer before anybody grades it."""

    EMPTY = "empty"
    """The target said nothing."""
    CUT = "cut"
    """It ends at `max_tokens`; it may be empty, where all of them went into reasoning."""
    REFUSED = "refused"
    """The model refused, or a content filter withheld the answer; the rollout is missing."""
    ONLY_REASONING = "only_reasoning"
    """There is reasoning and no text."""
    TOOL_CALLS = "tool_calls"
    """The model called tools where text was wanted."""


class AnswerFaults(Value):
    """How many answers had which fault; each has one at most."""

    empty: int = 0
    cut: int = 0
    refused: int = 0
    only_reasoning: int = 0
    tool_calls: int = 0

    @property
    def total(self) -> int:
        """Answers with any fault."""
        return sum(self.model_dump().values())

    @property
    def lines(self) -> tuple[str, ...]:
        """One sentence for each kind there is, with its likely cause."""
        counts: dict[str, int] = self.model_dump()
        return tuple(
            f"{number} {'answer' if number == 1 else 'answers'} {_told(kind, one=number == 1)}"
            for kind in AnswerFault
            if (number := counts[kind.value])
        )


def answer_fault(rollout: Graded | Missing) -> AnswerFault | None:
    """What is wrong with a rollout's answer; None where nothing is, or there is no answer."""
    if isinstance(rollout, Missing):
        refused = rollout.ending in (Ending.FILTERED, Ending.REFUSED)
        return AnswerFault.REFUSED if refused else None
    if rollout.target_error is not None:
        return None
    if rollout.ending is Ending.CUT:
        return AnswerFault.CUT
    if rollout.ending is Ending.TOOL_CALLS:
        return AnswerFault.TOOL_CALLS
    if rollout.answer.strip():
        return None
    return AnswerFault.ONLY_REASONING if rollout.reasoning else AnswerFault.EMPTY


def counted(faults: Iterable[AnswerFault | None]) -> AnswerFaults:
    """How many of each kind."""
    return AnswerFaults(**Counter(fault.value for fault in faults if fault))


def sum_of(counts: Iterable[AnswerFaults]) -> AnswerFaults:
    """All of ``counts`` together."""
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one.model_dump())
    return AnswerFaults(**total)


def _told(kind: AnswerFault, *, one: bool) -> str:
    was, has = ("was", "has") if one else ("were", "have")
    match kind:
        case AnswerFault.EMPTY:
            return f"{was} empty: check the endpoint's chat template and stop sequences"
        case AnswerFault.CUT:
            return (
                f"{was} cut off at max_tokens: raise it (--target-param max_tokens=4096), or "
                "limit the model's reasoning"
            )
        case AnswerFault.REFUSED:
            return f"{was} refused by the model, or withheld by the provider's content filter"
        case AnswerFault.ONLY_REASONING:
            return (
                f"{has} only reasoning and no text: turn the model's reasoning off, raise "
                "max_tokens, or check the endpoint's reasoning parser"
            )
        case AnswerFault.TOOL_CALLS:
            return f"{has} tool calls where text was wanted: the skill asks for tools it lacks"
        case _:
            assert_never(kind)
