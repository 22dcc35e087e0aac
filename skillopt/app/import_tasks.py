"""Tasks from an eval set in another format, as a validation set of this program's own."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.imported_tasks import import_file
from skillopt.adapters.files.places import place_of
from skillopt.adapters.files.tasks_file import check_new, write_tasks
from skillopt.adapters.files.validation_file import validation_set_of
from skillopt.core.evaluation.near_copies import NearCopy
from skillopt.core.evaluation.task import SPLITS, Split
from skillopt.core.importing.values import ExpectedCheck, FieldNames, Report
from skillopt.core.redaction import redacted_content
from skillopt.core.value import Value

_MOST_COMMENTS = 40


class ImportedTasks(Value):
    """What was read, and what was written."""

    source: str
    written: str
    """The validation set's file."""
    report: Report
    splits: dict[Split, int]
    """Tasks by split."""
    uses_judge: bool
    """Some checks ask a judge model."""
    with_secrets: int
    """Tasks with a text that looks like a secret; they are written as they are."""
    near_copies: tuple[NearCopy, ...]


def import_tasks(
    file: str | Path,
    *,
    skill: str | Path | None = None,
    out: str | Path | None = None,
    input_fields: tuple[str, ...] = (),
    expected_field: str | None = None,
    id_field: str | None = None,
    split_field: str | None = None,
    check: ExpectedCheck | None = None,
) -> ImportedTasks:
    """Read ``file``, whatever its format, and write its tasks as a validation set.

    Args:
        file: of promptfoo, inspect, OpenAI evals, LangSmith, MLflow, DSPy or GEPA, a skill's
            evals.json, or any JSON, JSONL or CSV with a question and an answer.
        skill: the skill that the tasks are for: the new file gets its name, where it is found.
        out: the new file; by default that of the skill, else `<name>.tasks.yaml` beside ``file``.
        input_fields: names of the input, joined; by default recognised.
        expected_field: name of the expected answer, likewise.
        id_field: name of the id, likewise.
        split_field: name of the split, likewise.
        check: how expected answers are compared.

    Raises:
        InputError: the file cannot be read, has no task, or the new file is there already.
    """
    source, target = Path(file), _target(Path(file), skill, out)
    check_new(target)
    names = FieldNames(
        input=input_fields, expected=expected_field, id=id_field, split=split_field, check=check
    )
    read = import_file(source, names, folder=target.parent)
    assert read.report is not None
    found = validation_set_of(read.document, target)
    comments = [f"Read from {source.name} by skillopt import-tasks.", *read.report.lines]
    write_tasks(target, read.document.content, comments=comments[:_MOST_COMMENTS])
    return ImportedTasks(
        source=str(source),
        written=str(target),
        report=read.report,
        splits={name: len(found.split(name)) for name in SPLITS},
        uses_judge=found.uses_rubric,
        with_secrets=sum(_has_secret(task) for task in read.document.content["tasks"]),
        near_copies=found.near_copies,
    )


def _target(source: Path, skill: str | Path | None, out: str | Path | None) -> Path:
    if out is not None:
        return Path(out)
    if skill is not None:
        place = place_of(Path(skill))
        return place.highest / f"{place.name}.yaml"
    return source.with_name(f"{source.stem}.tasks.yaml")


def _has_secret(task: object) -> bool:
    return bool(redacted_content(task) != task)
