"""Every skill that has changed since a commit through the gate, each with its own verdict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

from skillopt.adapters.files.git_repository import Change, Repository, repository_of
from skillopt.adapters.files.places import place_of, possible_sets
from skillopt.adapters.files.skill_file import located_skill
from skillopt.adapters.files.skill_in_git import StoredSkill, stored_skill
from skillopt.adapters.files.validation_file import find_validation_set
from skillopt.app.base_version import as_stored
from skillopt.app.ci import in_ci
from skillopt.app.gate import gate_edit
from skillopt.app.gate_links import check_links
from skillopt.app.job import Job, read_job
from skillopt.app.options import Options
from skillopt.app.renamed_skills import earlier_paths, told_alike
from skillopt.app.single_edit import GatedEdit
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import Outcome
from skillopt.core.skill.file_names import is_markdown
from skillopt.core.skill.renames import Renames
from skillopt.core.skill.skill_file import is_skill_md
from skillopt.core.value import Value
from skillopt.errors import (
    InputError,
    SkillError,
    SkilloptError,
    ValidationSetError,
)

_WORST = (Outcome.ACCEPTED, Outcome.INCONCLUSIVE, Outcome.REJECTED)
"""The outcomes, the worst last."""


class GatedSkill(Value):
    """A skill that has changed: its verdict, or why there is none."""

    path: str
    """From the repository's root; of a deleted skill the path it had."""
    before: str | None = None
    """Its path in the base commit, where that was another one."""
    gated: GatedEdit | None = None
    skipped: str | None = None
    """Why nothing was tested, where there was nothing to test."""
    failed: str | None = None
    """What went wrong, where the provider or the ledger failed or a limit was reached."""


class GatedChanges(Value):
    """The gate's word on every skill that has changed."""

    ref: str
    base: str
    """The commit that HEAD and the ref have in common."""
    skills: tuple[GatedSkill, ...]

    @property
    def outcome(self) -> Outcome:
        """The worst of the verdicts; accepted where there is none."""
        return max((one.outcome for one in self.verdicts), key=_WORST.index, default=_WORST[0])

    @property
    def verdicts(self) -> tuple[GatedEdit, ...]:
        """The skills that were tested."""
        return tuple(one.gated for one in self.skills if one.gated)

    @property
    def failed(self) -> bool:
        """At least one skill has no verdict because something went wrong."""
        return any(one.failed for one in self.skills)

    @property
    def usage(self) -> Usage:
        """What all of them paid."""
        return sum((one.usage for one in self.verdicts), Usage())


@dataclass(frozen=True)
class ChangedSkill:
    """A skill that has changed, read and checked, before any call."""

    path: str
    before: str
    alike: tuple[str, ...] = ()
    """Skills that are gone, of which it may have been one."""
    old: StoredSkill | None = None
    job: Job | None = None
    """None where there is nothing to test."""
    skipped: str = ""


