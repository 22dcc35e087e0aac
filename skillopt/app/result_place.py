"""Where the result of a tuning run goes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.files.skill_file import held_digest, located_skill
from skillopt.adapters.files.skill_folder import is_left_out, is_repository, root_of
from skillopt.app.inputs import Inputs
from skillopt.errors import SkillError


def resolved(path: Path) -> str:
    """The file that a path leads to, as the ledger names heads."""
    return str(path.resolve())


class Place(NamedTuple):
    """Where the result goes."""

    path: Path
    own: bool
    """It is the file the skill was read from."""
    held: str | None
    """The content of another file when the run started, by :func:`held_digest`."""

    @property
    def shown(self) -> Path:
        """The path as a person would type it here."""
        inside = self.path.is_relative_to(Path.cwd())
        return Path(os.path.relpath(self.path)) if inside else self.path


def place_of(inputs: Inputs, path: Path) -> Place:
    """``path`` as the place of the result, with what it holds now."""
    own = inputs.path is not None and path.resolve() == located_skill(inputs.path).resolve()
    return Place(path, own, None if own else held_digest(path))


def file_of(inputs: Inputs, out: str | Path | None) -> Path | None:
    """Where the result goes."""
    if out is not None:
        named = Path(out).absolute()
        return located_skill(named).absolute() if _is_own_folder(inputs, named) else named
    return None if inputs.path is None else located_skill(inputs.path).absolute()


def _is_own_folder(inputs: Inputs, named: Path) -> bool:
    """Whether a folder is the one that the skill was read from."""
    root = None if inputs.path is None else root_of(located_skill(inputs.path))
    return root is not None and named.is_dir() and named.resolve() == root


def check_outside(path: Path, inputs: Inputs, instead: str) -> None:
    """A result in the skill's own folder would be a part of the skill from then on.

    Raises:
        SkillError: that is where it is to be written.
    """
    file = inputs.file
    root = None if file is None else root_of(file)
    if file is None or root is None or path.resolve() in {file.resolve(), root.resolve()}:
        return
    real, home = path.resolve(), root.resolve()
    if not real.is_relative_to(home):
        return
    inside = real.relative_to(home).as_posix()
    if not is_left_out(inside, root=root, repository=is_repository(root)):
        raise SkillError(
            f"{path} lies in the skill's folder, and would be a part of the skill; {instead}; "
            "nothing was called"
        )
