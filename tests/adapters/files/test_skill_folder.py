"""Which files of a folder are the skill's, and reading them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from skillopt.adapters.files import skill_folder
from skillopt.adapters.files.rendered import rendered_skill
from skillopt.adapters.files.skill_file import read_skill, write_skill
from skillopt.app.doctor import check_up
from skillopt.core.skill.left_out import Why
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import SkillError

CLIENTS = """---
name: release-notes
description: >-
  Writes release notes: what changed, for whom. Use it when "release" is said.
license: Complete terms in LICENSE.txt
compatibility: Needs git
allowed-tools: Bash(git log:*), Read
metadata: {version: 1.0, openclaw: {requires: {bins: ["git"]}}}
disable-model-invocation: true
user-invocable: false
argument-hint: "[version]"
arguments: [version]
model: inherit
context: fork
agent: Explore
paths: ["*.md"]
hooks: {PreToolUse: [{matcher: Bash, hooks: [{type: command, command: ./scripts/check.sh}]}]}
---

# Release notes

Read [the style](references/style.md).
"""
FOLDERS: dict[str, dict[str, bytes]] = {
    "every client's keys": {"SKILL.md": CLIENTS.encode(), "agents/openai.yaml": b"a: 1\n"},
    "a colon that is no YAML": {"SKILL.md": b"---\nname: a\ndescription: Use: when: asked\n---\n"},
    "a byte order mark and CRLF": {
        "SKILL.md": b"\xef\xbb\xbf---\r\nname: a\r\n---\r\n# A\r\n",
        "scripts/run.ps1": b"\xff\xfew\0r\0i\0t\0e\0",
        "scripts/run.cmd": b"@echo off\r\n",
    },
    "no front matter, no last newline": {"skill.md": b"# Old style"},
    "tabs, an unclosed fence": {"SKILL.md": b"---\nname:\ta\n# A\n```\n", "README.md": b"# B\n"},
    "an empty SKILL.md": {"SKILL.md": b"", "references/.gitkeep": b""},
    "text that is no UTF-8": {"SKILL.md": b"# A\n", "references/old.md": "Größe".encode("latin-1")},
    "a picture, a font, an archive": {
        "SKILL.md": b"# A\n",
        "assets/a.png": b"\x89PNG\r\n\x1a\n\0\0",
        "canvas-fonts/a.ttf": bytes(range(256)),
        "scripts/parts.tar.gz": b"\x1f\x8b\x08\0",
    },
    "names of all kinds": {
        "SKILL.md": b"# A\n",
        "references/größe 1.md": b"a",
        "references/需求模板.md": b"b",
        "references/a\tb'\"$(x).md": b"c",
        "references/-rf": b"d",
        "assets/.hidden/.eslintrc": b"e",
    },
    "code beside it": {
        "SKILL.md": b"# A\n",
        "package.json": b'{"scripts": {"test": "node run.js"}}',
        "run.js": b"console.log(1)\n",
        "lib/helpers.js": b"",
        "LICENSE.txt": b"MIT",
        "requirements.txt": b"pillow\n",
    },
    "a skill in a skill": {"SKILL.md": b"# A\n", "sub/SKILL.md": b"# B\n", "sub/x/y/z/w.md": b"c"},
    "a lone carriage return": {"SKILL.md": b"# A\rline\n", "reference.md": b"\r\r\n\n"},
    "a schema and data": {
        "SKILL.md": b"# A\n",
        "ooxml/a.xsd": b"<a/>",
        "data/people.csv": b"a,b\n",
    },
}
"""The shapes of public skills, each with what is odd about it."""
LEFT_OUT = (
    ".git/config", ".DS_Store", "scripts/__pycache__/run.cpython-311.pyc", "node_modules/a/b.js",
    ".env", "scripts/.env.local", "evals/evals.json", "eval_queries.json", "forms.yaml",
    "forms.jsonl", "validation_sets/forms.yaml", "ledger.db", "ledger.db-wal", "tasks.jsonl",
    "SKILL.skillopt.md", "SKILL.skillopt-2.md", "promptfooconfig.yaml", ".skillopt/ledger.db",
    "references/.a.md.swp", "references/a.md~", "references/a.skillopt.md", ".venv/bin/x",
)  # fmt: skip


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def names(skill: Skill) -> set[str]:
    return {file.path for file in skill.files}


@pytest.mark.parametrize("files", FOLDERS.values(), ids=FOLDERS)
def test_a_folder_comes_back_to_the_byte(files: dict[str, bytes], tmp_path: Path) -> None:
    skill = read_skill(put(tmp_path / "a", files))
    again = read_skill(rendered_skill(skill, tmp_path / "b"))

    assert again == skill
    assert {"SKILL.md", *names(skill)} == {
        "SKILL.md" if path == "skill.md" else path for path in files
    }
    assert all(file.data == files[file.path] for file in skill.files)
    assert again.digest == skill.digest
    assert Skill.model_validate_json(skill.model_dump_json()) == skill


def test_scripts_keep_that_they_can_be_run(tmp_path: Path) -> None:
    folder = put(tmp_path / "a", {"SKILL.md": b"", "scripts/a.sh": b"", "scripts/b.sh": b""})
    (folder / "scripts/a.sh").chmod(0o755)

    skill = read_skill(folder / "SKILL.md")

    assert {file.path: file.executable for file in skill.files} == {
        "scripts/a.sh": True,
        "scripts/b.sh": False,
    }


def test_what_is_not_the_skills_is_left_out(tmp_path: Path) -> None:
    folder = put(
        tmp_path / "forms", {path: b"x" for path in LEFT_OUT if not path.startswith(".git/")}
    )
    put(folder, {"SKILL.md": b"# A\n", "notes.yaml": b"x: 1\n", "more.yaml": b"tasks:\n- id: a\n"})
    own = {"notes.yaml", "scripts/tasks.yaml", "scripts/.env.example", "assets/site/.eslintrc"}
    put(folder, dict.fromkeys(own - {"notes.yaml"}, b"x: 1"))

    assert names(read_skill(folder)) == own


@pytest.mark.parametrize("mark", [".git/config", ".hg/x", "skillopt.toml"])
def test_the_root_of_a_repository_is_not_swallowed(tmp_path: Path, mark: str) -> None:
    put(tmp_path, {"SKILL.md": b"# A\n", "src/main.py": b"", "README.md": b"", "forms.md": b""})
    put(tmp_path, {"references/a.md": b"", "scripts/b.py": b"", "assets/c.txt": b""})
    assert len(names(read_skill(tmp_path))) == 6

    put(tmp_path, {mark: b""})

    own = {"references/a.md", "scripts/b.py", "assets/c.txt"}
    assert names(read_skill(tmp_path)) == own


def test_what_lies_beside_is_named_with_the_reason(tmp_path: Path) -> None:
    put(tmp_path, {"SKILL.md": b"# A\n", "run.log": b"", "node_modules/a/b.js": b"", ".x": b""})

    around = skill_folder.read_around(tmp_path, own="SKILL.md")

    assert around == (
        (),
        ((".x", Why.HIDDEN), ("node_modules/", Why.TOOLS), ("run.log", Why.OUTPUT)),
    )


def test_what_lies_beside_changes_nothing_and_stays(tmp_path: Path) -> None:
    folder = put(tmp_path / "forms", {"SKILL.md": b"# A\n", "references/x.md": b"x"})
    before = read_skill(folder)
    beside = [*(path for path in LEFT_OUT if not path.startswith(".git/")), ".gitignore", "a.log"]
    put(folder, dict.fromkeys(beside, b"\xff theirs"))
    (folder / "a.log").chmod(0o640)
    (folder / ".loop").symlink_to(".loop")
    assert read_skill(folder) == before

    gone = SkillFile(path="references/y.md", data=b"y")
    after = Skill(text="# B\n", files=(gone,))
    assert write_skill(folder, after, expected_digest=before.digest).kind == "written"

    assert read_skill(folder) == after
    assert {path: (folder / path).read_bytes() for path in beside} == dict.fromkeys(
        beside, b"\xff theirs"
    )
    assert (folder / "a.log").stat().st_mode & 0o777 == 0o640
    assert (folder / ".loop").is_symlink()


def test_a_markdown_file_is_alone(tmp_path: Path) -> None:
    put(tmp_path, {"style.md": b"# A\n", "references/a.md": b""})

    assert read_skill(tmp_path / "style.md") == Skill(text="# A\n")


def test_links(tmp_path: Path) -> None:
    put(tmp_path, {"a/SKILL.md": b"# A\n", "a/references/x.md": b"x", "outside.md": b"secret"})
    link = tmp_path / "a/references/y.md"
    link.symlink_to("x.md")
    assert {file.path: file.data for file in read_skill(tmp_path / "a").files} == {
        "references/x.md": b"x",
        "references/y.md": b"x",
    }
    put(tmp_path, {"a/.env": b"KEY=secret"})
    (tmp_path / "b").symlink_to("a", target_is_directory=True)
    assert read_skill(tmp_path / "b") == read_skill(tmp_path / "a")
    for target in (
        "../../outside.md",
        "nowhere.md",
        "../references",
        "/dev/zero",
        "y.md",
        "../.env",
    ):
        link.unlink()
        link.symlink_to(target)
        with pytest.raises(SkillError, match=r"y\.md.*(symbolic link|cannot be read)"):
            read_skill(tmp_path / "a")


def test_a_skill_md_that_leads_elsewhere(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"shared/SKILL.md": b"# A\n", "shared/references/x.md": b"x", "style.md": b"# B\n"},
    )
    put(tmp_path, {"one/references/own.md": b"", "two/references/own.md": b""})
    (tmp_path / "one/SKILL.md").symlink_to("../shared/SKILL.md")
    (tmp_path / "two/SKILL.md").symlink_to("../style.md")

    assert names(read_skill(tmp_path / "one")) == {"references/x.md"}
    assert names(read_skill(tmp_path / "two")) == {"references/own.md"}


@pytest.mark.parametrize("target", ["SKILL.md", "none.md"])
def test_a_skill_md_that_leads_in_a_circle_or_nowhere(tmp_path: Path, target: str) -> None:
    file = tmp_path / "SKILL.md"
    file.symlink_to(target)
    for name in (tmp_path, file):
        with pytest.raises(SkillError, match=r"broken link: .*SKILL\.md"):
            read_skill(name)
    assert not check_up(tmp_path, given={}).ready
    if target == "SKILL.md":
        with pytest.raises(SkillError, match="too many symbolic links"):
            write_skill(tmp_path, Skill(text="# A\n"), expected_digest=None)
    assert file.is_symlink()


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    put(tmp_path, {"SKILL.md": b""})
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(SkillError, match="pipe is no regular file"):
        read_skill(tmp_path)


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    put(tmp_path, {"SKILL.md": b""})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.md")).write_bytes(b"")

    with pytest.raises(SkillError, match="name that is not UTF-8"):
        read_skill(tmp_path)


@pytest.mark.parametrize(
    ("limit", "files"),
    [("MOST_FILES", {"a": b"", "b": b""}), ("LARGEST_FOLDER", {"a": b"12"})],
)
def test_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, files: dict[str, bytes]
) -> None:
    put(tmp_path, {"SKILL.md": b"", **files})
    monkeypatch.setattr(skill_folder, limit, 1)

    with pytest.raises(SkillError, match=r"holds more than 1 .*a folder of its own"):
        read_skill(tmp_path)


def test_a_large_file_is_refused(tmp_path: Path) -> None:
    put(tmp_path, {"SKILL.md": b"", "assets/film.mp4": b""})
    with (tmp_path / "assets/film.mp4").open("r+b") as sparse:
        sparse.truncate(skill_folder.LARGEST_FILE + 1)

    with pytest.raises(SkillError, match=r"film\.mp4 is larger than 10,000,000 bytes"):
        read_skill(tmp_path)


def test_a_git_repository_above_does_not_matter(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    put(tmp_path, {"skills/a/SKILL.md": b"", "skills/a/forms.md": b""})

    assert names(read_skill(tmp_path / "skills/a")) == {"forms.md"}