def gate_changes(base: str, *paths: str | Path, **options: Unpack[Options]) -> GatedChanges:
    """:func:`agate_changes`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(agate_changes(base, *paths, **options), instead="agate_changes")


async def agate_changes(base: str, *paths: str | Path, **options: Unpack[Options]) -> GatedChanges:
    """Test every skill that differs between a git ref and the working tree.

    The old versions are those of the commit that HEAD and the ref have in common. A skill is a
    `SKILL.md`, or a Markdown file with a validation set named after it. Tasks and settings are
    those of the working tree; all are read and checked before the first call. Limits of spend in
    ``options`` hold for all the skills together. Where the provider or the ledger fails, or a limit
    is reached, the skills that follow are not tested.

    Args:
        base: a branch, a tag or a commit.
        paths: files or folders to keep to; by default the repository of the working directory.
        options: as for :func:`skillopt.agate`.

    Raises:
        InputError: there is no such ref, or a skill's tasks or settings cannot be used.
    """
    return await gate_changed(changed_skills(base, paths, dict(options)), base, dict(options))


def changed_skills(
    base: str, paths: Sequence[str | Path], options: dict[str, Any]
) -> tuple[str, tuple[ChangedSkill, ...]]:
    """The base commit, and the skills that have changed since, in the order of their paths.

    Raises:
        InputError: there is no such ref, or a skill's tasks or settings cannot be used.
    """
    repository = repository_of(Path.cwd())
    kept = [Path(path).resolve() for path in paths or (repository.root,)]
    for path in kept:
        repository.inside(path)
    commit = repository.base(base)
    changes = repository.changes(commit)
    deleted = {one.path for one in changes if one.kind == "deleted"}
    found = _by_skill(repository, changes, kept)
    return commit, tuple(_read(repository, commit, one, options, deleted) for one in found)


async def gate_changed(
    found: tuple[str, tuple[ChangedSkill, ...]],
    base: str,
    options: dict[str, Any],
    *,
    before_each: Callable[[ChangedSkill], None] | None = None,
) -> GatedChanges:
    """:func:`agate_changes` for skills that are read.

    Args:
        found: what :func:`changed_skills` has found.
        base: the ref, as it was given.
        options: its limits of spend hold for all the skills together.
        before_each: called with each skill that is tested, before it is.
    """
    commit, changed = found
    spent, failed = Usage(), False
    said: list[GatedSkill] = []
    for one in changed:
        if one.job is not None and failed:
            said.append(_named(one, failed="not tested after the failure before it"))
            continue
        if one.job is not None and before_each is not None:
            before_each(one)
        said.append(await _gated(one, options, spent))
        failed = failed or said[-1].failed is not None
        spent += said[-1].gated.usage if said[-1].gated else Usage()
    return GatedChanges(ref=base, base=commit, skills=tuple(said))


def _by_skill(
    repository: Repository, changes: Sequence[Change], kept: Sequence[Path]
) -> list[ChangedSkill]:
    """The skills that the changed paths belong to, each with its path before, sorted by path.

    Of these, the skills that are in ``kept``, or a changed file of which is.
    """
    come = [one.path for one in changes if one.kind == "new" and _is_skill(repository, one.path)]
    known = earlier_paths(repository, changes, come)
    found: dict[str, ChangedSkill] = {}
    asked: set[str] = set()
    homes: dict[Path, str | None] = {}
    for change in changes:
        one = _skill_of(repository, change, known, homes)
        if one is None:
            continue
        if one.path not in found or change.path == one.path:
            found[one.path] = one
        if _is_in(repository, (one.path, change.path), kept):
            asked.add(one.path)
    return [found[path] for path in sorted(asked)]


def _is_in(repository: Repository, paths: Iterable[str], kept: Sequence[Path]) -> bool:
    return any((repository.root / path).is_relative_to(up) for path in paths for up in kept)


def _skill_of(
    repository: Repository, change: Change, known: Renames, homes: dict[Path, str | None]
) -> ChangedSkill | None:
    """The skill that a changed path is, or is a part of; None for any other path."""
    path, is_skill = change.path, is_skill_md(Path(change.path).name)
    if change.submodule:
        return ChangedSkill(path, path, skipped="a submodule; run the command in it")
    if change.kind == "deleted" and path in known.before.values():
        return None
    if change.kind == "deleted" and is_skill:
        return ChangedSkill(path, path, skipped="deleted")
    if change.kind != "deleted" and _is_skill(repository, path):
        return ChangedSkill(path, known.before.get(path, path), known.alike.get(path, ()))
    around = _home(repository.root, (repository.root / path).parent, homes)
    return None if around is None else ChangedSkill(around, known.before.get(around, around))


def _is_skill(repository: Repository, path: str) -> bool:
    file = repository.root / path
    return is_skill_md(file.name) or (
        is_markdown(file.name) and file.is_file() and _has_tasks(file)
    )


def _home(root: Path, folder: Path, homes: dict[Path, str | None]) -> str | None:
    """The path of the `SKILL.md` of the nearest folder upwards that has one."""
    if folder not in homes:
        try:
            homes[folder] = located_skill(folder).relative_to(root).as_posix()
        except (SkillError, ValueError):
            up = folder.parent
            homes[folder] = None if folder == root else _home(root, up, homes)
    return homes[folder]


def _has_tasks(file: Path) -> bool:
    """A validation set is found for the skill; of several, reading them says which."""
    if len(place_of(file).validation_sets) > 1:
        return True
    try:
        find_validation_set(file)
    except ValidationSetError:
        return False
    return True


def _read(
    repository: Repository,
    commit: str,
    one: ChangedSkill,
    options: dict[str, Any],
    deleted: Collection[str],
) -> ChangedSkill:
    """The skill with its old version and its job, or why there is nothing to test.

    ``deleted`` are the paths of the repository's files that are gone.
    """
    if one.skipped:
        return one
    file = repository.root / one.path
    if not file.resolve().is_relative_to(repository.root):
        return replace(one, skipped="a link to a file outside of the repository")
    old = stored_skill(repository, commit, one.before)
    if old is None:
        return replace(one, skipped=f"new: there is no earlier version{told_alike(one.alike)}")
    new = as_stored(repository, file)
    if new.digest == old.skill.digest:
        moved = "moved; " if one.before != one.path else ""
        return replace(one, skipped=f"{moved}unchanged")
    if options.get("validation_set") is None and not _has_tasks(file):
        _check_keeps_tests(repository, commit, one, deleted)
        return replace(one, skipped="no validation set is named after it")
    job = read_job(file, isolates=in_ci(), known=new, **options)
    check_links(old.skill, new, job.inputs.file)
    return replace(one, old=old, job=job.for_single_edit())


def _check_keeps_tests(
    repository: Repository, commit: str, one: ChangedSkill, deleted: Collection[str]
) -> None:
    """Who changes a skill must not take its tests away with the same change."""
    root, paths = repository.root, {one.path, one.before}
    possible = {place for path in paths for place in possible_sets(root / path)}
    gone = next((path for path in sorted(deleted) if root / path in possible), None)
    if gone is not None:
        raise ValidationSetError(
            f"{one.path} has changed since {commit[:12]}, and its validation set {gone} is "
            "deleted: nothing would test the change; restore it, or delete it in a change of its "
            "own first"
        )


async def _gated(one: ChangedSkill, options: dict[str, Any], spent: Usage) -> GatedSkill:
    """The skill's verdict."""
    if one.job is None or one.old is None:
        return _named(one, skipped=one.skipped)
    try:
        return _named(one, gated=await gate_edit(_within(one.job, options, spent), one.old))
    except InputError:
        raise
    except SkilloptError as error:
        return _named(one, failed=str(error))


def _named(one: ChangedSkill, **said: Any) -> GatedSkill:
    return GatedSkill(path=one.path, before=None if one.before == one.path else one.before, **said)


def _within(job: Job, options: dict[str, Any], spent: Usage) -> Job:
    """The job with what is left of the limits that hold for all the skills together."""
    used = {"max_calls": spent.calls, "max_tokens": spent.tokens, "max_cost": spent.cost or 0.0}
    left = {
        name: max(0, options[name] - amount)
        for name, amount in used.items()
        if options.get(name) is not None
    }
    settings = job.inputs.settings.model_copy(update=left)
    return replace(job, inputs=replace(job.inputs, settings=settings))
