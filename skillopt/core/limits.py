"""Limits that a run cannot keep, said before it spends anything."""

from __future__ import annotations

from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.core.skill.file_names import fits
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD


def limit_warnings(skill: Skill, tasks: ValidationSet, settings: Settings) -> tuple[str, ...]:
    """What will be refused because of a limit, with the flag that raises it.

    Args:
        skill: the version the run starts from.
        tasks: its validation set.
        settings: with a budget that can be read.
    """
    warnings = (
        _size(skill, settings),
        _calls(tasks, settings),
        _description(settings),
        *_patterns(skill, settings),
    )
    return tuple(warning for warning in warnings if warning)


def _patterns(skill: Skill, settings: Settings) -> list[str]:
    """The patterns of `edits` that open no file."""
    texts = [path for path in skill.documents if path != SKILL_MD]
    return [
        f"--edit {pattern!r} matches no text file of the skill's folder; `*` stops at a `/`, "
        "`**/` stands for any folders"
        for pattern in settings.edits
        if not any(fits(path, pattern) for path in texts)
    ]


def _description(settings: Settings) -> str | None:
    """Triggers that no edit can change."""
    if settings.triggers is None or settings.tune_description:
        return None
    return (
        "the trigger queries count, and no edit may change the description that decides on them; "
        "allow it with --tune-description"
    )


def _size(skill: Skill, settings: Settings) -> str | None:
    size, largest = skill.chars, loop_settings(settings).budget.largest_skill(skill)
    if size < largest:
        return None
    return (
        f"the skill has {size:,} characters, and max_skill_chars is {largest:,}: every edit that "
        "does not make it smaller is refused; raise it with --max-skill-chars, or leave it unset"
    )


def _calls(tasks: ValidationSet, settings: Settings) -> str | None:
    limit, needed = settings.max_calls, len(tasks.split("validation"))
    needed *= 2 if settings.loading == "described" else 1
    if limit is None or limit >= needed:
        return None
    return (
        f"max_calls is {limit:,}, and the first version's validation tasks alone need {needed:,} "
        "calls where none is stored; raise it with --max-calls"
    )
