"""`skillopt init`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import print_json, say, say_next
from skillopt.cli.store import quoted
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


def command(
    name: Annotated[
        str, typer.Argument(help="The skill's name: lowercase words joined by hyphens.")
    ],
    *,
    folder: Annotated[
        Path, typer.Option("--folder", help="The project folder.", file_okay=False)
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Create a skill and a validation set to fill in.

    They run as they are with --practice, but six tasks are too few to tune with. If the folder is
    not part of a project yet, a skillopt.toml is created too.

    Example: skillopt init answer-questions && skillopt doctor skills/answer-questions --practice
    """
    from skillopt.adapters.files.settings_file import FILE, in_project

    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise InputError(
            f"invalid skill name {name!r}: use lowercase letters, digits and single hyphens, "
            f"at most {_LONGEST_NAME} characters; for example answer-questions"
        )
    title = name.replace("-", " ").capitalize()
    written = {
        folder / "skills" / name / "SKILL.md": SKILL.format(name=name, title=title),
        folder / "validation_sets" / f"{name}.yaml": TASKS.format(name=name),
    }
    for path in written:
        if path.exists():
            raise InputError(f"{path} exists already; nothing was written")
    if not in_project(folder):
        written[folder / FILE] = SETTINGS
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if as_json:
        print_json({"written": [str(path) for path in written]})
        return
    for path in written:
        say(f"wrote {path}")
    say_next(f"skillopt doctor {quoted(next(iter(written)))}")
