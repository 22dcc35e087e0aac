"""Validation sets in files: finding the one of a skill, and reading it.

Whatever is wrong is found here, before any call is made, and said with file and line.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from skillopt.adapters.callables import NoCallable, load_callable, look_for
from skillopt.adapters.files.documents import Document
from skillopt.adapters.files.imported_tasks import read_tasks
from skillopt.adapters.files.places import place_of
from skillopt.adapters.files.task_files import BadTaskFile, TaskFiles
from skillopt.adapters.files.validation_entries import Entry, Header, entry_at, header_of
from skillopt.core.evaluation.check_rules import flaw_in_check
from skillopt.core.evaluation.checks import Check, Command, Python
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.validation_set import Place, ValidationSet, flaws
from skillopt.errors import ValidationSetError


def read_validation_set(path: Path, *, isolates: bool | None = None) -> ValidationSet:
    """Read a `.yaml`, `.yml` or `.jsonl` file, or one in a format of other programs.

    Modules that its `python` checks name are imported, those that run in worker processes aside,
    and the programs of its `command` checks looked for.

    Args:
        path: the file.
        isolates: whether `python` checks run in worker processes; None where its header says that.

    Raises:
        ValidationSetError: with file and line, the rule that is broken and the way out.
    """
    read = read_tasks(path)
    found = validation_set_of(read.document, path, isolates=isolates)
    if read.report is None:
        return found
    return found.model_copy(update={"imported": tuple(read.report.lines)})


def validation_set_of(
    document: Document, path: Path, *, isolates: bool | None = None
) -> ValidationSet:
    """The validation set that ``document``, the content of ``path``, holds.

    Raises:
        ValidationSetError: as :func:`read_validation_set`.
    """
    header = header_of(document)
    _check_header(document, header)
    entries = [entry_at(document, index, raw) for index, raw in enumerate(header.tasks)]
    tasks = _tasks(document, header, entries, path.absolute().parent)
    flaw = next(flaws(tasks, header.criteria), None)
    if flaw:
        raise document.error(flaw.message, flaw.place, first=flaw.first)
    own = {index for index, entry in enumerate(entries) if entry.checks is not None}
    said = header.settings.get("isolate_checks") if isolates is None else isolates
    isolates = bool(said or header.settings.get("sandbox"))
    placed = _placed_checks(header, tasks, own)
    _check_programs(document, placed, path.absolute().parent, isolates=isolates)
    return ValidationSet(
        name=header.name or path.stem,
        description=header.description,
        criteria=header.criteria,
        settings=header.settings,
        tasks=tasks,
        folder=str(path.absolute().parent),
    )


def find_validation_set(skill: Path) -> Path:
    """The validation set named after a skill.

    It is called `<name>.yaml`, `.yml` or `.jsonl`, where the name is that of a SKILL.md's folder,
    or the stem of another file. It lies beside the skill, in a folder `validation_sets` there, or
    in one further up, as far as the root of the repository (a `.git` or `pyproject.toml`), or
    outside of any as far as the project's folder or the working directory. Where there is none,
    it is the `evals/evals.json` in a SKILL.md's folder. Symbolic links are followed as
    :mod:`skillopt.adapters.files.places` says.

    Raises:
        ValidationSetError: there is none, or there are several.
        SkillError: there is no skill.
    """
    place = place_of(skill)
    found = place.validation_sets
    if len(found) > 1:
        named = " and ".join(str(candidate) for candidate in found)
        raise ValidationSetError(
            f"several validation sets found for {skill}: {named}; name one with --tasks"
        )
    if not found:
        link = f", a link to {place.file}" if place.link else ""
        raise ValidationSetError(
            f"no validation set found for {skill}{link}; write {place.highest / place.name}.yaml "
            "(skillopt init writes an example), or name one with --tasks"
        )
    return found[0]


def _tasks(
    document: Document, header: Header, entries: list[Entry], folder: Path
) -> tuple[Task, ...]:
    files = TaskFiles(folder)
    found: list[Task] = []
    for index, entry in enumerate(entries):
        try:
            found.append(entry.task(header, files.of(entry.files)))
        except BadTaskFile as error:
            message = f"task {entry.id[:80]!r}: `files`: {error}"
            raise document.error(message, ("tasks", index, "files", error.path)) from None
    return tuple(found)


def _check_header(document: Document, header: Header) -> None:
    for name, sentence in header.criteria.items():
        if not name.strip() or not sentence.strip():
            message = f"the criterion {name!r} needs a name and a sentence"
            raise document.error(message, ("criteria", name))
    for number, check in enumerate(header.checks):
        flaw = flaw_in_check(check, header.criteria)
        if flaw:
            message = f"`{flaw.field}` of the `{check.type}` check: {flaw.message}"
            raise document.error(message, ("checks", number, flaw.field))


def _placed_checks(
    header: Header, tasks: tuple[Task, ...], own: set[int]
) -> list[tuple[Place, Check]]:
    placed: list[tuple[Place, Check]] = [
        (("checks", number), check) for number, check in enumerate(header.checks)
    ]
    for index in sorted(own):
        checks = enumerate(tasks[index].checks)
        placed += [(("tasks", index, "checks", number), check) for number, check in checks]
    return placed


def _check_programs(
    document: Document, placed: list[tuple[Place, Check]], folder: Path, *, isolates: bool
) -> None:
    """Callables and commands that checks name must exist; each place is reported with its line."""
    for place, check in placed:
        match check:
            case Python():
                try:
                    if isolates or check.isolated:
                        look_for(check.call, folder)
                    else:
                        load_callable(check.call, folder)
                except NoCallable as error:
                    raise document.error(str(error), (*place, "call")) from None
            case Command():
                complaint = _program_complaint(check.argv[0], folder)
                if complaint:
                    raise document.error(complaint, (*place, "argv"))
            case _:
                continue


def _program_complaint(program: str, folder: Path) -> str | None:
    if "/" in program:
        there = shutil.which(str(folder / program))
        return None if there else f"{program!r} is not an executable in {folder}"
    if shutil.which(program):
        return None
    return f"the command {program!r} is not installed; install it, or write the path to it"
