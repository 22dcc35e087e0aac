"""What commands print, in the pages that show it: run again, and brought up to date.

In a page a block of `sh` is a command a reader pastes, and a block of `text` behind it what is
printed, abridged: a line `…` stands for any lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from textwrap import shorten

from pages.parts import Fence, fences

ROOT = Path(__file__).parent.parent.parent
REAL_MODEL = ROOT / "docs" / "transcripts" / "tune-llm.txt"
"""All that `make tune-llm` printed when it was last recorded."""
LEFT_OUT = "…"
WIDTH = 98
ROUNDS_SHOWN, EDITS_SHOWN = 3, 3
"""Of a run, in an abridged transcript: rounds, and changed lines of each."""


def tutorial(path: Path) -> str:
    """The tutorial, after all its commands were run in order in an empty folder."""
    text, printed = path.read_text(encoding="utf-8"), ""
    with tempfile.TemporaryDirectory() as folder:
        for fence in fences(path):
            if fence.language == "sh":
                printed = run(fence.text, Path(folder))
            elif fence.language == "text":
                text = text.replace(_block(fence), _block(fence, updated(fence.text, printed)), 1)
    return text


def readme(path: Path) -> str:
    """The README with its two transcripts: one of a run made now, the real model's as stored."""
    text = path.read_text(encoding="utf-8")
    practice, real = (fence.text for fence in fences(path) if fence.language == "text")
    now = abridged(run_alone("tune"))
    text = text if plain(now) == plain(practice) else text.replace(practice, now, 1)
    return text.replace(real, abridged(REAL_MODEL.read_text(encoding="utf-8")), 1)


def run_alone(target: str) -> str:
    """What a target of the Makefile prints in a copy of the samples, once all is installed."""
    with tempfile.TemporaryDirectory() as folder:
        # Copies: behind a link the project would be this one, with a ledger of earlier runs.
        for part in ("skills", "validation_sets"):
            shutil.copytree(ROOT / part, Path(folder) / part)
        (Path(folder) / "skillopt.toml").touch()
        (Path(folder) / ".venv").mkdir()
        return run(_recipe(target), Path(folder))


def run(script: str, folder: Path) -> str:
    """What ``script`` prints on standard output.

    Raises:
        RuntimeError: a command of it failed.
    """
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def updated(shown: str, printed: str) -> str:
    """``shown`` with each line as it is printed now; `…` in it stands for any rest of the line.

    Raises:
        RuntimeError: nothing like a line of it is printed any more.
    """
    got = printed.splitlines()
    place = 0
    lines = []
    for line in shown.splitlines():
        if line == LEFT_OUT:
            lines.append(line)
            continue
        found = _found(line, got, place, plain)
        if found is None:
            found = _found(line, got, place, _without_figures)
        if found is None:
            raise RuntimeError(f"not printed any more: {line!r}; what is printed:\n{printed}")
        as_good = LEFT_OUT in line or plain(line) == plain(got[found])
        lines.append(line if as_good else got[found])
        place = found + 1
    return "\n".join(lines) + "\n"


def abridged(printed: str) -> str:
    """A run's report: the first rounds with their first changes, and the end."""
    before, *rounds = re.split(r"^(?=round )", printed, flags=re.MULTILINE)
    last, stopped, end = rounds[-1].partition("stopped: ")
    shown = [_abridged_round(told) for told in [*rounds[:-1], last][:ROUNDS_SHOWN]]
    more = [f"{LEFT_OUT}\n"] if len(rounds) > ROUNDS_SHOWN else []
    return "".join([before, *shown, *more, stopped, end])


def _abridged_round(told: str) -> str:
    """A round's idea in one line, its first changes, and the verdict."""
    parts = re.split(r"^(?=  (?:[-+→] |@@))", told, flags=re.MULTILINE)
    idea, *changes, verdict = (part for part in parts if not part.startswith("  @@"))
    left_out = [f"  {LEFT_OUT}\n"] if len(changes) > EDITS_SHOWN else []
    return "".join([_cut(idea), *changes[:EDITS_SHOWN], *left_out, verdict])


def _cut(idea: str) -> str:
    """The first of the thoughts that an idea is made of, as far as it goes on one line."""
    first, more, _ = " ".join(idea.split()).partition("; ")
    line = shorten(first, WIDTH, placeholder=f" {LEFT_OUT}", break_on_hyphens=False)
    return f"{line}; {LEFT_OUT}\n" if more else f"{line}\n"


def plain(text: str) -> str:
    """Without what differs from run to run: ids."""
    text = re.sub(r"\b\d{8}-\d{6}-[0-9a-f]{6}\b", "RUN", text)
    return re.sub(r"\b[0-9a-f]{12}\b", "ID", text)


def _without_figures(text: str) -> str:
    return re.sub(r"[-+]?[\d.,]*\d", "0", plain(text))


def _found(line: str, lines: list[str], start: int, spelled: Callable[[str], str]) -> int | None:
    """Where ``line`` is in ``lines``, from ``start`` on, as ``spelled`` has both."""
    beginning, left_out, _ = line.partition(LEFT_OUT)
    wanted = spelled(beginning)
    for place in range(start, len(lines)):
        got = spelled(lines[place])
        if got == wanted or (left_out and got.startswith(wanted)):
            return place
    return None


def _block(fence: Fence, text: str | None = None) -> str:
    return f"```{fence.language}\n{fence.text if text is None else text}```"


def _recipe(target: str) -> str:
    """What a target of the Makefile runs once everything is installed."""
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=ROOT,
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = told.stdout.replace("\\\n", "").splitlines()
    line = next(line for line in lines if "skillopt tune" in line)
    return line.replace(".venv/bin/", "")


def _environment() -> dict[str, str]:
    """The reader's: the commands on the path, no key and no ledger named."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("_API_KEY") and name != "SKILLOPT_LEDGER"
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    modules = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return {**kept, "PATH": path, "PYTHONPATH": modules, "CLONE": str(ROOT), "COLUMNS": "100"}
