"""A skill, its tasks and runs on it, with hostile texts wherever a task or a model can put one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.models.own import CallableModel
from skillopt.core.evaluation.checks import Exact
from skillopt.core.quoting import blocks
from tests.browser.browsing import hostile
from tests.scripted import DESKS, SKILL, Messages, agent, draft, insert

TEXT = SKILL.text + f"\nNever write {hostile('skill')}.\n"
GARDEN = "- roses: garden\n- lawn: garden\n- hedge: garden\n- soil: garden\n"
TOOLS = "- saw: tools\n- drill: tools\n- hammer: tools\n- screws: tools\n"
SENTENCES = ("Do you have {}?", "The {} was bad.", "More {}!", "Put some {} aside.", "How is {}?")
SPLITS = ("train", "validation", "validation", "test", "test")


def tasks() -> skillopt.ValidationSet:
    """Those of `tests.scripted`, with a hostile input, id and criterion."""
    made = [
        skillopt.Task(
            id=f"{word}-{number}",
            split=SPLITS[number],  # type: ignore[arg-type]
            input=sentence.format(word),
            expected=desk,
            checks=(Exact(type="exact", criterion="desk"),),
        )
        for desk, words in DESKS.items()
        for word in words
        for number, sentence in enumerate(SENTENCES)
    ]
    worst = skillopt.Task(
        id=hostile("task id"),
        split="train",
        input=f"More roses! {hostile('input')}",
        expected="garden",
        checks=(Exact(type="exact", criterion=hostile("criterion")),),
    )
    unseen = worst.model_copy(
        update={"id": hostile("task"), "split": "validation", "input": "Where are your roses from?"}
    )
    criteria = {"desk": "The right desk.", hostile("criterion"): hostile("description")}
    return skillopt.ValidationSet(name="desks", criteria=criteria, tasks=(*made, worst, unseen))


def target(skill: str, letter: str) -> str:
    return agent(skill, letter).replace("reception", hostile("answer"))


def optimizer(*replies: str) -> CallableModel:
    """Criticizes with hostile words, and proposes these in turn, the last one again and again."""
    left = list(replies)

    def reply(messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" in data:
            return left.pop(0) if len(left) > 1 else left[0]
        wrong = [one for one in json.loads(data["evidence"]) if not one["passed"]]
        said = [
            {
                "rollout": one["rollout"],
                "criterion": "desk",
                "quote": hostile("answer"),
                "cause": hostile("cause"),
            }
            for one in wrong
        ]
        return json.dumps({"critiques": said})

    return CallableModel(reply, identity=hostile("optimizer"))


def proposals() -> tuple[str, ...]:
    """Accepted; refused at the screen for its hostile edit, and repaired; rejected by the gate."""
    return (
        draft(insert(GARDEN), idea=f"garden words {hostile('idea')}", criteria=["desk"]),
        draft(insert(f"- {hostile('edit')}\n"), idea=f"more words {hostile('first try')}"),
        draft(insert("- saw: bakery\n- drill: bakery\n"), idea=f"bakery words {hostile('bad')}"),
        draft(insert(TOOLS), idea="tool words"),
    )


def asked(skill: Path, *replies: str, **more: Any) -> dict[str, Any]:
    """What `skillopt.tune` is called with for a run on it, beside the skill."""
    given: dict[str, Any] = {
        "rounds": 3,
        "deterministic": True,
        "validation_set": tasks(),
        "target": target,
        "identity": f"desks {hostile('target')}",
        "optimizer": optimizer(*(replies or proposals())),
        "ledger": ledger_of(skill),
        "write": False,
    }
    return {**given, **more}


def project(folder: Path) -> Path:
    """A project with the skill in it; returns the skill's file."""
    skill = folder / "desks" / "SKILL.md"
    skill.parent.mkdir()
    (folder / "skillopt.toml").touch()
    skill.write_text(TEXT, encoding="utf-8")
    return skill


def ledger_of(skill: Path) -> Path:
    return skill.parents[1] / ".skillopt" / "ledger.db"
