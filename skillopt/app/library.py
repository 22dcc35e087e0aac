"""A library of skills, read and checked before any call: what is tuned, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from skillopt.adapters.files.skills_in_folder import skills_in
from skillopt.app.estimate import calls_each, estimate_run
from skillopt.app.inputs import needed_roles
from skillopt.app.job import Job, read_job
from skillopt.core.estimate import Estimate
from skillopt.core.library.entry import Entry, in_order
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.merged_settings import merged_settings
from skillopt.core.upper_bound import most_judged
from skillopt.core.value import Value, content_hash
from skillopt.errors import InputError, SettingsError


@dataclass(frozen=True)
class LibrarySkill:
    """A skill that can be tuned."""

    path: Path
    name: str
    """Which no other skill of the library has."""
    job: Job

    @property
    def entry(self) -> Entry:
        """What it takes beside its rounds."""
        tasks, settings = self.job.inputs.validation_set, self.job.inputs.settings
        rollouts = len(tasks.split("validation")) + 2 * len(tasks.split("test"))
        return Entry(self.name, rollouts * (calls_each(settings) + most_judged(tasks)))


@dataclass(frozen=True)
class Library:
    """The skills that were found, by path."""

    skills: tuple[LibrarySkill, ...]
    left_out: tuple[Path, ...]
    """Without tasks."""
    invalid: tuple[tuple[Path, str], ...]
    """With tasks or settings that cannot be used, and why."""
    limits: SpendLimits
    """Of all of them together."""
    seed: int

    @property
    def in_order(self) -> tuple[LibrarySkill, ...]:
        """The skills in the order in which they are begun."""
        by_name = {one.name: one for one in self.skills}
        names = in_order([one.entry for one in self.skills], seed=self.seed)
        return tuple(by_name[name] for name in names)


class PlannedSkill(Value):
    """What a skill of a library may cost."""

    path: str
    entry_calls: int
    """To measure its first version and for its sealed test."""
    estimate: Estimate | None
    """Of its whole run, alone; None where a role is an object of the caller's."""


class Plan(Value):
    """What tuning a library may cost, before a call is made."""

    limits: SpendLimits
    skills: tuple[PlannedSkill, ...]
    """In the order in which they are begun."""
    left_out: tuple[str, ...]
    """Skills without tasks."""
    invalid: dict[str, str]
    """Skills whose tasks or settings cannot be used, and why."""
    most_calls: int | None
    """Of all of them to their ends, and no more than the limit; retries not counted. None where
    neither is known."""


def read_library(paths: Sequence[str | Path], options: dict[str, Any]) -> Library:
    """Find the skills, and read each with its tasks and settings.

    Args:
        paths: folders, or skills.
        options: as for :func:`skillopt.atune`. Limits of spend among them hold for all the skills
            together; those that files set hold for each run.

    Raises:
        InputError: no skill is found, or none can be used.
    """
    given = dict(options)
    if given.pop("validation_set", None) is not None:
        raise SettingsError(
            "validation_set is for one skill: leave it out, each has the one named after it"
        )
    limits = _taken_limits(given)
    found = skills_in([Path(path) for path in paths])
    skills, invalid, checked = [], [], set[str]()
    for path in found.with_tasks:
        try:
            skills.append(_once_checked(read_job(path, proposes=True, **given), checked))
        except InputError as error:
            invalid.append((path, error))
    if invalid and not skills:
        raise invalid[0][1]
    if not skills:
        raise InputError(_none_found(paths, found.without))
    shown = [path for path in found.with_tasks if path not in dict(invalid)]
    return Library(
        skills=tuple(
            LibrarySkill(path, name, job)
            for path, name, job in zip(shown, _names(skills), skills, strict=True)
        ),
        left_out=found.without,
        invalid=tuple((path, str(error)) for path, error in invalid),
        limits=limits,
        seed=int(given.get("seed", 0)),
    )


def plan_of(library: Library) -> Plan:
    """What tuning it may cost."""
    planned = tuple(
        PlannedSkill(
            path=str(one.path),
            entry_calls=one.entry.calls,
            estimate=None if one.job.roles.filled else estimate_run(one.job.inputs),
        )
        for one in library.in_order
    )
    return Plan(
        limits=library.limits,
        skills=planned,
        left_out=tuple(map(str, library.left_out)),
        invalid={str(path): says for path, says in library.invalid},
        most_calls=_most_calls(planned, library.limits),
    )


def _most_calls(planned: Sequence[PlannedSkill], limits: SpendLimits) -> int | None:
    known = [one.estimate for one in planned if one.estimate is not None]
    if len(known) < len(planned):
        return limits.max_calls
    calls = sum(role.calls for one in known for role in one.roles)
    return calls if limits.max_calls is None else min(calls, limits.max_calls)


def _taken_limits(given: dict[str, Any]) -> SpendLimits:
    """The limits among the options, which are taken out of them."""
    names = [name for name in SpendLimits.model_fields if given.get(name) is not None]
    limits = merged_settings([("command line", {name: given[name] for name in names})]).limits()
    for name in SpendLimits.model_fields:
        given.pop(name, None)
    return limits


def _once_checked(job: Job, checked: set[str]) -> Job:
    """The job without the health check where an earlier one makes the same calls."""
    settings = job.inputs.settings
    roles = [
        [role, settings.model(role), settings.base(role), getattr(settings, f"{role}_params")]
        for role in needed_roles(job.inputs)
    ]
    name = content_hash(roles)
    if name not in checked:
        checked.add(name)
        return job
    unchecked = settings.model_copy(update={"health_check": False})
    return replace(job, inputs=replace(job.inputs, settings=unchecked))


def _names(jobs: Sequence[Job]) -> list[str]:
    """A name for each: its id, with a number where projects have the same."""
    seen: Counter[str] = Counter()
    names = []
    for job in jobs:
        own = job.inputs.skill_id
        seen[own] += 1
        names.append(own if seen[own] == 1 else f"{own} #{seen[own]}")
    return names


def _none_found(paths: Sequence[str | Path], without: Sequence[Path]) -> str:
    where = " or ".join(map(str, paths))
    if not without:
        return f"no skill found in {where}; name a folder that holds a SKILL.md"
    return (
        f"no skill in {where} has tasks ({len(without)} without, such as {without[0]}); write a "
        "validation set for one (skillopt init writes an example)"
    )
