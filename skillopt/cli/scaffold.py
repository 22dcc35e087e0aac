"""`skillopt init`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import from_here, print_json, say, say_next
from skillopt.cli.store import quoted


def command(
    name: Annotated[
        str,
        typer.Argument(help="A new skill's name: lowercase words joined by hyphens; or a skill."),
    ],
    *,
    folder: Annotated[
        Path, typer.Option("--folder", help="The project folder.", file_okay=False)
    ] = Path(),
    as_json: AsJson = False,
) -> None:
    """Create a skill and a validation set to fill in.

    They run as they are with --practice, but six tasks are too few to tune with. If the folder is
    not part of a project yet, a skillopt.toml is created too. For a skill that is there, only the
    validation set is written, with tasks drafted from the skill's text to finish.

    Example: skillopt init answer-questions && skillopt doctor skills/answer-questions --practice
    """
    from skillopt.app.scaffold import create_skill, create_tasks, existing_skill

    skill = existing_skill(name, folder=folder)
    written = create_tasks(skill) if skill else create_skill(name, folder=folder)
    if as_json:
        print_json({"written": [str(from_here(path)) for path in written]})
        return
    for path in written:
        say(f"wrote {from_here(path)}")
    say_next(f"skillopt doctor {quoted(skill or written[0])}")
