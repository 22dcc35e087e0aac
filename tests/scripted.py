"""A small agent and optimizers for tests of the whole loop, and the command line as a process."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import skillopt
from skillopt.core.evaluation.checks import Exact
from skillopt.core.quoting import blocks

ROOT = Path(__file__).parent.parent

SKILL = skillopt.Skill(text="# Which desk\n\nWord and desk.\n\n## Words\n\n- bread: bakery\n")

DESKS = {
    "bakery": ["bread", "rolls", "cake", "pretzel"],
    "garden": ["roses", "lawn", "hedge", "soil"],
    "tools": ["hammer", "drill", "saw", "screws"],
}
SENTENCES = (
    "Do you have {}?",
    "The {} was bad.",
    "How much is {}?",
    "Put some {} aside.",
    "More {}!",
)

Messages = list[dict[str, str]]


def tasks(
    checks: tuple[Any, ...] = (Exact(type="exact", criterion="desk"),),
) -> skillopt.ValidationSet:
    """Each word in five sentences: one for train, two for validation, two for test."""
    splits = ("train", "validation", "validation", "test", "test")
    made = tuple(
        skillopt.Task(
            id=f"{word}-{number}",
            split=splits[number],  # type: ignore[arg-type]
            input=sentence.format(word),
            expected=desk,
            checks=checks,
        )
        for desk, words in DESKS.items()
        for word in words
        for number, sentence in enumerate(SENTENCES)
    )
    return skillopt.ValidationSet(name="desks", criteria={"desk": "The right desk."}, tasks=made)


def agent(skill: str, letter: str) -> str:
    """The first word that the skill knows decides."""
    desks = dict(re.findall(r"^- (\w+): (\w+)\r?$", skill, re.MULTILINE))
    return next((desks[word] for word in re.findall(r"\w+", letter) if word in desks), "reception")


def insert(text: str, **more: Any) -> dict[str, Any]:
    """An edit at the end of the skill."""
    return {"kind": "insert", "anchor": "", "where": "after", "text": text, **more}


def draft(*edits: dict[str, Any], idea: str = "an idea", **more: Any) -> str:
    """A proposal as a reply."""
    return json.dumps({"idea": idea, "edits": list(edits), **more})


def learner(messages: Messages) -> str:
    """Learns one desk's words from the failures it is shown."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    wrong = [seen for seen in json.loads(data["evidence"]) if not seen["passed"]]
    desk = wrong[0]["expected"]
    words = {word for word in DESKS[desk] for seen in wrong if word in seen["input"]}
    return draft(
        insert("".join(f"- {word}: {desk}\n" for word in sorted(words))), idea=f"{desk} words"
    )


def proposing(*replies: str | Callable[[Messages], str]) -> Callable[[Messages], str]:
    """An optimizer that criticizes nothing and proposes ``replies``, the last one again and again."""
    left = list(replies)

    def optimizer(messages: Messages) -> str:
        if "limits" not in blocks(messages[1]["content"]):
            return json.dumps({"critiques": []})
        reply = left.pop(0) if len(left) > 1 else left[0]
        return reply if isinstance(reply, str) else reply(messages)

    return optimizer


def skillopt_process(
    *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None, **more: Any
) -> subprocess.CompletedProcess[str]:
    """The `skillopt` command, to its end."""
    return subprocess.run(
        command(*arguments),
        check=False,
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        text=True,
        **more,
    )


def command(*arguments: str | Path) -> list[str]:
    """The command line that runs this checkout's `skillopt`."""
    code = "from skillopt.cli.main import run; run()"
    return [sys.executable, "-c", code, *map(str, arguments)]


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would speak for the user, and with this checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    kept.pop("SKILLOPT_LEDGER", None)
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **(more or {})}
