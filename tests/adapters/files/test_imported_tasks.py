"""Own validation sets and those of other programs, told apart by their shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files.imported_tasks import import_file, read_tasks
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.importing.values import FieldNames
from skillopt.errors import ValidationSetError

ROWS = [{"question": f"What is {n}?", "answer": str(n)} for n in range(6)]


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        [json.dumps(row) for row in content] if name.endswith(".jsonl") else [json.dumps(content)]
    )
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_foreign_file_is_read_and_says_so(tmp_path: Path) -> None:
    found = read_validation_set(write(tmp_path, "sums.jsonl", ROWS))
    assert (found.name, len(found.tasks)) == ("sums", 6)
    assert found.imported[0] == "read as rows with a question and an answer: 6 records, 6 tasks"
    assert found.imported[1:3] == ("input <- question", "expected <- answer")


def test_the_same_tasks_have_the_same_digest_in_either_format(tmp_path: Path) -> None:
    path = write(tmp_path, "sums.jsonl", ROWS)
    foreign = read_validation_set(path)
    own = write(tmp_path, "own.json", read_tasks(path).document.content)
    assert read_validation_set(own).digest == foreign.digest
    assert read_validation_set(own).imported == ()


@pytest.mark.parametrize(
    "rows",
    [
        [{"id": "a", "inptu": "x", "checks": [{"type": "exact"}]}],
        [{"validation_set": {"name": "x"}}, {"id": "a", "question": "x"}],
    ],
)
def test_an_own_file_with_a_mistake_stays_one(tmp_path: Path, rows: list[Any]) -> None:
    path = write(tmp_path, "own.jsonl", rows)
    assert read_tasks(path).report is None
    with pytest.raises(ValidationSetError, match="unknown field"):
        read_validation_set(path)


def test_a_mapping_that_nobody_knows_is_an_own_file_with_a_mistake(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", {"name": "a", "task": []})
    with pytest.raises(ValidationSetError, match="unknown field 'task'"):
        read_validation_set(path)
    with pytest.raises(ValidationSetError, match="not a format that is known"):
        import_file(path, FieldNames())


def test_an_own_file_is_not_imported(tmp_path: Path) -> None:
    path = write(tmp_path, "own.yaml", {"tasks": [{"id": "a"}]})
    with pytest.raises(ValidationSetError, match="this is a validation set already"):
        import_file(path, FieldNames())


def test_a_trigger_set_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, "eval_queries.json", [{"query": "a", "should_trigger": True}])
    with pytest.raises(ValidationSetError, match=r"eval_queries\.json: this is a trigger set"):
        read_validation_set(path)


def test_evals_beside_a_skill_are_found_where_it_has_no_validation_set(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    skill = tmp_path / "skills" / "notes" / "SKILL.md"
    evals = [{"id": n, "prompt": f"Write {n}.", "expectations": ["Has a date"]} for n in range(4)]
    path = write(skill.parent, "evals/evals.json", {"skill_name": "notes", "evals": evals})
    skill.write_text("# Notes\n")
    assert find_validation_set(skill) == path
    assert read_validation_set(path).name == "notes"
    own = write(tmp_path, "validation_sets/notes.yaml", {})
    assert find_validation_set(skill) == own
