"""Checks of the changelog-lines validation set: one criterion of one line each.

A line is ``type(scope): summary``, or ``type(scope)!: summary`` when somebody must act because of
the change. A task's ``expected`` maps ``type``, ``scope`` and ``mark`` (``:`` or ``!:``) to the
right values; the wording of the summary is left to the writer. Every check returns a score from 0
to 1 and a feedback text, and none raises, whatever the answer or the task holds.
"""

import re
from collections.abc import Mapping
from typing import Final, Protocol

LONGEST_LINE: Final = 72

_LINE: Final = re.compile(r"(?P<type>[a-z]+)\((?P<scope>[a-z]+)\)(?P<mark>!?:) (?P<summary>\S.*)")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_ENDINGS: Final = ("ing", "ed", "es", "s")
_SHORTEST_STEM: Final = 3
# fmt: off
_EMPTY_WORDS: Final = frozenset({
    "about", "after", "all", "also", "and", "any", "are", "before", "but", "can", "did",
    "does", "for", "from", "had", "has", "have", "into", "its", "made", "more", "new", "not",
    "now", "one", "only", "our", "out", "over", "same", "that", "the", "them", "then", "there",
    "these", "they", "this", "use", "used", "was", "were", "when", "which", "who", "will",
    "with", "without", "you", "your",
})
# fmt: on


class ChangelogTask(Protocol):
    """What these checks read of a task."""

    @property
    def input(self) -> object:
        """The developer's note."""

    @property
    def expected(self) -> object:
        """The right ``type``, ``scope`` and ``mark``, as a mapping."""


def type_of_change(answer: str, task: ChangelogTask) -> tuple[float, str]:
    """1 if the line's type is the expected one, else 0."""
    return _field("type", answer, task)


def scope_of_change(answer: str, task: ChangelogTask) -> tuple[float, str]:
    """1 if the line's scope is the expected one, else 0."""
    return _field("scope", answer, task)


def breaking_mark(answer: str, task: ChangelogTask) -> tuple[float, str]:
    """1 if the line carries the breaking mark exactly when it should, else 0."""
    return _field("mark", answer, task)


def summary_form(answer: str, task: ChangelogTask) -> tuple[float, str]:
    """The share kept of the three rules of form: lower-case start, no full stop, length.

    A summary that has no word in common with the note scores 0: its form says nothing.
    """
    line = _parse(answer)
    if line is None:
        return 0.0, f"form: got {_shown(answer)}, expected one line `type(scope): summary`"
    summary = line["summary"]
    if not _content_words(summary) & _content_words(str(task.input)):
        return 0.0, f"form: got `{summary}`, expected a summary that shares a word with the note"
    broken = _broken_rules(summary, length=len(line[0]))
    if not broken:
        return 1.0, f"form: got `{summary}`, as expected"
    return 1 - len(broken) / 3, f"form: got `{summary}`, expected {'; '.join(broken)}"


def _field(name: str, answer: str, task: ChangelogTask) -> tuple[float, str]:
    """Compare one field of the line with the same field of ``expected``."""
    expected = task.expected.get(name) if isinstance(task.expected, Mapping) else None
    if not isinstance(expected, str):
        return 0.0, f"{name}: the task's `expected` names no `{name}`; add it to the task"
    line = _parse(answer)
    if line is None:
        return 0.0, f"{name}: got no line `type(scope): summary`, expected `{expected}`"
    if line[name] != expected:
        return 0.0, f"{name}: got `{line[name]}`, expected `{expected}`"
    return 1.0, f"{name}: got `{expected}`, as expected"


def _parse(answer: str) -> re.Match[str] | None:
    """The line's parts, or None; white space around the line is forgiven, a second line is not."""
    line = answer.strip()
    return _LINE.fullmatch(line) if len(line.splitlines()) == 1 else None


def _broken_rules(summary: str, *, length: int) -> list[str]:
    """The rules of form that the summary breaks, each as what was expected instead."""
    broken = []
    if summary[0].isupper() and not _starts_with_acronym(summary):
        broken.append("a lower-case first letter")
    if summary.endswith("."):
        broken.append("no full stop at the end")
    if length > LONGEST_LINE:
        broken.append(f"at most {LONGEST_LINE} characters in the line, not {length}")
    return broken


def _starts_with_acronym(summary: str) -> bool:
    """Whether the first word is written in capitals, as CSV and SSO are."""
    return re.match(r"[A-Z]{2}", summary) is not None


def _content_words(text: str) -> set[str]:
    """The words of three letters or more that carry meaning, without their usual endings."""
    words = (word for word in _WORD.findall(text.lower()) if word not in _EMPTY_WORDS)
    return {_stem(word) for word in words}


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def _shown(answer: str) -> str:
    """The start of the answer, on one line."""
    start = " ".join(answer.split())[:LONGEST_LINE]
    return f"`{start}`" if start else "nothing"
