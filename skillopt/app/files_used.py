"""Which files belong to a skill, and why those: what `skillopt doctor` says of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skillopt.adapters.files.atomic import takes_files
from skillopt.adapters.files.places import EVALS, Place, main_worktree, place_of
from skillopt.adapters.files.settings_file import read_settings
from skillopt.app.finding import Finding
from skillopt.app.ledger import default_ledger, project_ledger
from skillopt.core.redaction import redacted
from skillopt.errors import SettingsError, SkillError


def files_used(skill: Path, *, tasks: Path | None, given: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The files that a command on ``skill`` reads and writes; nothing where there is no skill.

    Args:
        skill: its path, as it was given.
        tasks: the validation set that was named; None where it is looked for.
        given: settings from flags.
    """
    try:
        place = place_of(skill)
    except SkillError:
        return ()
    says = [
        *_link(place),
        *_project(place),
        *_tasks(place, tasks),
        *_settings(place),
        *_ledger(place, given.get("ledger")),
    ]
    good = [Finding(level="good", about="files", says=one) for one in says]
    return (*good, *_protected(place))


def _link(place: Place) -> Iterator[str]:
    if place.link is None:
        return
    where = (
        "its tasks, settings and ledger are looked for from the link, since only there a "
        "validation set was found"
        if place.linked
        else "its tasks, settings and ledger are looked for where the file is"
    )
    yield f"skill {_shown(place.link)} is a link to {_shown(place.file)}; {where}"


def _project(place: Place) -> Iterator[str]:
    why = (
        f"the nearest folder upwards with `{place.mark}`"
        if place.mark
        else "the working directory, since no folder above the skill has `.skillopt`, "
        "`skillopt.toml`, `pyproject.toml` or `.git`"
    )
    yield f"project {place.project}: {why}"
    main = main_worktree(place.project)
    if main:
        yield (
            f"the project is in a git worktree of {main}: it has its own ledger; to share one, "
            f"pass --ledger {default_ledger(main)}"
        )


def _tasks(place: Place, tasks: Path | None) -> Iterator[str]:
    if tasks is not None:
        yield f"validation set {_shown(tasks)}: named with --tasks"
    elif len(place.validation_sets) == 1:
        found = place.validation_sets[0]
        beside = found.parts[-2:] == EVALS.parts
        why = "in the skill's folder" if beside else f"named after {place.name!r}"
        yield f"validation set {_shown(found)}: {why}"


def _settings(place: Place) -> Iterator[str]:
    try:
        read = [where for where, _ in read_settings(place.project)]
    except SettingsError:
        return  # it is reported where the settings are merged
    yield f"settings {', '.join(read)}" if read else f"no settings file in {place.project}"


def _ledger(place: Place, given: Any) -> Iterator[str]:
    default = default_ledger(place.project)
    try:
        named = given or project_ledger(place.link or place.file)
    except SettingsError:
        return
    if given:
        why = "named with --ledger or SKILLOPT_LEDGER"
    else:
        own = Path(named).resolve() == default.resolve()
        why = "the project's" if own else "named in the settings"
    new = "" if "://" in str(named) or Path(named).exists() else "; a run will create it"
    yield f"ledger {redacted(str(named))}: {why}{new}"


def _protected(place: Place) -> Iterator[Finding]:
    """A file or folder into which a result could not be written."""
    folder = place.file.parent
    if not takes_files(folder):
        says = f"the folder {folder} is read-only: no result can be written there"
        yield Finding(level="warning", about="files", says=says, mend="pass --out FILE to tune")
    elif not place.file.stat().st_mode & 0o222 or not os.access(place.file, os.W_OK):
        beside = f"{place.file.stem}.skillopt{place.file.suffix}"
        says = f"{place.file} is read-only: a result is written beside it, as {beside}"
        yield Finding(
            level="warning", about="files", says=says, mend=f"chmod u+w {_shown(place.file)}"
        )
    links = place.file.stat().st_nlink
    if links > 1:
        says = (
            f"{place.file} has {links} hard links: a result replaces this one, and the others keep "
            "the text they have"
        )
        yield Finding(level="warning", about="files", says=says, mend="use symbolic links")
    if not takes_files(place.project):
        says = f"{place.project} is read-only: no ledger can be created in it"
        yield Finding(level="warning", about="files", says=says, mend="pass --ledger PATH")


def _shown(path: Path) -> str:
    """As a person would type it here."""
    inside = path.absolute().is_relative_to(Path.cwd())
    return os.path.relpath(path) if inside else str(path)
