"""A trace as lines, one a step, bounded: what the optimizer reads of it."""

from __future__ import annotations

from typing import assert_never

from skillopt.core.evaluation.trace import Said, Step, ToolCall, Trace
from skillopt.core.value import canonical_json

MOST_STEPS = 40
"""Steps that are shown of one rollout: the first and the last ones, the middle is left out."""
LONGEST_PART = 400
"""Characters of a message, of arguments, or of a result."""
MOST_CHARS = 6000
"""Characters of all lines of a rollout."""


def told_steps(trace: Trace | None) -> tuple[str, ...]:
    """The steps of ``trace``; what is left out is counted in a line of its own.

    Nothing for no trace, and one line for a trace without steps, so that a target that used no
    tools differs from one of which that is not known.
    """
    if trace is None:
        return ()
    steps = trace.steps
    shown = min(len(steps), MOST_STEPS)
    while True:
        head, tail = shown - shown // 2, shown // 2
        first = [_told(step) for step in steps[:head]]
        last = [_told(step) for step in steps[len(steps) - tail :]]
        if shown <= 1 or sum(map(len, (*first, *last))) <= MOST_CHARS:
            break
        shown -= max(1, shown // 4)
    between, beyond = len(steps) - shown, trace.left_out
    lines = [*first, *_left_out(between), *last, *_left_out(beyond)]
    return tuple(lines) or ("(no steps)",)


def _told(step: Step) -> str:
    match step:
        case Said():
            return f"{step.role}: {_short(step.text)}"
        case ToolCall():
            outcome = "failed" if step.failed else "returned"
            result = "" if step.result is None else f": {_short(step.result)}"
            ended = f" {outcome}{result}" if step.failed or result else ""
            return f"{_short(step.name)}({_short(canonical_json(step.arguments))}){ended}"
        case _:
            assert_never(step)


def _left_out(steps: int) -> list[str]:
    return [f"[… {steps:,} {'step' if steps == 1 else 'steps'} left out …]"] if steps else []


def _short(text: str) -> str:
    if len(text) <= LONGEST_PART:
        return text
    half = LONGEST_PART // 2
    return f"{text[:half]} [… {len(text) - 2 * half:,} characters left out …] {text[-half:]}"
