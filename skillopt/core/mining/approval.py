"""Whether a candidate may enter a validation set, and as what task."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from skillopt.core.evaluation.check_rules import flaw_in_expected
from skillopt.core.evaluation.checks import Check, Json, Number
from skillopt.core.evaluation.task import Task
from skillopt.core.json_text import decoded
from skillopt.core.mining.candidate import Candidate, input_text
from skillopt.core.mining.duplicates import earlier_copies


def as_expected(answer: Any, checks: Sequence[Check]) -> Any:
    """A recorded or typed answer as the checks want it: a number or JSON, where it is one."""
    if not isinstance(answer, str) or not any(isinstance(check, Json | Number) for check in checks):
        return answer
    try:
        content = decoded(answer.strip())
    except ValueError:
        return answer
    numbers = any(isinstance(check, Number) for check in checks)
    is_number = isinstance(content, int | float) and not isinstance(content, bool)
    return content if is_number or not numbers else answer


def already_in(candidate: Candidate, tasks: Sequence[Task]) -> bool:
    """Whether the candidate's task is in the set: added before, and perhaps edited there."""
    added = candidate.status == "added"
    return any(task.id == candidate.id and (added or task.input == candidate.input)
               for task in tasks)  # fmt: skip


def copies_of(candidates: Sequence[Candidate], tasks: Sequence[Task]) -> dict[str, str]:
    """Of each candidate that asks nearly the same as a task, or as one before it: which that is."""
    asked = [(task.text, task.expected) for task in tasks]
    asked += [(input_text(one.input), one.expected) for one in candidates]
    names = [f"the {task.split} task {task.id!r}" for task in tasks]
    names += [f"candidate {one.id!r}" for one in candidates]
    found = earlier_copies(asked)
    return {
        one.id: names[found[number]]
        for number, one in enumerate(candidates, start=len(tasks))
        if number in found
    }


def why_not(
    candidate: Candidate, checks: Sequence[Check], *, ids: Collection[str], copy: str | None
) -> str | None:
    """Why the candidate cannot become a task, with the way out; None where it can.

    Args:
        candidate: with the answer that a person gave.
        checks: that will score its answers.
        ids: of the tasks in the set.
        copy: what it asks nearly the same as, as :func:`copies_of` has it.
    """
    title = f"candidate {candidate.id!r}"
    if candidate.status == "refused":
        return f"{title} is {candidate.refused}; `skillopt mine edit` makes it new again"
    if candidate.id in ids:
        return f"{title}: another task has that id; change the id in the file of candidates"
    if copy is not None:
        return f"{title} asks nearly the same as {copy}; refuse it, or change its input"
    if not checks:
        return (
            f"{title} has no checks, and the validation set has none for all tasks; "
            "give one of them `checks`"
        )
    flaw = next((flaw for one in checks if (flaw := flaw_in_expected(one, candidate.expected))), "")
    if flaw:
        recorded = ", or --recorded if the recorded answer is right" if candidate.recorded else ""
        return f"{title}: {flaw}; pass --expected TEXT{recorded}"
    return None
