"""A skill that is a folder, from its files through gate and ledger and back, to the byte."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate import Outcome
from skillopt.errors import InputError
from tests.cli.commands import ran, said, said_json
from tests.scripted import agent, tasks

SKILL_MD = "---\nname: desks\n---\n# Which desk\n\nSee [the words](references/words.md).\n"
WORDS = "# Words\r\n\r\n- bread: bakery\r\n"
MORE = "- roses: garden\r\n- lawn: garden\r\n- saw: tools\r\n- drill: tools\r\n- cake: bakery\r\n"
SCRIPT = "#!/bin/sh\necho desk\n"


def at_the_desk(skill: str, letter: str, *, skill_folder: Path) -> str:
    assert (skill_folder / "SKILL.md").read_text(encoding="utf-8") == skill
    words = (skill_folder / "references/words.md").read_bytes().decode()
    return agent(words, letter)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "skillopt.toml").write_text("", encoding="utf-8")
    folder = tmp_path / "skills" / "desks"
    for name, text in (
        ("SKILL.md", SKILL_MD),
        ("references/words.md", WORDS),
        ("scripts/say.sh", SCRIPT),
        ("assets/logo.bin", "\0"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    (folder / "scripts/say.sh").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files_in(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def gated(old: Path, new: Path) -> Outcome:
    found = skillopt.gate(old, new, validation_set=tasks(), target=at_the_desk)
    return found.outcome


def test_a_reference_is_edited_gated_compared_and_reverted(project: Path) -> None:
    new = project / "skills" / "desks"
    old = shutil.copytree(new, project / "before" / "desks")
    before = files_in(new)
    (new / "references/words.md").write_bytes((WORDS + MORE).encode())
    (new / "references/more.md").write_text("More.\n", encoding="utf-8")
    (new / "assets/logo.bin").unlink()

    assert gated(old, new) is Outcome.ACCEPTED

    first = skillopt.read_skill(old)
    lines = said("diff", "skills/desks", first.digest[:12]).splitlines()
    assert "diff --git a/references/words.md b/references/words.md" in lines
    assert any(line.startswith("+- cake: bakery") for line in lines)
    assert "deleted file mode 100644" in lines
    assert "SKILL.md" not in "\n".join(lines)
    traced = said_json("ledger", "why", "skills/desks", "--file", "references/words.md")["lines"]
    assert traced[-1]["round"]
    assert not traced[0]["round"]
    after = files_in(new)
    assert said_json("revert", "skills/desks", first.digest[:12])["kind"] == "written"
    assert files_in(new) == before
    versions = said_json("revert", "skills/desks")["versions"]
    last = next(one["digest"] for one in versions if one["digest"] != first.digest)
    said("revert", "skills/desks/SKILL.md", last[:12])
    assert files_in(new) == after
    (hit,) = said_json("ledger", "search", "cake")["hits"]
    assert "diff --git" in said("ledger", "show", hit["round"]["id"])
    assert said_json("ledger", "verify")["bad"] is None


def test_a_change_by_hand_in_any_file_is_another_version(project: Path) -> None:
    new = project / "skills" / "desks"
    old = shutil.copytree(new, project / "before" / "desks")
    (new / "references/words.md").write_bytes((WORDS + MORE).encode())
    assert gated(old, new) is Outcome.ACCEPTED
    (new / "scripts/say.sh").chmod(0o644)
    first = skillopt.read_skill(old)

    found = said_json("revert", "skills/desks", first.digest[:12])

    assert found["kind"] == "beside"
    assert skillopt.read_skill(new.with_name("desks.skillopt")) == first
    assert not (new / "scripts/say.sh").stat().st_mode & 0o100


def test_two_equal_folders_are_nothing_to_decide(project: Path) -> None:
    new = project / "skills" / "desks"
    old = shutil.copytree(new, project / "before" / "desks")
    (new / "__pycache__").mkdir()
    (new / "__pycache__" / "x.pyc").write_bytes(b"")
    (new / "desks.yaml").write_text("tasks: []\n", encoding="utf-8")

    with pytest.raises(InputError, match="the two versions are equal"):
        gated(old, new)


def test_the_doctor_counts_the_files_and_knows_the_root_of_a_repository(project: Path) -> None:
    doctor = ("doctor", "skills/desks", "--json")
    says = [one["says"] for one in json.loads(ran(*doctor).stdout)["findings"]]
    assert any("3 other files with" in one for one in says)
    for name in (".git/config", "src/a.py"):
        (project / "skills/desks" / name).parent.mkdir()
        (project / "skills/desks" / name).touch()
    says = [one["says"] for one in json.loads(ran(*doctor).stdout)["findings"]]
    assert any("is the root of a repository" in one for one in says)


def test_an_interrupted_write_is_told_by_the_next_command(project: Path) -> None:
    folder = project / "skills" / "desks"
    (folder / ".skillopt-write").write_text("{}", encoding="utf-8")

    result = ran("diff", "skills/desks")

    assert "delete that file" in str(result.exception)


def test_the_ledger_keeps_what_a_file_held_once(project: Path) -> None:
    new = project / "skills" / "desks"
    old = shutil.copytree(new, project / "before" / "desks")
    (new / "references/words.md").write_bytes((WORDS + MORE).encode())
    assert gated(old, new) is Outcome.ACCEPTED

    async def stored() -> tuple[skillopt.Skill | None, ...]:
        async with SqlLedger.open(project / ".skillopt/ledger.db") as ledger:
            digests = [skillopt.read_skill(one).digest for one in (old, new)]
            return tuple([await ledger.skill(one) for one in digests])

    assert asyncio.run(stored()) == (skillopt.read_skill(old), skillopt.read_skill(new))
