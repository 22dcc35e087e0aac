"""A file of candidates from Python: list it, and approve, refuse or edit what is in it.

Nothing here calls a model or waits for anything but a file, so there is one form of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from skillopt.app import review
from skillopt.app.review import Approved, Candidates
from skillopt.core.evaluation.task import Split
from skillopt.core.mining.candidate import Candidate


def list_candidates(file: str | Path) -> tuple[Candidate, ...]:
    """The candidates of a file, in its order.

    Raises:
        ValidationSetError: it cannot be read.
    """
    return review.listed(Path(file)).candidates


def approve_candidates(
    file: str | Path,
    ids: str | Sequence[str] = (),
    *,
    expected: Any = None,
    recorded: bool = False,
    split: Split | None = None,
    by: str | None = None,
) -> Approved:
    """Add candidates to the validation set. The same again changes nothing.

    Args:
        file: the file of candidates.
        ids: which; by default those that are marked `approved` in the file.
        expected: the right answer, of a single candidate.
        recorded: the recorded answers are right.
        split: that they get instead of the suggested one.
        by: who decides; by default git's `user.name`, else the login's name.

    Raises:
        InputError: one of them cannot become a task; then none is added.
    """
    return review.approve(
        Path(file), _several(ids), expected=expected, recorded=recorded, split=split, by=by
    )


def refuse_candidates(
    file: str | Path, ids: str | Sequence[str], reason: str = "", *, by: str | None = None
) -> Candidates:
    """Refuse candidates: they stay in the file, so that no later search proposes them again.

    Args:
        file: the file of candidates.
        ids: which.
        reason: why, in one line.
        by: who decides; by default git's `user.name`, else the login's name.

    Raises:
        InputError: there is no such candidate, it is in the validation set, or somebody else has
            refused it.
    """
    return review.refuse(Path(file), _several(ids), reason=reason, by=by)


def edit_candidate(
    file: str | Path,
    candidate: str,
    *,
    input: Any = None,  # noqa: A002 - what a task calls it
    expected: Any = None,
    split: Split | None = None,
) -> Candidate:
    """Change a candidate, and return it; what is None stays. A refused one is new again.

    Args:
        file: the file of candidates.
        candidate: its id.
        input: what the target is asked: a text, or messages.
        expected: the right answer.
        split: that it gets instead of the suggested one.

    Raises:
        InputError: there is no such candidate, or it is in the validation set.
    """
    given = {"input": input, "expected": expected, "split": split}
    changes = {name: value for name, value in given.items() if value is not None}
    changed = review.edit(Path(file), candidate, changes)
    return next(one for one in changed.candidates if one.id == candidate)


def _several(ids: str | Sequence[str]) -> Sequence[str]:
    return [ids] if isinstance(ids, str) else ids
