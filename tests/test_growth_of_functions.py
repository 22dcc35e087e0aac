"""Functions that walk over what others write execute twice the lines for twice the text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from skillopt.adapters.models.stated_waits import in_text
from skillopt.adapters.models.wording import sentence
from skillopt.core.evaluation.check_mechanics import literal_parts
from skillopt.core.mining.questions import questions
from skillopt.core.proposals.proposal import Draft
from skillopt.core.quoting import block, blocks
from skillopt.core.reasoning import heard
from skillopt.core.redaction import redacted
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.skill.front_matter import find_front_matter

SIZE = 1_500
UNITS = (" ", "-", "a", "[", "{", '"', "/*", "//", "<think>", "</reasoning>", '{"a": ', '"a",', "#",
         "<|end|>", "Error: ", "\\", "\n", "<!--", "- a\n", "# Q?\nA: b\n", "a=1;", "'\"")  # fmt: skip


def read(text: str) -> None:
    try:
        read_reply(text, shape=Draft)
    except BadReply:
        return


FUNCTIONS: dict[str, Callable[[str], object]] = {
    "reply": read,
    "broken reply": lambda text: read(f'{{"idea": {text}}}'),
    "open string": lambda text: read(f'{{"idea": "{text}'),
    "reasoning": heard,
    "reasoning in XML": lambda text: heard(f"<a ><thought><thought>{text}"),
    "redaction": redacted,
    "blocks": lambda text: blocks(block("task", text)),
    "questions": lambda text: list(questions(f"# {text}", "notes.md")),
    "literals of a pattern": literal_parts,
    "front matter": find_front_matter,
    "a provider's sentence": lambda text: sentence(ValueError(text)),
    "a stated wait": in_text,
}


def lines_run(work: Callable[[str], object], text: str) -> int:
    """The lines of Python that ``work`` executes on ``text``."""
    lines = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_lines_executed_double_with_the_text(name: str) -> None:
    work = FUNCTIONS[name]
    growing = {}
    for unit in UNITS:
        lines_run(work, unit)  # imports and caches
        counts = [lines_run(work, (unit * size)[:size] + "\x00") for size in (SIZE, 2 * SIZE)]
        if counts[1] > 2.6 * counts[0] + 1_000:
            growing[unit] = counts
    assert growing == {}


def test_a_quadratic_function_is_found() -> None:
    def quadratic(text: str) -> None:
        for place in range(len(text)):
            for _ in text[:place]:
                pass

    assert lines_run(quadratic, "a" * 100) > 3.5 * lines_run(quadratic, "a" * 50)


def test_a_message_nested_too_deep_is_shown_as_it_is() -> None:
    assert sentence(ValueError("[" * 10_000)).startswith("[[[")
