"""The files that records of other programs' eval sets name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files.record_files import LARGEST_TEXT
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.app.import_tasks import import_tasks
from skillopt.core.evaluation.validation_set import ValidationSet


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    folder = tmp_path / "skills" / "sums"
    (folder / "evals" / "files").mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\nname: sums\ndescription: Sums.\n---\nBody\n")
    (folder / "evals" / "files" / "a.csv").write_text("x,y\n1,2\n")
    (folder / "evals" / "files" / "scan.pdf").write_bytes(b"%PDF\0\xff")
    (folder / "evals" / "files" / "long.txt").write_text("x" * (LARGEST_TEXT + 1))
    return folder


def evals(skill: Path, *files: Any) -> Path:
    path = skill / "evals" / "evals.json"
    listed = [
        {"id": n, "prompt": f"Sum {n}", "expectations": ["The sum is right"], "files": given}
        for n, given in enumerate([*files, None, None, None])
    ]
    path.write_text(json.dumps({"skill_name": "sums", "evals": listed}))
    return path


def held(found: ValidationSet) -> list[dict[str, bytes]]:
    tasks = {task.id: {file.path: file.data for file in task.files} for task in found.tasks}
    return [tasks[name] for name in sorted(tasks)]


def test_an_evals_json_names_them_from_the_skills_folder(skill: Path) -> None:
    path = evals(skill, ["./evals/files/a.csv"], [{"path": "b.txt", "content": "b"}])
    for found in (read_validation_set(path), imported(path, skill)):
        assert held(found)[:2] == [
            {"evals/files/a.csv": b"x,y\n1,2\n"},
            {"b.txt": b"b"},
        ]


def imported(path: Path, skill: Path) -> ValidationSet:
    written = import_tasks(path, skill=skill, out=skill.parent / "new" / "sums.yaml").written
    return read_validation_set(Path(written))


@pytest.mark.parametrize("name", ["scan.pdf", "long.txt"])
def test_what_is_no_short_text_stays_where_it_is(skill: Path, name: str) -> None:
    path = evals(skill, [f"evals/files/{name}"])
    file = skill / "evals" / "files" / name
    assert held(read_validation_set(path))[0] == {f"evals/files/{name}": file.read_bytes()}
    beside = import_tasks(path, out=skill / "sums.yaml").written
    assert held(read_validation_set(Path(beside)))[0] == {f"evals/files/{name}": file.read_bytes()}
    elsewhere = import_tasks(path, out=skill.parent / "other" / "sums.yaml")
    (left,) = elsewhere.report.left_out
    assert (
        f"'evals/files/{name}' is no text of at most 200,000 bytes, and lies outside" in left.what
    )


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (["gone.csv"], "'gone.csv' is no file in "),
        (["../../secret.txt"], "'../../secret.txt' is no relative path"),
        (["/etc/passwd"], "'/etc/passwd' is no relative path"),
        (["link"], "'link' is no file in "),
        ([3], "'3' is no path, and no text"),
        ([{"path": "a", "content": 3}], "'3' is no path, and no text"),
        ("a.csv", "its `files` are no paths"),
        ({"a": "data:text/plain,x"}, "a `data:` address is no text"),
    ],
)
def test_what_cannot_be_had_is_left_out_and_said(skill: Path, files: Any, says: str) -> None:
    (skill.parent / "secret.txt").write_text("secret")
    (skill / "link").symlink_to(skill.parent / "secret.txt")
    found = read_validation_set(evals(skill, files))
    assert len(found.tasks) == 3
    (left,) = [line for line in found.imported if line.startswith("left out")]
    assert says in left
    assert "secret" not in str([task.files for task in found.tasks])


def test_samples_map_paths_to_texts_and_files(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("from a file")
    files = {"a/b.txt": "a text", "notes.md": "notes.txt"}
    rows = [{"input": f"Ask {n}", "target": "x", "files": files} for n in range(3)]
    path = tmp_path / "samples.json"
    path.write_text(json.dumps(rows))
    expected = {"a/b.txt": b"a text", "notes.md": b"from a file"}
    assert held(read_validation_set(path)) == [expected] * 3
