"""Two skills of one name on the command line, and `skillopt ledger attach`."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from tests.adapters.ledger.samples import a_run, an_end
from tests.cli.commands import ran, said, said_json

TEXTS = {
    folder: Skill(text=f"---\nname: review\ndescription: Of {folder}.\n---\n# Of {folder}\n")
    for folder in ("a", "b")
}


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two skills called `review`, each with a run of its own."""

    async def fill() -> None:
        async with SqlLedger.open(tmp_path / ".skillopt" / "ledger.db") as ledger:
            for folder, skill in TEXTS.items():
                path = f"{folder}/review"
                run = a_run(f"run-{folder}", skill_name="review", skill_path=path, fingerprint=path)
                run = run.model_copy(update={"first": skill.digest})
                await ledger.start_run(run, skill)
                await ledger.finish_run(an_end(run))

    (tmp_path / "skillopt.toml").touch()
    for folder, skill in TEXTS.items():
        (tmp_path / folder / "review").mkdir(parents=True)
        (tmp_path / folder / "review" / "SKILL.md").write_bytes(skill.to_bytes())
    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)


def versions(path: str) -> list[str]:
    return [one["digest"] for one in said_json("revert", path)["versions"]]


def test_a_version_of_another_skill_of_that_name_is_not_written() -> None:
    assert versions("b/review") == [TEXTS["b"].digest]
    for command in ("revert", "diff"):
        result = ran(command, "b/review", TEXTS["a"].digest[:10])
        assert isinstance(result.exception, InputError)
        assert "of ./b/review in the ledger" in str(result.exception)
    assert Path("b/review/SKILL.md").read_bytes() == TEXTS["b"].to_bytes()


def test_commands_take_the_name_or_the_file() -> None:
    for given, runs in (("review", {"run-a", "run-b"}), ("b/review", {"run-b"})):
        found = said_json("runs", "list", "--skill", given)
        assert {one["record"]["id"] for one in found["runs"]} == runs
        stats = said_json("ledger", "stats", "--skill", given)
        assert len(stats["skills"]) == len(runs)
    assert "review (./b/review)" in said("ledger", "stats")
    assert isinstance(ran("ledger", "why", "review").exception, InputError)
    assert said_json("ledger", "why", "b/review")["lines"][-1]["text"] == "# Of b"


def test_a_moved_skill_is_attached() -> None:
    shutil.move("a", "moved")
    told = said("revert", "moved/review")
    assert " ".join(told.split()).endswith(
        "at ./a/review; if it was moved: skillopt ledger attach ./a/review moved/review/SKILL.md"
    )
    told = said("ledger", "attach", "a/review", "moved/review")
    assert told.splitlines()[0] == "attached 1 run of ./a/review to ./moved/review"
    assert versions("moved/review") == [TEXTS["a"].digest]
    assert said_json("ledger", "verify")["sound"]


def test_a_skill_that_is_still_there_is_not_attached() -> None:
    assert isinstance(ran("ledger", "attach", "a/review", "b/review").exception, InputError)
    assert versions("b/review") == [TEXTS["b"].digest]


def test_attaching_in_json() -> None:
    shutil.move("a", "moved")
    found = said_json("ledger", "attach", "./a/review/SKILL.md", "moved/review")
    assert found == {"old": "./a/review", "new": "./moved/review", "runs": 1}
