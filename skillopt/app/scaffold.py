"""A new skill with its validation set, to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from skillopt.adapters.files.places import place_of
from skillopt.adapters.files.settings_file import FILE, in_project
from skillopt.adapters.files.skill_file import located_skill, read_skill
from skillopt.adapters.files.tasks_file import SUFFIXES, write_tasks
from skillopt.core.importing.answers import scored
from skillopt.core.importing.assembling import assembled
from skillopt.core.importing.skill_examples import drafts_of
from skillopt.core.importing.values import Tally
from skillopt.errors import InputError, SkillError

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 64

SKILL = """\
---
name: {name}
description: Says what the agent does with this skill, and when to use it.
---

# {title}

Answer with one of `yes`, `no`.

## Rules

- When the question mentions "sky", answer `yes`.
- By default, answer `no`.
"""

TASKS = """\
# Tasks for the skill {name}. `skillopt doctor` checks them; docs/validation-sets.md
# explains every field. Write at least 20 validation tasks before you rely on a verdict.
name: {name}
description: What a good answer is, in one sentence.
# settings:
#   target: openai/gpt-4o-mini
#   optimizer: openai/gpt-4o
criteria:
  right: The answer is right.
checks:
  - {{type: exact, criterion: right}}
tasks:
  - id: sky-is-blue
    split: train
    input: Is the sky blue on a clear day?
    expected: "yes"
  - id: grass-is-green
    split: train
    input: Is fresh grass green?
    expected: "yes"
  - id: snow-is-white
    split: validation
    input: Is fresh snow white?
    expected: "yes"
  - id: coal-is-white
    split: validation
    input: Is coal white?
    expected: "no"
  - id: milk-is-white
    split: test
    input: Is milk white?
    expected: "yes"
  - id: blood-is-blue
    split: test
    input: Is blood blue?
    expected: "no"
"""

SETTINGS = """\
# Settings of this project. Flags override them; they override a validation set's header.
# docs/command-line.md lists the names. The ledger is kept next to this file, in .skillopt.
# target = "openai/gpt-4o-mini"
# optimizer = "openai/gpt-4o"
"""


DRAFTED = (
    "Tasks for the skill {name}, drafted from its own text by skillopt init: finish them.",
    "An example that stands in the skill shows only that it can be copied: change each input and",
    "its answer, replace every TODO, and write at least 20 validation tasks before you rely on a",
    "verdict. docs/validation-sets.md explains every field; rubrics need a --judge.",
)


def existing_skill(name: str, *, folder: Path) -> Path | None:
    """The skill that ``name`` means, where it is there: a path, or a name in `skills`."""
    for path in (folder / name, folder / "skills" / name) if name else ():
        try:
            return located_skill(path)
        except SkillError:
            continue
    return None


def create_tasks(skill: Path) -> tuple[Path, ...]:
    """Write the validation set of a skill that is there, with tasks drafted from its text.

    Returns:
        The file written.

    Raises:
        InputError: the skill cannot be read, or it has tasks already.
    """
    place = place_of(skill)
    if place.validation_sets:
        found = place.validation_sets[0]
        evals = found.suffix.lower() not in SUFFIXES
        way = f"; `skillopt import-tasks {found} --for {skill}` makes them yours" if evals else ""
        raise InputError(f"{skill} has its tasks in {found} already; nothing was written{way}")
    text = read_skill(skill)
    tally = Tally()
    drafts = scored(drafts_of(text.text[len(text.front_matter) :]), None, tally)
    made = assembled(drafts, tally)
    target = place.highest / f"{place.name}.yaml"
    content = {"name": place.name, **made.header, "tasks": list(made.tasks)}
    write_tasks(target, content, comments=[one.format(name=place.name) for one in DRAFTED])
    return (target,)


def create_skill(name: str, *, folder: Path) -> tuple[Path, ...]:
    """Write a skill, its validation set and, outside a project, a `skillopt.toml`.

    Returns:
        The files written, the skill first.

    Raises:
        InputError: the name breaks the format's rules, or a file exists already.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InputError(
            f"invalid skill name {name!r}: use lowercase letters, digits and single hyphens, "
            f"at most {_LONGEST_NAME} characters; for example answer-questions"
        )
    title = name.replace("-", " ").capitalize()
    files = {
        folder / "skills" / name / "SKILL.md": SKILL.format(name=name, title=title),
        folder / "validation_sets" / f"{name}.yaml": TASKS.format(name=name),
    }
    for path in files:
        if path.exists():
            raise InputError(f"{path} exists already; nothing was written")
    if not in_project(folder):
        files[folder / FILE] = SETTINGS
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tuple(files)
