"""Arguments that several commands have. Nothing is imported here that takes time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SkillPath = Annotated[
    Path, typer.Argument(help="SKILL.md, its folder, or any Markdown file.", metavar="SKILL")
]
Tasks = Annotated[
    Path | None,
    typer.Option("--tasks", help="Validation set file; by default the one named after the skill."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
