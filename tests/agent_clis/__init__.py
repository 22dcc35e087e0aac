"""Stand-ins for agents with a command line: their flags, their streams, where they look for skills.

Each is a script that is run as the client is, and follows the documents that docs/agent-clis.md names. What
they do is scripted: they load the skill that they find, do what it says, and meet what the prompt names in
brackets, such as `[rate limit]`.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent

PROGRAMS = {
    "claude-code": "claude",
    "codex": "codex",
    "copilot": "copilot",
    "opencode": "opencode",
    "gemini": "gemini",
}
"""The program of each preset."""


def installed(folder: Path) -> Path:
    """Put all stand-ins into ``folder``, which is to be on PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for program in PROGRAMS.values():
        script = folder / program
        script.write_text(f'#!/bin/sh\nexec {sys.executable} -E -s {HERE / program}.py "$@"\n')
        script.chmod(0o755)
    return folder
