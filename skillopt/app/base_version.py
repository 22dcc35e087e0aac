"""The old version of a skill, from git."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.files.git_repository import Repository, named_in_git, repository_of
from skillopt.adapters.files.skill_file import located_skill, read_skill
from skillopt.adapters.files.skill_folder import root_of
from skillopt.adapters.files.skill_in_git import StoredSkill, stored_skill
from skillopt.app.renamed_skills import earlier_paths, told_alike
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import is_skill_md
from skillopt.errors import InputError


class AgainstBase(NamedTuple):
    """The two versions of a skill, both as git stores them."""

    old: StoredSkill
    new: Skill


def against_base(path: Path, ref: str) -> AgainstBase:
    """A skill of the working tree, and its version in the commit it shares with a ref.

    That commit is what a pull request onto the ref is compared with. A skill that was renamed since
    is found under its old path.

    Args:
        path: the skill, or its folder.
        ref: a branch, a tag or a commit.

    Raises:
        InputError: there is no repository, no such ref, or no such skill in it.
    """
    file = located_skill(path).resolve()
    repository = repository_of(file)
    commit, old, alike = _in_base(repository, file, ref)
    if old is None:
        raise InputError(
            f"{path} is new: {ref!r} ({commit[:12]}) has no {repository.inside(file)}; there is "
            "nothing to compare with; measure it with `skillopt eval SKILL --against none`"
            f"{told_alike(alike)}"
        )
    return AgainstBase(old, as_stored(repository, file))


def base_version(path: Path, ref: str) -> StoredSkill | None:
    """The old one of the two versions alone; None where the skill is new.

    Raises:
        InputError: there is no repository, or no such ref.
    """
    file = located_skill(path).resolve()
    return _in_base(repository_of(file), file, ref)[1]


def _in_base(
    repository: Repository, file: Path, ref: str
) -> tuple[str, StoredSkill | None, tuple[str, ...]]:
    """The base commit, the skill in it, and where there is none what else it may have been."""
    commit = repository.base(ref)
    path = repository.inside(file)
    found = stored_skill(repository, commit, path)
    if found is not None:
        return commit, found, ()
    changes = repository.changes(commit)
    come = {one.path for one in changes if one.kind == "new" and is_skill_md(Path(one.path).name)}
    known = earlier_paths(repository, changes, come | {path})
    before = known.before.get(path)
    if before is None:
        return commit, None, known.alike.get(path, ())
    return commit, stored_skill(repository, commit, before), ()


def as_stored(repository: Repository, file: Path) -> Skill:
    """A skill of the working tree from the bytes that git would store.

    Raises:
        SkillError: it cannot be read, or is no skill.
    """
    skill = read_skill(file)
    stored = Skill.from_bytes(repository.as_stored(file, skill.to_bytes()))
    root = root_of(file) or file.parent
    files = tuple(
        one.model_copy(update={"data": repository.as_stored(root / one.path, one.data)})
        for one in skill.files
    )
    return stored.model_copy(update={"files": files})


def named_version(name: str) -> StoredSkill | None:
    """The skill that `REF:PATH` names; None where the text is no such name.

    The path counts from the root of the repository of the working directory; from the working
    directory where it begins with `./` or `../`, as git takes it.

    Raises:
        InputError: there is no repository, no such ref, or no such skill in it.
    """
    named = named_in_git(name)
    if named is None:
        return None
    ref, path = named
    repository = repository_of(Path.cwd())
    commit = repository.commit(ref)
    found = stored_skill(repository, commit, _from_root(repository, path))
    if found is None:
        raise InputError(f"{ref!r} ({commit[:12]}) has no skill {path}; see `git ls-tree -r {ref}`")
    return found


def read_version(name: str) -> Path | StoredSkill:
    """A version from git where ``name`` is `REF:PATH`, else the file of that name.

    Raises:
        InputError: there is no such version.
    """
    return named_version(name) or Path(name)


def _from_root(repository: Repository, path: str) -> str:
    if path.startswith(("./", "../")):
        return repository.inside(Path(path))
    normal = posixpath.normpath(path)
    if normal.startswith(("/", "..")):
        raise InputError(
            f"{path} is outside of the repository {repository.root}; a path after the colon counts "
            "from there"
        )
    return "" if normal == "." else normal
