"""Grading of a file that the target has left, once somebody has read it."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.checks import CheckResult, File
from skillopt.core.evaluation.grading import grade_check, label, result, shown, wanted
from skillopt.core.evaluation.task import Task

_MOST_NAMED = 5


class FoundFile(NamedTuple):
    """A file as it was found."""

    text: str | None = None
    """Its content; None where it is not there, or no text."""
    flaw: str | None = None
    """Why it cannot be read, for a file that is there."""

    @property
    def is_there(self) -> bool:
        """Whether there is such a file."""
        return self.text is not None or self.flaw is not None


def grade_file(
    check: File, found: FoundFile, task: Task, *, others: tuple[str, ...]
) -> CheckResult:
    """What ``check`` finds in a file.

    Args:
        check: the check.
        found: the file it names.
        task: whose answer is graded.
        others: paths of files that were produced, for the feedback.

    Raises:
        CallFailed: a pattern ran out of its time; missing data, not a failed answer.
    """
    if check.absent:
        got = f"the file {shown(check.path)}"
        says = wanted(check, f"no file {shown(check.path)}", got) if found.is_there else ""
        return result(label(check), 0.0 if found.is_there else 1.0, says)
    if not found.is_there:
        got = f"no such file{_named(others)}"
        return result(label(check), 0.0, wanted(check, f"the file {shown(check.path)}", got))
    if check.content is None:
        return result(label(check), 1.0, "")
    if found.text is None:
        got = f"{shown(check.path)}, {found.flaw}"
        return result(label(check), 0.0, wanted(check, "a file of text", got))
    inner = grade_check(check.content, found.text, task)
    if not inner.feedback:
        return result(label(check), inner.score, "")
    says = f"{check.says}: " if check.says else ""
    return result(label(check), inner.score, f"{says}{check.path}: {inner.feedback}")


def _named(others: tuple[str, ...]) -> str:
    if not others:
        return ""
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    return f" among those it left: {', '.join(map(shown, others[:_MOST_NAMED]))}{more}"
