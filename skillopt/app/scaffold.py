"""A new skill with its validation set, to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from skillopt.adapters.files.settings_file import FILE, in_project
from skillopt.errors import InputError

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
