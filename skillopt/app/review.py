"""A person's word on candidates: approve, refuse, edit. Only what is approved enters the set."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from skillopt.adapters.files.appended_tasks import plan_tasks
from skillopt.adapters.files.candidates_file import CandidatesFile, read_candidates
from skillopt.adapters.files.documents import Document, document_of, read_document
from skillopt.adapters.files.file_edit import write_edit
from skillopt.adapters.files.validation_entries import Entry, Header, entry_at, header_of
from skillopt.adapters.files.validation_file import read_validation_set, validation_set_of
from skillopt.app.person import who
from skillopt.core.approval import rules
from skillopt.core.evaluation.task import Split
from skillopt.core.mining.approval import already_in, as_expected, copies_of, why_not
from skillopt.core.mining.candidate import Candidate
from skillopt.core.value import Value
from skillopt.errors import InputError

_NEW = {"status": "new", "decided_by": None, "reason": None}


class Candidates(Value):
    """A file of candidates."""

    file: str
    validation_set: str
    candidates: tuple[Candidate, ...]


class Approved(Value):
    """What an approval changed."""

    file: str
    """Of the candidates."""
    validation_set: str
    """The file that has the tasks."""
    added: tuple[str, ...]
    """Ids of the tasks that are in the validation set now."""
    already: tuple[str, ...]
    """Ids of those that were in it before."""


def listed(path: Path) -> Candidates:
    """The candidates of a file.

    Raises:
        ValidationSetError: it cannot be read.
    """
    return _shown(read_candidates(path))


def approve(
    path: Path,
    ids: Sequence[str] = (),
    *,
    expected: Any = None,
    recorded: bool = False,
    split: Split | None = None,
    by: str | None = None,
) -> Approved:
    """Add candidates to the validation set. The same again changes nothing.

    Args:
        path: the file of candidates.
        ids: which; by default those that are marked `approved` in the file.
        expected: the right answer, of a single candidate.
        recorded: the recorded answers are right.
        split: that they get instead of the suggested one.
        by: who decides; by default git's `user.name`, else the login's name.

    Raises:
        InputError: one of them cannot become a task; then none is added.
    """
    file = read_candidates(path)
    chosen = _chosen(file, ids) if ids else _marked(file)
    if expected is not None and len(chosen) != 1:
        raise InputError("--expected is the answer of one candidate; name that one by its id")
    tasks = read_validation_set(file.validation_set).tasks
    header = header_of(read_document(file.validation_set))
    already = [one for one in chosen if already_in(one, tasks)]
    added = [
        _answered(one, header, expected=expected, recorded=recorded, split=split)
        for one in chosen
        if one not in already
    ]
    copies, taken = copies_of(added, tasks), {task.id for task in tasks}
    for one in added:
        wrong = why_not(one, _checks(one, header), ids=taken, copy=copies.get(one.id))
        if wrong:
            raise InputError(wrong)
    if added:
        decided = who(by).name
        _add(file.validation_set, [_fields(one) for one in added])
        file = _keep(file, added, {"status": "added", "decided_by": decided, "reason": None})
    _keep(file, already, {"status": "added"})
    return Approved(
        file=os.fspath(path),
        validation_set=os.fspath(file.validation_set),
        added=tuple(one.id for one in added),
        already=tuple(one.id for one in already),
    )


def _answered(
    candidate: Candidate,
    header: Header,
    *,
    expected: Any,
    recorded: bool,
    split: Split | None,
) -> Candidate:
    """The candidate with the answer that a person gave, in the file or now."""
    given = candidate.expected if expected is None else expected
    answer = candidate.recorded if recorded and given is None else given
    changes = {
        "expected": as_expected(answer, _checks(candidate, header)),
        "split": split or candidate.split,
    }
    return candidate.model_copy(update=changes)


def refuse(
    path: Path, ids: Sequence[str], *, reason: str = "", by: str | None = None
) -> Candidates:
    """Refuse candidates: they stay in the file, so that no later search proposes them again.

    Args:
        path: the file of candidates.
        ids: which.
        reason: why, in one line.
        by: who decides; by default git's `user.name`, else the login's name.

    Raises:
        InputError: there is no such candidate, it is in the validation set, or somebody else has
            refused it.
    """
    file, person = read_candidates(path), who(by).name
    chosen = _chosen(file, ids)
    inside = next((one.id for one in chosen if one.status == "added"), None)
    if inside is not None:
        raise InputError(
            f"candidate {inside!r} is in {file.validation_set}; remove the task from that file"
        )
    said = rules.reason(reason, "approved") or None
    changes = {"status": "refused", "decided_by": person, "reason": said}
    for one in chosen:
        again = one.model_copy(update=changes)
        if one.status == "refused" and one.decided_by and one != again:
            raise InputError(
                f"candidate {one.id!r} was {one.refused}; `skillopt mine edit` makes it new again"
            )
    return _shown(_keep(file, chosen, changes))


def edit(path: Path, candidate: str, changes: Mapping[str, Any]) -> Candidates:
    """Change a candidate's input, expected answer or split; a refused one is new again.

    Raises:
        InputError: there is no such candidate, or it is in the validation set.
    """
    file = read_candidates(path)
    [one] = _chosen(file, [candidate])
    if one.status == "added":
        raise InputError(
            f"candidate {one.id!r} is in {file.validation_set}; edit the task in that file"
        )
    return _shown(_keep(file, [one], {**_NEW, **changes}))


def _add(path: Path, fields: Sequence[Mapping[str, Any]]) -> None:
    """Add tasks to a validation set's file, which stays one that can be read."""
    planned = plan_tasks(path, [dict(one) for one in fields])
    if planned is None:
        rows = "\n".join(json.dumps(one, ensure_ascii=False) for one in fields)
        raise InputError(
            f"{path} is spelled in a way that is not edited here; add to its `tasks` yourself:\n"
            + rows
        )
    validation_set_of(document_of(planned.after, path), path)
    write_edit(planned)


