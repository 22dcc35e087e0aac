"""Each tool in a virtual environment of its own: Microsoft's has the same import name as ours.

What is installed is pinned by name and version, and `pip freeze` is kept beside it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
STAND_INS = (
    *("analyst_error", "analyst_success", "merge_failure", "merge_success", "merge_final"),
    *("ranking", "slow_update", "meta_skill"),
)
"""Prompts that the wheel of skillopt 0.2.0 lacks (its #117, fixed by #135 and not released)."""


class Tool(NamedTuple):
    """A competitor, one way of running it."""

    environment: str
    requirement: str
    script: str
    settings: str = ""
    all_count: bool = False
    """Its limit counts the optimizer's calls too."""
    bounded: bool = True
    """It has a limit on calls."""


GEPA, MICROSOFT = "gepa==0.1.4", "skillopt==0.2.0"
TOOLS = {
    "ours": Tool("ours", str(ROOT), "run_ours.py", all_count=True),
    "gepa": Tool("gepa", GEPA, "run_gepa.py"),
    "skillopt": Tool("microsoft", MICROSOFT, "run_skillopt.py", "default", bounded=False),
    "skillopt, lean": Tool("microsoft", MICROSOFT, "run_skillopt.py", "lean", bounded=False),
}


def install(tool: Tool, folder: Path) -> Path:
    """The interpreter of a tool's environment, which is made where it is missing."""
    place = folder / "environments" / tool.environment
    python, done = place / "bin" / "python", place / "installed.txt"
    if done.exists():
        return python
    shutil.rmtree(place, ignore_errors=True)
    _run(sys.executable, "-m", "venv", str(place))
    pins = ("-c", str(ROOT / "constraints.txt")) if tool.environment == "ours" else ()
    _run(str(python), "-m", "pip", "install", "--quiet", *pins, tool.requirement)
    if tool.requirement == MICROSOFT:
        _add_prompts(place)
    freeze = (str(python), "-m", "pip", "freeze", "--exclude-editable")
    found = subprocess.run(freeze, check=True, capture_output=True, text=True).stdout
    done.write_text(found, "utf-8")
    return python


def _add_prompts(place: Path) -> None:
    """Short prompts of our own: the simulated optimizer reads the data, not the instructions."""
    (package,) = place.glob("lib/python*/site-packages/skillopt")
    for name in STAND_INS:
        text = f"This is the step {name}. Reply with one JSON object.\n"
        (package / "prompts" / f"{name}.md").write_text(text, "utf-8")
    asks = package / "envs" / "searchqa" / "prompts"
    asks.mkdir(exist_ok=True)
    (asks / "rollout_system.md").write_text("Answer the question.\n\n{skill_section}", "utf-8")


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
