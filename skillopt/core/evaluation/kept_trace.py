"""What is kept of a trace and of produced files: bounded, and without secrets.

The checks have seen all of it by then. What is kept is the same in memory and in the ledger, so
that a resumed run shows the optimizer what the first one did.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_never

from skillopt.core.evaluation.trace import ProducedFile, Said, Step, ToolCall, Trace
from skillopt.core.redaction import redacted, redacted_content
from skillopt.core.value import canonical_json

MOST_STEPS = 200
"""Steps that are kept of one rollout, from the first one on."""
MOST_CHARS = 100_000
"""Characters that are kept of all of them together."""
LONGEST_TEXT = 4_000
"""Characters of one message, of one result, or of one call's arguments."""
LONGEST_ARGUMENT = 1_000
"""Characters of one text in arguments that are too long as a whole."""
MOST_FILES = 50
"""Produced files that are kept, in the order of their paths."""

_READ = 4
"""Secrets are looked for in so many times as much as is kept, so that none is cut in two."""


def kept_trace(trace: Trace | None, *, answer: str) -> Trace | None:
    """What is kept of ``trace``; steps that are not are counted in its ``left_out``.

    Args:
        trace: all that the target did.
        answer: its text; where the trace ends with just that, it is not kept twice.
    """
    if trace is None:
        return None
    steps = _without_answer(trace.steps, answer)
    kept: list[Step] = []
    room = MOST_CHARS
    for step in steps[:MOST_STEPS]:
        short = _shortened(step)
        room -= _chars(short)
        if room < 0:
            break
        kept.append(short)
    return Trace(steps=tuple(kept), left_out=trace.left_out + len(steps) - len(kept))


def kept_files(files: Sequence[ProducedFile]) -> tuple[ProducedFile, ...]:
    """What is kept of ``files``: the first ones, with the begin of their texts."""
    first = sorted(files, key=lambda file: file.path)[:MOST_FILES]
    return tuple(
        file.model_copy(
            update={
                "path": _short(file.path, LONGEST_ARGUMENT),
                "text": None if file.text is None else _short(file.text),
            }
        )
        for file in first
    )


def _without_answer(steps: tuple[Step, ...], answer: str) -> tuple[Step, ...]:
    match steps:
        case (*before, Said(role="assistant", text=text)) if text.strip() == answer.strip():
            return tuple(before)
        case _:
            return steps


def _shortened(step: Step) -> Step:
    match step:
        case Said():
            return step.model_copy(update={"text": _short(step.text)})
        case ToolCall():
            return ToolCall(
                name=_short(step.name, LONGEST_ARGUMENT),
                arguments=_short_arguments(step.arguments),
                result=None if step.result is None else _short(step.result),
                failed=step.failed,
            )
        case _:
            assert_never(step)


def _short_arguments(arguments: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = redacted_content(_clipped(arguments, _READ * LONGEST_TEXT))
    if len(canonical_json(plain)) <= LONGEST_TEXT:
        return plain
    clipped: dict[str, Any] = _clipped(plain, LONGEST_ARGUMENT)
    written = canonical_json(clipped)
    return clipped if len(written) <= LONGEST_TEXT else {"(cut)": _cut(written, LONGEST_TEXT)}


def _clipped(content: Any, most: int) -> Any:
    match content:
        case str():
            return _cut(content, most)
        case dict():
            return {_cut(key, most): _clipped(value, most) for key, value in content.items()}
        case list():
            return [_clipped(part, most) for part in content]
        case _:
            return content


def _short(text: str, most: int = LONGEST_TEXT) -> str:
    return _cut(redacted(text[: _READ * most]), most, length=len(text))


def _cut(text: str, most: int, *, length: int = 0) -> str:
    left_out = max(length, len(text)) - most
    return text if len(text) <= most else f"{text[:most]} [… {left_out:,} characters left out …]"


def _chars(step: Step) -> int:
    match step:
        case Said():
            return len(step.text)
        case ToolCall():
            return len(step.name) + len(canonical_json(step.arguments)) + len(step.result or "")
        case _:
            assert_never(step)