def _chosen(file: CandidatesFile, ids: Sequence[str]) -> list[Candidate]:
    known = {one.id: one for one in file.candidates}
    for name in ids:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`skillopt mine list` shows them"
            raise InputError(f"{file.path}: no candidate {name[:80]!r}; {hint}")
    return [known[name] for name in dict.fromkeys(ids)]


def _marked(file: CandidatesFile) -> list[Candidate]:
    marked = [one for one in file.candidates if one.status == "approved"]
    if not marked:
        raise InputError(
            f"{file.path}: no candidate is marked `status: approved`; name candidates by their ids"
        )
    return marked


def _keep(
    file: CandidatesFile, changed: Sequence[Candidate], changes: Mapping[str, Any]
) -> CandidatesFile:
    """Write the candidates with ``changes`` made to those of ``changed``."""
    new = {one.id: Candidate.model_validate({**one.model_dump(), **changes}) for one in changed}
    candidates = tuple(new.get(one.id, one) for one in file.candidates)
    if candidates != file.candidates:
        write_edit(file.edit(candidates))
    return CandidatesFile(file.path, file.validation_set, candidates, file.data)


def _checks(candidate: Candidate, header: Header) -> tuple[Any, ...]:
    own = _entry(candidate).checks
    return header.checks if own is None else own


def _entry(candidate: Candidate) -> Entry:
    """The candidate as an entry of a validation set.

    Raises:
        ValidationSetError: its checks are none.
    """
    fields = _fields(candidate)
    content = {"tasks": [fields]}
    return entry_at(Document(f"candidate {candidate.id}", content, {}), 0, fields)


def _fields(candidate: Candidate) -> dict[str, Any]:
    """What a validation set's file says of the candidate; the recorded answer is no part of it."""
    names = ("id", "split", "input", "expected", "checks", "source")
    content = candidate.model_dump(mode="json")
    return {name: content[name] for name in names if content[name] is not None}


def _shown(file: CandidatesFile) -> Candidates:
    return Candidates(
        file=os.fspath(file.path),
        validation_set=os.fspath(file.validation_set),
        candidates=file.candidates,
    )
