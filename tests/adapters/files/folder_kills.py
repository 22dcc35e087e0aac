"""Kill a write of a whole folder before each of its steps, and its completion too.

    python -m tests.adapters.files.folder_kills FOLDER

Each write runs in a process of its own that ends itself by SIGKILL as it is about to touch the
folder for the nth time. Then the folder is read as the next command does; that is killed before
each of its steps, too. One JSON object a kill: what was found in the end.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from skillopt.adapters.files.skill_file import read_skill, write_skill
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

OLD = Skill(
    text="---\nname: forms\n---\n# Forms\n",
    files=(
        SkillFile(path="references/terms.md", data=b"# Terms\r\n"),
        SkillFile(path="references/old/gone.md", data=b"gone"),
        SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n"),
        SkillFile(path="assets/a.bin", data=b"\0\xff"),
    ),
)
NEW = Skill(
    text="---\nname: forms\n---\n# Forms\n\nRead references/new/terms.md.\n",
    files=(
        SkillFile(path="references/terms.md", data=b"# Terms\r\n\r\n- a\r\n"),
        SkillFile(path="references/new/terms.md", data="# Größe\n".encode()),
        SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n", executable=True),
        SkillFile(path="assets/a.bin", data=b"\0\xff"),
    ),
)
_COMPLETED_OFTEN = 12
"""The kill whose completion is killed, too, before each of its steps."""
_MOST_TOUCHES = 1000
_TOUCHES = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"})


def killed_at(step: int, folder: Path, work: Callable[[], object]) -> bool:
    """Whether ``work`` was killed before its ``step``th touch of the folder, counted from 1."""
    pid = os.fork()
    if pid == 0:
        left = step

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            if event in _TOUCHES and str(arguments[0]).startswith(str(folder)):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        work()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, status
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def written(folder: Path, skill: Skill) -> None:
    for file in skill.files:
        place = folder / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.data)
        place.chmod(0o755 if file.executable else 0o644)
    (folder / "SKILL.md").write_bytes(skill.to_bytes())


def outcomes(home: Path) -> Iterator[dict[str, object]]:
    """What was found after each kill."""
    folder, step, killed = home / "forms", 0, True
    notes = _Notes()
    logging.getLogger("skillopt").addHandler(notes)
    while killed:
        step += 1
        again, resumed = 0, True
        while resumed:
            again += 1 if step == _COMPLETED_OFTEN else _MOST_TOUCHES
            shutil.rmtree(folder, ignore_errors=True)
            written(folder, OLD)
            killed = killed_at(
                step,
                folder,
                lambda: write_skill(folder, NEW, expected_digest=OLD.digest),
            )
            decided = (folder / ".skillopt-write").exists()
            resumed = killed_at(again, folder, lambda: read_skill(folder))
            notes.said.clear()
            found = read_skill(folder)
            yield {
                "steps": [step, again],
                "killed": killed,
                "decided": decided,
                "found": {OLD.digest: "old", NEW.digest: "new"}.get(found.digest, "neither"),
                "same": found in (OLD, NEW),
                "notes": list(notes.said),
                "left": sorted(
                    path.relative_to(folder).as_posix()
                    for path in folder.rglob("*")
                    if ".skillopt" in path.name or (path.is_dir() and not any(path.iterdir()))
                ),
            }


class _Notes(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


if __name__ == "__main__":
    for outcome in outcomes(Path(sys.argv[1])):
        print(json.dumps(outcome))
