"""Files that a promptfoo config names."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.files.eval_files import read_eval_file
from skillopt.adapters.files.promptfoo_files import LARGEST_INSERTION, with_files
from skillopt.errors import ValidationSetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "evals"
    inner.mkdir()
    return inner


def read(folder: Path, config: str):  # type: ignore[no-untyped-def]
    path = folder / "promptfooconfig.yaml"
    path.write_text(config, encoding="utf-8")
    return with_files(read_eval_file(path), path)


def test_tests_of_files_stand_where_the_files_are_named(folder: Path) -> None:
    (folder / "b.csv").write_text("q,__expected\nx,1\n")
    (folder / "a.csv").write_text("q,__expected\ny,1\nz,1\n")
    (folder / "c.jsonl").write_text('{"vars": {"q": "j"}}\n')
    found = read(
        folder, "tests:\n- vars: {q: first}\n- file://*.csv\n- file://c.jsonl\n- file://m.py\n"
    )
    tests = found.content["tests"]
    assert [test["vars"]["q"] for test in tests[:-1]] == ["first", "y", "z", "x", "j"]
    assert tests[-1] == "file://m.py"
    assert [found.line(("tests", index)) for index in range(6)] == [2, 3, 3, 3, 4, 5]


def test_one_file_of_tests_and_one_for_all_tests(folder: Path) -> None:
    (folder / "all.yaml").write_text("assert: [{type: contains, value: x}]\n")
    (folder / "t.json").write_text('[{"vars": {"q": "a"}}]')
    found = read(folder, "tests: file://t.json\ndefaultTest: file://all.yaml\n").content
    assert found["tests"] == [{"vars": {"q": "a"}}]
    assert found["defaultTest"] == {"assert": [{"type": "contains", "value": "x"}]}


def test_values_and_variables_of_files(folder: Path) -> None:
    (folder.parent / "text.md").write_text("Long text.\n")
    (folder / "schema.json").write_text('{"type": "object"}')
    config = (
        "tests:\n"
        "- vars: {q: file://../text.md, image: file://x.png}\n"
        "  assert: [{type: is-json, value: file://schema.json}, {type: python, value: file://c.py}]\n"
        "  description: file://text.md\n"
    )
    (test,) = read(folder, config).content["tests"]
    assert test["vars"] == {"q": "Long text.", "image": "file://x.png"}
    assert [one["value"] for one in test["assert"]] == [{"type": "object"}, "file://c.py"]
    assert test["description"] == "file://text.md"


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("file:///etc/passwd.txt", "lies outside of the project"),
        ("file://../../secret.txt", "lies outside of the project"),
        ("file://link.txt", "lies outside of the project"),
        ("file://none.txt", "no such file: none.txt"),
    ],
)
def test_no_file_outside_of_the_project_is_read(folder: Path, named: str, says: str) -> None:
    outside = folder.parent.parent / "secret.txt"
    outside.write_text("secret")
    (folder / "link.txt").symlink_to(outside)
    with pytest.raises(ValidationSetError, match=says) as caught:
        read(folder, f"tests:\n- vars: {{q: '{named}'}}\n")
    assert caught.value.line == 2


def test_a_pattern_that_matches_nothing(folder: Path) -> None:
    with pytest.raises(ValidationSetError, match=r"no file matches 'cases/\*\.csv'"):
        read(folder, "tests: ['file://cases/*.csv']\n")


def test_the_same_large_file_many_times_has_a_limit(folder: Path) -> None:
    (folder / "large.txt").write_text("x" * 1_000_000)
    tests = "- vars: {q: file://large.txt}\n" * (LARGEST_INSERTION // 1_000_000 + 1)
    with pytest.raises(ValidationSetError, match="make it longer than 32,000,000 characters"):
        read(folder, f"tests:\n{tests}")


def test_a_text_file_holds_several_prompts(folder: Path) -> None:
    (folder / "p.txt").write_text("As a pirate: {{q}}\n---\nAs a sailor: {{q}}\n--- \n\n")
    (folder / "p.md").write_text("A title\n---\n{{q}}\n")
    found = read(folder, "prompts: [file://p.txt, file://p.md]\ntests: []\n").content
    assert found["prompts"] == ["As a pirate: {{q}}", "As a sailor: {{q}}", "A title\n---\n{{q}}"]
