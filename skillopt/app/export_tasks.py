"""A skill's tasks as a promptfoo config, so that its viewer shows them."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from skillopt.adapters.files.atomic import replace_file
from skillopt.app.inputs import read_inputs
from skillopt.core.exporting.promptfoo import config_of
from skillopt.core.value import Value
from skillopt.errors import InputError


class ExportedTasks(Value):
    """What was written."""

    written: str
    tests: int
    refused: dict[str, int]
    """Checks and tasks that the format has no equal for, and how many."""


def export_tasks(
    skill: str | Path, *, out: str | Path, validation_set: str | Path | None = None
) -> ExportedTasks:
    """Write the tasks of ``skill`` as a promptfoo config.

    Args:
        skill: path of the skill.
        out: the new file, `.yaml` or `.yml`.
        validation_set: path of the tasks; by default those of the skill.

    Raises:
        InputError: the skill or its tasks cannot be read, or the file is there already.
    """
    target = Path(out)
    if target.suffix.lower() not in {".yaml", ".yml"}:
        raise InputError(f"{target}: a promptfoo config ends in .yaml; name one with --out")
    if target.exists():
        raise InputError(f"{target} exists already; nothing was written; name another with --out")
    inputs = read_inputs(skill, validation_set, {})
    assert inputs.file is not None
    file = os.path.relpath(inputs.file.absolute(), target.absolute().parent)
    tasks = inputs.validation_set
    made = config_of(tasks.name, file, inputs.settings.target, tasks.tasks, tasks.criteria)
    text = yaml.safe_dump(made.content, sort_keys=False, allow_unicode=True, width=100)
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, text.encode("utf-8"))
    return ExportedTasks(
        written=str(target), tests=len(made.content["tests"]), refused=made.refused
    )
