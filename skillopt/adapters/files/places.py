"""Where a skill's tasks, settings and ledger are: one place, found by one rule.

A skill belongs to the project its file is in; where it was named by a symbolic link, that is the
file the link leads to. Only where no validation set is found there, and one is found from the link,
it belongs to the project that the link is in. A project is the nearest folder upwards with
`.skillopt`, `skillopt.toml`, `pyproject.toml` or `.git` (of a git worktree too, which so is a
project of its own); without any, it is the working directory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.files.located_skill import located_skill
from skillopt.adapters.files.settings_file import project_mark, project_of
from skillopt.core.skill.skill_md import is_skill_md
from skillopt.errors import SkillError

SUFFIXES = (".yaml", ".yml", ".jsonl")
FOLDER = "validation_sets"
TRIGGERS = ".triggers"
"""Stands before the suffix of a trigger set's name."""
SKILL_CREATOR = ("evals/eval_queries.json", "eval_queries.json")
"""Where skill-creator has a skill's trigger set."""
EVALS = Path("evals", "evals.json")
"""Where skill-creator and agentskills.io keep the evals of a skill, in its folder."""
_ROOT_MARKS = (".git", "pyproject.toml")


class Place(NamedTuple):
    """What belongs to a skill, as it was found."""

    file: Path
    """The skill's file, absolute."""
    link: Path | None
    """How it was named, where that leads to ``file`` by a symbolic link."""
    linked: bool
    """What belongs to the skill is where ``link`` is."""
    project: Path
    """The folder with the settings and the ledger."""
    mark: str | None
    """What marks it as a project; None for the working directory."""
    validation_sets: tuple[Path, ...]
    """The validation sets named after the skill: one, if all is well. Where there is none, the
    `evals/evals.json` in its folder."""

    @property
    def name(self) -> str:
        """What its validation set is called."""
        return task_name(self._origin)

    @property
    def highest(self) -> Path:
        """The folder furthest up in which its validation set may be."""
        return list(_folders(self._origin))[-1]

    @property
    def _origin(self) -> Path:
        return self.link if self.linked and self.link else self.file


def place_of(skill: Path) -> Place:
    """The place of a skill's tasks, settings and ledger.

    Args:
        skill: its file, or the folder of its `SKILL.md`; a symbolic link to either.

    Raises:
        SkillError: there is no skill.
    """
    named = located_skill(skill).absolute()
    real = named.resolve()
    if Path(os.path.normpath(named)) == real:
        return _place(named, origin=named, link=None)
    place = _place(real, origin=real, link=named)
    if place.validation_sets:
        return place
    from_link = _place(real, origin=named, link=named)
    return from_link if from_link.validation_sets else place


def project_for(path: Path) -> Path:
    """The project of a skill, or of another file or folder."""
    try:
        return place_of(path).project
    except SkillError:
        return project_of(path.resolve())


def task_name(file: Path) -> str:
    """What the validation set of a skill's file is called, without suffix."""
    return file.parent.name if is_skill_md(file.name) else file.stem


def possible_sets(file: Path) -> Iterator[Path]:
    """Where the validation set of a skill's file may be; neither has to be there."""
    yield from _named_after(file)
    if is_skill_md(file.name):
        yield file.parent / EVALS


def trigger_sets(skill: Path) -> tuple[Path, ...]:
    """The trigger sets of a skill: skill-creator's beside it, and those named after it.

    Raises:
        SkillError: there is no skill.
    """
    file = place_of(skill).file
    named = [f"{task_name(file)}{TRIGGERS}{suffix}" for suffix in (".json", *SUFFIXES)]
    places = [file.parent / path for path in SKILL_CREATOR]
    places += [folder / name for folder in _folders(file) for name in named]
    return tuple({path.resolve(): path for path in places if path.is_file()}.values())


def main_worktree(project: Path) -> Path | None:
    """The main worktree of the repository whose linked git worktree ``project`` is in, or None."""
    for folder in (project, *project.parents):
        mark = folder / ".git"
        if mark.is_dir():
            return None
        if mark.is_file():
            return _main_of(mark)
    return None


def _main_of(mark: Path) -> Path | None:
    try:
        kind, _, where = mark.read_text(encoding="utf-8").strip().partition(":")
    except (OSError, UnicodeDecodeError):
        return None
    git = mark.parent / where.strip()
    is_worktree = kind == "gitdir" and git.parent.name == "worktrees"
    main = Path(os.path.normpath(git)).parents[1]
    return main.parent if is_worktree and main.name == ".git" else None


def _place(file: Path, *, origin: Path, link: Path | None) -> Place:
    project = project_of(origin)
    found: dict[Path, Path] = {}
    for candidate in _named_after(origin):
        if candidate.is_file():
            found.setdefault(candidate.resolve(), candidate)
    evals = origin.parent / EVALS
    if not found and is_skill_md(origin.name) and evals.is_file():
        found[evals.resolve()] = evals
    return Place(
        file=file,
        link=link,
        linked=origin is link,
        project=project,
        mark=project_mark(project),
        validation_sets=tuple(found.values()),
    )


def _named_after(file: Path) -> Iterator[Path]:
    for folder in _folders(file):
        for suffix in SUFFIXES:
            yield folder / f"{task_name(file)}{suffix}"


def _folders(file: Path) -> Iterator[Path]:
    """Where a validation set may be: beside the skill, and in `validation_sets` there and above."""
    yield file.parent
    for folder in _upwards(file.parent):
        yield folder / FOLDER


def _upwards(folder: Path) -> list[Path]:
    """``folder`` and those above it, up to the root.

    That is the repository's root; outside of any the marked project's folder, else the working
    directory.
    """
    chain = (folder, *folder.parents)
    root = next((up for up in chain if any((up / mark).exists() for mark in _ROOT_MARKS)), None)
    if root is None:
        project = project_of(folder)
        root = project if project in chain else folder
    return list(chain[: chain.index(root) + 1])
