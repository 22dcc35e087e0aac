"""Near-copies on the command line: warnings before a run, and `doctor --tag-clusters`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from skillopt.adapters.files.validation_file import read_validation_set
from tests.cli.commands import skillopt_here
from tests.scripted import command, environment

SKILL = "skills/snow/SKILL.md"
LEAK = "the test task 'leak' is nearly the validation task 'twin-0' (100 % the same words)"
TWINS = "the validation tasks 'twin-0' and 'twin-1' are near-copies (100 % the same words)"


def project(folder: Path, *, twins: int = 2, leak: bool = True) -> Path:
    """A skill from `init`, with copies among its tasks."""
    made = skillopt_here("init", "snow", cwd=folder)
    assert made.returncode == 0, made.stderr
    text = "Please tell me: is fresh snow in the Alps white?"
    more = [f'  - {{id: twin-{at}, split: validation, input: "{text}{"!" * at}", expected: "yes"}}'
            for at in range(twins)]  # fmt: skip
    if leak:
        more.append(f'  - {{id: leak, split: test, input: "{text.upper()}.", expected: "yes"}}')
    with tasks_of(folder).open("a", encoding="utf-8") as file:
        file.write("\n".join(more) + "\n")
    return folder


def tasks_of(folder: Path) -> Path:
    return folder / "validation_sets" / "snow.yaml"


def clusters(folder: Path) -> dict[str, str]:
    tasks = read_validation_set(tasks_of(folder)).tasks
    return {task.id: task.cluster for task in tasks if task.cluster is not None}


def answered(folder: Path, answer: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("doctor", SKILL, "--practice", "--tag-clusters", *arguments),
        cwd=folder,
        env=environment(),
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", ["tune", "eval", "gate"])
def test_a_command_warns_on_stderr(tmp_path: Path, name: str) -> None:
    folder = project(tmp_path)
    old = folder / "old.md"
    old.write_text((folder / SKILL).read_text().replace("sky", "snow"))
    arguments = {
        "tune": ["tune", SKILL, "--rounds", "1", "--no-write"],
        "eval": ["eval", SKILL],
        "gate": ["gate", "old.md", SKILL],
    }[name]
    done = skillopt_here(*arguments, "--practice", "--json", cwd=folder)
    assert json.loads(done.stdout)
    assert f"warning: {LEAK}" in done.stderr
    assert f"warning: {TWINS}" in done.stderr
    assert "remove one, or move both to the same split" in done.stderr


def test_more_than_a_few_are_counted(tmp_path: Path) -> None:
    folder = project(tmp_path, twins=15)
    done = skillopt_here("eval", SKILL, "--practice", "--json", cwd=folder)
    warnings = [line for line in done.stderr.splitlines() if line.startswith("warning: ")]
    assert len(warnings) == 7
    assert warnings[0].startswith(f"warning: {LEAK}")
    assert warnings[-1] == "warning: and 9 more near-copies; see `skillopt doctor`"
    found = skillopt_here("doctor", SKILL, "--practice", cwd=folder).stdout
    assert found.count("near-copies:") == 15
    assert f"fix: skillopt doctor {SKILL} --tag-clusters" in found


def test_doctor_has_all_pairs_as_data(tmp_path: Path) -> None:
    folder = project(tmp_path)
    found = json.loads(skillopt_here("doctor", SKILL, "--practice", "--json", cwd=folder).stdout)
    assert found["near_copies"] == [
        {
            "first": "twin-0",
            "first_split": "validation",
            "second": second,
            "second_split": split,
            "similarity": 1.0,
        }
        for second, split in (("leak", "test"), ("twin-1", "validation"))
    ]
    assert "tags" not in found


def test_tags_are_written_when_confirmed(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before = tasks_of(folder).read_text()
    refused = answered(folder, "n\n")
    assert refused.returncode == 0
    assert "+  - {id: twin-1, cluster: twin-0, split: validation" in refused.stdout
    assert "nothing was written" in refused.stderr
    silent = answered(folder, "")
    assert silent.returncode == 1, "nobody answered"
    assert tasks_of(folder).read_text() == before
    done = answered(folder, "y\n")
    assert done.returncode == 0, done.stderr
    assert "2 tags written" in done.stderr
    assert clusters(folder) == {"twin-0": "twin-0", "twin-1": "twin-0"}
    assert tasks_of(folder).read_text().replace(", cluster: twin-0", "") == before
    again = answered(folder, "")
    assert "no near-copies to tag" in again.stdout
    assert LEAK in " ".join(again.stdout.split()), "tags do not make up for a leak"
    assert TWINS not in " ".join(again.stdout.split())


def test_tags_without_asking_and_as_json(tmp_path: Path) -> None:
    folder = project(tmp_path, leak=False)
    wanted = {"twin-0": "twin-0", "twin-1": "twin-0"}
    planned = json.loads(answered(folder, "", "--json").stdout)
    assert (planned["tags"], planned["written"]) == (wanted, False)
    assert clusters(folder) == {}
    done = json.loads(answered(folder, "", "--json", "--yes").stdout)
    assert (done["tags"], done["written"]) == (wanted, True)
    assert clusters(folder) == wanted
    alone = skillopt_here("doctor", SKILL, "--yes", cwd=folder)
    assert alone.returncode == 2
    assert "--tag-clusters" in alone.stderr


def test_a_file_that_is_not_edited_gets_its_tags_told(tmp_path: Path) -> None:
    folder = project(tmp_path)
    path = tasks_of(folder)
    path.write_text(path.read_text().replace("{id: twin-1,", "{id: twin-1, cluster: null,"))
    before = path.read_bytes()
    told = answered(folder, "", "--yes")
    assert told.returncode == 0, told.stderr
    assert "add these tags yourself" in told.stdout
    assert "  twin-1: cluster: twin-0" in told.stdout
    assert path.read_bytes() == before


@pytest.mark.parametrize("arguments", [["--help"], ["ledger", "list"]])
def test_commands_without_tasks_do_not_load_it(tmp_path: Path, arguments: list[str]) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['skillopt', *{arguments!r}]\n"
        "from skillopt.cli.main import run\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "loaded = {'rapidfuzz', 'skillopt.core.evaluation.near_copies'} & sys.modules.keys()\n"
        "sys.exit(f'loaded {loaded}' if loaded else 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
