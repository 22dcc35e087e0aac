"""A git repository with skills, for tests of what is taken from git."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.app.tickets import NEW, OLD

AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ann"), ("EMAIL", "ann@example.org"))
}
WORSE = OLD.replace("answer `billing`.", "answer `nothing`.")
WORDS = {"invoice": "billing", "password": "access", "crash": "bugs"}


def git(folder: Path, *arguments: str, sends: bytes = b"") -> str:
    """What git says in ``folder``."""
    fixed = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **AUTHOR}
    done = subprocess.run(
        ["git", "-c", "protocol.file.allow=always", *arguments],
        cwd=folder,
        env={**os.environ, **fixed},
        input=sends,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """A repository whose branch `main` has one commit with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main", ".")
    for name, text in (files or {}).items():
        write(folder / name, text)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "--allow-empty", "-m", "first")
    return folder.resolve()


def write(path: Path, text: str) -> None:
    """Write a file, and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def commit(folder: Path, message: str = "more") -> str:
    """Commit everything; the commit's hash."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def ticket_tasks(name: str, *, validation: int = 24) -> str:
    """A validation set about tickets, for the practice models."""
    rows = [
        {
            "id": f"{split}-{number}",
            "split": split,
            "input": f"{name} ticket {split} {number}: it is about my {word}.",
            "expected": WORDS[word],
        }
        for split, count in (("train", 6), ("validation", validation), ("test", 6))
        for number in range(count)
        for word in [list(WORDS)[number % 3]]
    ]
    return json.dumps({"name": name, "checks": [{"type": "exact"}], "tasks": rows})


def skills_project(folder: Path, *names: str) -> Path:
    """A repository with skills for the practice models, each with its tasks, all at the old text."""
    files = {"skillopt.toml": "practice = true\n", ".gitignore": ".skillopt/\n"}
    for name in names:
        files[f"skills/{name}/SKILL.md"] = OLD
        files[f"validation_sets/{name}.yaml"] = ticket_tasks(name)
    return repository(folder, files)


def pull_request(folder: Path) -> Path:
    """Two changed skills on a branch: one is better, one is worse; another one is unchanged."""
    root = skills_project(folder, "better", "worse", "same")
    git(root, "checkout", "-q", "-b", "feature")
    write(root / "skills/better/SKILL.md", NEW)
    commit(root, "better")
    write(root / "skills/worse/SKILL.md", WORSE)
    commit(root, "worse")
    return root
