"""Tasks of another format as a validation set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.app.import_tasks import import_tasks
from skillopt.app.tag_clusters import tagging
from skillopt.errors import InputError, ValidationSetError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "sums.csv"
    rows = [f"{n},What is {n} and {n}?,{n + n}" for n in range(12)]
    path.write_text("\n".join(["task_id,question,answer", *rows]) + "\n")
    return path


def test_the_new_file_says_what_it_was_read_from(source: Path) -> None:
    done = import_tasks(source)
    written = Path(done.written)
    assert written == source.with_name("sums.tasks.yaml")
    assert written.read_text().startswith(
        "# Read from sums.csv by skillopt import-tasks.\n# read as"
    )
    found = read_validation_set(written)
    assert (found.imported, len(found.tasks)) == ((), 12)
    assert done.splits == {name: len(found.split(name)) for name in ("train", "validation", "test")}
    assert found.digest == read_validation_set(source).digest


def test_it_is_written_where_the_tasks_of_a_skill_are_found(source: Path) -> None:
    (source.parent / ".git").mkdir()
    skill = source.parent / "skills" / "add" / "SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("# Add\n")
    done = import_tasks(source, skill=skill)
    assert Path(done.written) == find_validation_set(skill)
    with pytest.raises(InputError, match="exists already; nothing was written"):
        import_tasks(source, skill=skill)


def test_names_of_the_caller_and_the_check(source: Path) -> None:
    out = source.with_name("own.jsonl")
    done = import_tasks(source, out=out, input_fields=("question",), check="number")
    assert done.report.fields["input"] == "question"
    (check,) = read_validation_set(out).tasks[0].checks
    assert check.type == "number"


def test_near_copies_secrets_and_rubrics_are_reported(tmp_path: Path) -> None:
    key = "sk-ant-api03-" + "aB3dE5fG7h" * 9
    rows = [
        {"prompt": f"Say {n} nicely to the customer who wrote today", "expectations": ["Is polite"]}
        for n in ("one", "one!", "two", "three", "four")
    ]
    path = tmp_path / "evals.json"
    path.write_text(json.dumps([*rows, {"prompt": f"Use {key}", "expectations": ["Is polite"]}]))
    done = import_tasks(path)
    assert done.uses_judge
    assert done.with_secrets == 1
    assert done.near_copies
    assert key in Path(done.written).read_text()


def test_nothing_is_written_where_the_tasks_break_a_rule(tmp_path: Path) -> None:
    path = tmp_path / "none.csv"
    path.write_text("question,answer\n")
    with pytest.raises(ValidationSetError):
        import_tasks(path)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("count", [1, 2])
def test_tasks_too_few_for_three_splits_are_all_for_validation(tmp_path: Path, count: int) -> None:
    path = tmp_path / "few.csv"
    path.write_text("question,answer\n" + "a,b\nc,d\n"[: 4 * count])
    done = import_tasks(path)
    assert done.splits == {"train": 0, "validation": count, "test": 0}
    assert any("too few tasks for three" in line for line in done.report.lines)
    assert len(read_validation_set(Path(done.written)).split("validation")) == count


def test_tags_are_not_written_into_a_foreign_file(source: Path) -> None:
    with pytest.raises(ValidationSetError, match="write one with `skillopt import-tasks`"):
        tagging(source.with_name("a.md"), validation_set=source)
