"""`skillopt import-tasks`, and `--tasks` with a file of another format."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import ran, said, said_json


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    tests = "\n".join(
        f"- {{vars: {{q: 'Is {n} even?'}}, assert: [{{type: icontains, value: 'yes'}}, {{type: cost}}]}}"
        for n in range(8)
    )
    Path("promptfooconfig.yaml").write_text(f"tests:\n{tests}\n- file://more.py\n")
    Path("even.md").write_text("# Even\n\nAnswer `yes`.\n")
    return tmp_path


def test_what_was_read_and_what_was_not() -> None:
    result = ran("import-tasks", "promptfooconfig.yaml", "--out", "even.yaml", "--for", "even.md")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[:3] == [
        "read as promptfoo tests: 9 records, 8 tasks",
        "input <- vars.q",
        "icontains -> contains: 8",
    ]
    assert "wrote even.yaml: 8 tasks (" in result.stdout
    assert "next: skillopt doctor even.md" in result.output
    assert "refused: `cost`: is about the provider, not the answer (8, first in record 1)" in (
        " ".join(result.stderr.split())
    )
    assert "left out: 'file://more.py' is neither" in " ".join(result.stderr.split())


def test_as_json() -> None:
    found = said_json("import-tasks", "promptfooconfig.yaml")
    assert found["written"] == "promptfooconfig.tasks.yaml"
    assert found["report"]["format"] == "promptfoo"
    assert found["report"]["refused"] == [
        {"what": "`cost`: is about the provider, not the answer", "count": 8, "first": 1}
    ]


def test_a_foreign_file_may_be_named_with_tasks() -> None:
    result = ran("eval", "even.md", "--tasks", "promptfooconfig.yaml", "--practice")
    assert result.exit_code == 0, result.output
    assert "tasks: read as promptfoo tests: 9 records, 8 tasks" in result.stderr
    assert "tasks: refused: `cost`" in result.stderr
    doctor = said("doctor", "even.md", "--tasks", "promptfooconfig.yaml", "--practice")
    assert "read as promptfoo tests" in doctor


def test_a_field_that_is_not_there() -> None:
    Path("a.csv").write_text("one,two\n1,2\n")
    result = ran("import-tasks", "a.csv", "--input-field", "three")
    assert "no record has the field 'three'" in str(result.exception)
