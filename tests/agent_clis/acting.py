"""What every stand-in does, whatever its stream looks like."""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

MEETS = re.compile(r"\[([\w ]+)\]")


class Flags(argparse.ArgumentParser):
    """Flags of a client, which refuses what it does not know."""

    def __init__(self, program: str) -> None:
        super().__init__(prog=program, allow_abbrev=False, add_help=False)

    def error(self, message: str) -> NoReturn:
        print(f"error: {message}", file=sys.stderr)
        sys.exit(1)


class Act(NamedTuple):
    """What a run comes to."""

    meets: str
    """What the prompt names in brackets; "" for a run that goes well."""
    skill: Path | None
    """The SKILL.md that was found."""
    steps: list[tuple[str, dict[str, Any], str]]
    """Tools that were used: kind, arguments, result."""
    answer: str


def hang(line: str) -> NoReturn:
    """Start something that says `ready` into a pipe, and wait for ever."""
    code = "import signal; print('ready', flush=True); signal.pause()"
    with open(line if line.startswith("/") else os.devnull, "w") as heard:  # noqa: PTH123
        subprocess.run([sys.executable, "-c", code], stdout=heard, check=False)
    signal.pause()
    sys.exit(1)


def act(prompt: str, looks_in: Sequence[str]) -> Act:
    """Load a skill, do what it says, and say how it went.

    The skill's `references/word.md` holds a word: it is written to `out/word.txt`, and is the answer.
    A file `in.txt` of the task is quoted.
    """
    meets = (MEETS.findall(prompt) or [""])[0]
    if meets == "hang":
        hang(prompt.rsplit(maxsplit=1)[-1])
    found = [file for folder in looks_in for file in sorted(Path(folder).glob("*/SKILL.md"))]
    if not found:
        return Act(meets, None, [], "I know of no skill.")
    skill = found[0]
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("load", {"skill": skill.parent.name, "path": str(skill)}, skill.read_text("utf-8"))
    ]
    word = "nothing"
    reference = skill.parent / "references" / "word.md"
    if reference.exists():
        word = reference.read_text("utf-8").strip()
        steps.append(("read", {"path": str(reference)}, word))
    Path("out").mkdir(exist_ok=True)
    Path("out/word.txt").write_text(f"{word}\n", "utf-8")
    steps.append(("write", {"path": "out/word.txt", "content": word}, "written"))
    given = Path("in.txt")
    quoted = f" about {given.read_text('utf-8').strip()!r}" if given.exists() else ""
    if "env" in prompt:
        quoted += f" with {sorted(name for name in os.environ if name.endswith('_KEY'))}"
    return Act(meets, skill, steps, f"The word{quoted} is {word}.")
