"""The results of an evaluation as a file that skill-creator's viewer shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from skillopt.adapters.files.atomic import replace_file
from skillopt.app.inputs import Inputs
from skillopt.core.evaluation.rollout import Rollout
from skillopt.core.evaluation.task import Task
from skillopt.core.exporting.benchmark import benchmark_of
from skillopt.core.redaction import redacted_content
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError


def check_benchmark(path: Path) -> None:
    """Check that the file can be written, before anything is paid.

    Raises:
        InputError: it is a folder, or its folder is not there.
    """
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise InputError(f"--benchmark {path}: name a file in a folder that is there")


def write_benchmark(
    path: Path,
    inputs: Inputs,
    tasks: Sequence[Task],
    rollouts: tuple[Sequence[Rollout], Sequence[Rollout]],
    *,
    against: Skill | str | Path | None,
) -> None:
    """Write the rollouts of a skill, and of what it was compared with, secrets redacted."""
    judge = inputs.settings.judge if inputs.validation_set.uses_rubric else None
    metadata = {
        "skill_name": inputs.name,
        "skill_path": inputs.skill_path or "",
        "executor_model": inputs.settings.target or "a target of its own",
        "analyzer_model": judge or "none",
        "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    mine, theirs = rollouts
    notes = []
    if against not in (None, "none"):
        version = "another version" if isinstance(against, Skill) else str(against)
        notes = [f"without_skill is no run without a skill here: it is {version}"]
    other = None if against is None else theirs
    content = benchmark_of(metadata, tasks, mine, other, notes=notes)
    text = json.dumps(redacted_content(content), indent=2, ensure_ascii=False)
    replace_file(path, (text + "\n").encode("utf-8", "backslashreplace"))
