"""Doctor says which files it uses, and why those."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.app.doctor import check_up
from skillopt.app.files_used import files_used
from tests.app.tickets import project


def said(skill: Path, **given: object) -> list[str]:
    return [one.says for one in files_used(skill, tasks=None, given=given)]


def test_the_files_of_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path)
    monkeypatch.chdir(folder)
    assert said(Path("tickets.md")) == [
        f"project {folder}: the nearest folder upwards with `skillopt.toml`",
        "validation set validation_sets/tickets.yaml: named after 'tickets'",
        f"settings {folder}/skillopt.toml",
        "ledger .skillopt/ledger.db: the project's; a run will create it",
    ]
    (link,) = files_used(Path("new.md"), tasks=Path("validation_sets/tickets.yaml"), given={})[1:2]
    assert link.says == "validation set validation_sets/tickets.yaml: named with --tasks"


@pytest.mark.parametrize("here", ["", "validation_sets", "elsewhere"])
def test_a_ledger_in_the_settings_is_relative_to_their_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    folder = project(tmp_path)
    (folder / "skillopt.toml").write_text('practice = true\nledger = "kept/mine.db"\n')
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / here)
    ledger = said(folder / "tickets.md")[-1]
    path, _, why = ledger.removeprefix("ledger ").partition(": ")
    assert Path(path).resolve() == folder / "kept" / "mine.db"
    assert why.startswith("named in the settings")


def test_a_given_ledger_wins(tmp_path: Path) -> None:
    folder = project(tmp_path)
    told = said(folder / "tickets.md", ledger="postgresql://u:secret@db.example/skills")[-1]
    assert told.endswith(": named with --ledger or SKILLOPT_LEDGER")
    assert "secret" not in told


def test_a_link_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo").mkdir()
    folder = project(tmp_path / "repo")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    (home / "tickets.md").symlink_to(folder / "tickets.md")
    told = said(Path("tickets.md"))
    assert told[0] == (
        f"skill tickets.md is a link to {folder}/tickets.md; its tasks, settings and ledger are "
        "looked for where the file is"
    )
    assert told[1].startswith(f"project {folder}: ")
    assert check_up(Path("tickets.md"), given={}).ready
    assert list(home.iterdir()) == [home / "tickets.md"]


def test_a_read_only_file_is_a_warning_before_the_run(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "tickets.md").chmod(0o444)
    found = check_up(folder / "tickets.md", given={})
    (warning,) = [one for one in found.findings if one.level == "warning" and one.about == "files"]
    assert "tickets.skillopt.md" in warning.says
    assert "chmod u+w" in (warning.mend or "")
    assert found.ready


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("# Größe\n".encode("utf-16"), "UTF-16"),
        ("# Größe\n".encode("utf-32"), "UTF-32"),
        ("# Size\n".encode("utf-16-le"), "UTF-16LE"),
        ("# Size\n".encode("utf-16-be"), "UTF-16BE"),
        ("# Größe\n".encode("latin-1"), "WINDOWS-1252"),
    ],
)
def test_another_encoding_is_named_and_the_rest_still_checked(
    tmp_path: Path, data: bytes, encoding: str
) -> None:
    folder = project(tmp_path)
    (folder / "tickets.md").write_bytes(data)
    found = check_up(folder / "tickets.md", given={})
    assert not found.ready
    by_subject = {one.about: one for one in found.findings}
    assert f"`iconv -f {encoding} -t UTF-8`" in by_subject["skill"].says
    assert by_subject["skill"].mend is None
    assert by_subject["validation set"].level == "good"
    assert "files" in by_subject


READ_ONLY = Path("/proc/version")
"""A file in a folder where nobody can create another, the superuser included."""


@pytest.mark.skipif(not READ_ONLY.is_file(), reason="no /proc")
def test_a_read_only_folder_is_a_warning_for_the_superuser_too(tmp_path: Path) -> None:
    folder = project(tmp_path)
    tasks = folder / "validation_sets" / "tickets.yaml"
    found = check_up(READ_ONLY, validation_set=tasks, given={"practice": True})
    (warning,) = [one for one in found.findings if one.level == "warning" and one.about == "files"]
    assert warning.says == "the folder /proc is read-only: no result can be written there"
    assert warning.mend == "pass --out FILE to tune"


def test_other_names_of_the_file_are_a_warning(tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / "twin.md").hardlink_to(folder / "tickets.md")
    found = check_up(folder / "tickets.md", given={})
    (warning,) = [one for one in found.findings if one.level == "warning" and one.about == "files"]
    assert "has 2 hard links: a result replaces this one, and the others keep" in warning.says
