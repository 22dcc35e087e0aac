"""A skill as a commit has it."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from skillopt.adapters.files.git_repository import (
    EXECUTABLE,
    LINK,
    SUBMODULE,
    Repository,
    TreeFile,
)
from skillopt.adapters.files.skill_file import MOST_BYTES
from skillopt.adapters.files.skill_folder import LARGEST_FILE, ROOT_MARKS
from skillopt.core.history.hand_edit import FileOrigin
from skillopt.core.skill.left_out import Surroundings
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile, is_skill_md
from skillopt.errors import SkillError


class StoredSkill(NamedTuple):
    """A skill of a commit."""

    skill: Skill
    """Its files, from the bytes that git stores: line endings are not converted."""
    origin: FileOrigin
    files: tuple[TreeFile, ...]
    """All files of its folder, paths from there; of a lone Markdown file that file alone."""


def stored_skill(repository: Repository, commit: str, path: str) -> StoredSkill | None:
    """Read a skill from a commit; None where the commit has none at that path.

    Args:
        repository: where the commit is.
        commit: its hash.
        path: from the repository's root: a `SKILL.md`, its folder, or any Markdown file.

    Raises:
        SkillError: what is there is no skill.
        InputError: git cannot read it.
    """
    located = _located(repository, commit, path)
    if located is None:
        return None
    folder, files, file = located
    whole = posixpath.join(folder, file.path)
    if file.mode in {LINK, SUBMODULE}:
        kind = "symbolic link" if file.mode == LINK else "submodule"
        raise SkillError(
            f"{whole} is a {kind} in {commit[:12]}; name the file it leads to as REF:PATH"
        )
    data = repository.blobs([file.blob], most=MOST_BYTES)[file.blob]
    try:
        skill = Skill.from_bytes(data)
    except SkillError as error:
        raise SkillError(f"{commit[:12]}:{whole}: {error}") from None
    if not is_skill_md(file.path):
        return StoredSkill(skill, repository.origin(commit, whole), files)
    home = posixpath.dirname(whole)
    surroundings = _surroundings(repository, home, files)
    around = _around(repository, surroundings, files, file)
    aside = surroundings.left_out_of(one.path for one in files)
    left_out = [posixpath.join(home, path) for path in aside]
    origin = repository.origin(commit, whole, folder=home, left_out=left_out)
    return StoredSkill(skill.model_copy(update={"files": around}), origin, files)


def _surroundings(repository: Repository, folder: str, files: tuple[TreeFile, ...]) -> Surroundings:
    is_root = not folder or any(file.path in ROOT_MARKS for file in files)
    return Surroundings((repository.root / folder).name, is_root)


def _around(
    repository: Repository,
    surroundings: Surroundings,
    files: tuple[TreeFile, ...],
    own: TreeFile,
) -> tuple[SkillFile, ...]:
    """The files around a SKILL.md that are the skill's, as in a folder of the working tree."""
    named = {file.path: file for file in files if surroundings.why_left_out(file.path) is None}
    kept: dict[str, TreeFile] = {}
    for file in named.values():
        if file.mode == SUBMODULE:
            continue
        real = _followed(file, named, repository) if file.mode == LINK else file
        if real is not own:
            kept[file.path] = real
    held = repository.blobs([one.blob for one in kept.values()], most=LARGEST_FILE)
    return tuple(
        SkillFile(path=path, data=held[one.blob], executable=one.mode == EXECUTABLE)
        for path, one in sorted(kept.items())
        if surroundings.why_left_out(path, held[one.blob]) is None
    )


def _followed(link: TreeFile, named: dict[str, TreeFile], repository: Repository) -> TreeFile:
    """The file of the folder that a link leads to.

    Raises:
        SkillError: it leads elsewhere.
    """
    leads = repository.blobs([link.blob], most=MOST_BYTES)[link.blob].decode("utf-8", "replace")
    real = named.get(posixpath.normpath(posixpath.join(posixpath.dirname(link.path), leads)))
    if real is None or real.mode in {LINK, SUBMODULE}:
        raise SkillError(
            f"{link.path} is a symbolic link that leads to no file in the skill's folder; put a "
            "copy there, or remove the link"
        )
    return real


def _located(
    repository: Repository, commit: str, path: str
) -> tuple[str, tuple[TreeFile, ...], TreeFile] | None:
    """The skill's folder in the commit, the files of it, and the skill's own file."""
    inside = repository.tree(commit, path)
    if inside is not None:
        own = _named(inside, SKILL_MD)
        return None if own is None else (path, inside, own)
    folder, name = posixpath.split(path)
    beside = repository.tree(commit, folder) or ()
    file = next((one for one in beside if one.path == name), None)
    if file is None:
        return None
    return folder, beside if is_skill_md(name) else (file,), file


def _named(files: tuple[TreeFile, ...], name: str) -> TreeFile | None:
    """The file directly in the folder that is called so; in any case, as a last resort."""
    found = sorted(one for one in files if one.path.lower() == name.lower())
    return next((one for one in found if one.path == name), found[0] if found else None)
