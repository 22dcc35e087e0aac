"""`skillopt mine review`: one candidate after the other, on a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.cli.mine import say_candidate
from skillopt.cli.output import count, say, tell
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.core.mining.candidate import Candidate

HELP = """\
  r  the recorded answer is right: add the task with it
  a  add the task with the expected answer it has, or with none where its checks need none
  e  type the expected answer, and add the task
  x  refuse it, with a reason if you like: no later search proposes it again
  s  skip it for now
  q  stop"""


def review(file: Path) -> None:
    """Ask about each new candidate; each answer is carried out at once.

    Raises:
        ValidationSetError: the file cannot be read.
    """
    from skillopt.app.review import listed

    waiting = [one for one in listed(file).candidates if one.status == "new"]
    say(count(len(waiting), "new candidate"))
    if waiting:
        say(HELP)
    for one in waiting:
        say()
        say_candidate(one)
        if not _reviewed(file, one):
            break


def _reviewed(file: Path, candidate: Candidate) -> bool:
    """Whether to go on, once there is an answer that can be carried out."""
    import typer

    while True:
        answer = typer.prompt("r, a, e, x, s or q", default="s", err=True).strip().casefold()
        if answer in {"s", "q"}:
            return bool(answer == "s")
        if answer not in {"r", "a", "e", "x"}:
            tell(HELP)
            continue
        try:
            _carry_out(file, candidate.id, answer)
        except InputError as error:
            tell(f"skillopt: {error}")
            continue
        return True


def _carry_out(file: Path, candidate: str, answer: str) -> None:
    import typer

    from skillopt.app.review import approve, refuse

    match answer:
        case "x":
            reason = typer.prompt("reason (may be empty)", default="", show_default=False, err=True)
            refuse(file, [candidate], reason=reason)
            say(f"refused {candidate}")
        case "e":
            expected = typer.prompt("expected", err=True)
            approve(file, [candidate], expected=expected)
            say(f"added {candidate}")
        case _:
            approve(file, [candidate], recorded=answer == "r")
            say(f"added {candidate}")
