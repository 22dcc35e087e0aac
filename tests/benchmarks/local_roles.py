"""Target, optimizer and judge on a language model of this machine: each comes to an honest end.

    python -m tests.benchmarks.local_roles

Starts the server of `tests.benchmarks.local_model` and runs the command line against it: as chat
target, as plain completion with a template, behind a schema, as judge and as optimizer. The model
is far too small to be good at any of it, and that is the point: its replies loop, are cut, and are
no sensible edits. Printed is one JSON object for each case; the exit code is 1 where a command
ended with a traceback, or with a code it has no right to.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.local_model import MODEL, serving

SKILL = """---
name: mood
description: Name the mood of a short text.
---

# Mood

Answer with one word: positive or negative.
"""
TEXTS = {
    "positive": ("I love it", "Great food", "A wonderful film", "So happy", "It works perfectly"),
    "negative": ("I hate it", "Awful food", "A boring film", "So sad", "It broke at once"),
}
SPLITS = ("train", "validation", "validation", "validation", "test")
SCHEMA = {
    "type": "json_schema",
    "json_schema": {
        "name": "Mood",
        "schema": {
            "type": "object",
            "properties": {"mood": {"enum": ["positive", "negative"]}},
            "required": ["mood"],
            "additionalProperties": False,
        },
    },
}
SHORT = ("--target-param", "max_tokens=12", "--target-param", "temperature=0")
TARGET = ("--target", MODEL, *SHORT)
PLAIN = (
    *("--target", MODEL.replace("openai/", "text-completion-openai/"), *SHORT),
    *("--target-template", "{skill}\n\nText: {task}\nAnswer:", "--target-param", 'stop=["\\n"]'),
)
OPTIMIZER = ("--optimizer", MODEL, "--optimizer-param", "max_tokens=400")
JUDGE = ("--judge", MODEL, "--judge-param", "max_tokens=400", "--allow-self-judging")
CASES: dict[str, tuple[tuple[str, ...], frozenset[int]]] = {
    "doctor": (
        ("doctor", "mood.md", "--call", *TARGET, *OPTIMIZER),
        frozenset({0}),
    ),
    "chat target": (("eval", "mood.md", *TARGET), frozenset({0})),
    "plain completion": (("eval", "mood.md", *PLAIN), frozenset({0})),
    "behind a schema": (
        ("eval", "mood.md", *TARGET, "--target-param", f"response_format={json.dumps(SCHEMA)}"),
        frozenset({0}),
    ),
    "judge": (("eval", "mood.md", "--tasks", "judged.yaml", *TARGET, *JUDGE), frozenset({0, 4})),
    "optimizer": (
        ("tune", "mood.md", "--out", "tuned.md", "--rounds", "1", *TARGET, *OPTIMIZER),
        frozenset({0}),
    ),
}
"""The command line, and the exit codes that are honest: without verdicts of its judge a run
ends with 4."""


def main() -> None:
    """Run every case, and say what each did."""
    failed = False
    with tempfile.TemporaryDirectory() as folder, serving() as base:
        write_project(Path(folder))
        for name, (arguments, honest) in CASES.items():
            started = time.perf_counter()
            ended = skillopt(Path(folder), *arguments, "--api-base", base)
            wrong = ended.returncode not in honest or "Traceback" in ended.stderr
            failed = failed or wrong
            found = {
                "case": name,
                "ok": not wrong,
                "exit": ended.returncode,
                "seconds": round(time.perf_counter() - started, 1),
                "says": (ended.stdout + ended.stderr).splitlines(),
            }
            print(json.dumps(found, indent=1, ensure_ascii=False), flush=True)
    sys.exit(failed)


def skillopt(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command line in ``folder``, to its end."""
    command = [sys.executable, "-m", "skillopt", *arguments]
    path = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def write_project(folder: Path) -> None:
    """The skill, its tasks with a plain check, and the same tasks with a rubric."""
    (folder / "mood.md").write_text(SKILL, encoding="utf-8")
    tasks = [
        {"id": f"{mood}-{number}", "split": split, "input": text, "expected": mood}
        for mood, texts in TEXTS.items()
        for number, (text, split) in enumerate(zip(texts, SPLITS, strict=True))
    ]
    plain = {"name": "mood", "checks": [{"type": "contains"}], "tasks": tasks}
    rubric = {
        "name": "judged",
        "criteria": {"right": "The answer names the expected mood."},
        "checks": [{"type": "rubric", "criteria": ["right"]}],
        "tasks": tasks,
    }
    sets = folder / "validation_sets"
    sets.mkdir()
    (sets / "mood.yaml").write_text(json.dumps(plain), encoding="utf-8")
    (folder / "judged.yaml").write_text(json.dumps(rubric), encoding="utf-8")
    (folder / "skillopt.toml").write_text("concurrency = 2\ntimeout = 300\n", encoding="utf-8")


if __name__ == "__main__":
    main()
