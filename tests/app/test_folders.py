"""A skill that is a folder, tuned by the practice models: the wrong rule stands in a reference."""

from __future__ import annotations

import json
from typing import Any

import skillopt
from skillopt.core.history.run import AcceptedRound
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.standins_ledger import MemoryLedger

DESKS = (
    "# Desks\n\n"
    '- When it mentions "password", answer `billing`.\n'
    '- When it mentions "invoice", answer `billing`.\n'
    '- When it mentions "crash", answer `bugs`.\n'
)
OTHERS = (
    SkillFile(path="assets/logo.png", data=b"\x89PNG\0"),
    SkillFile(path="scripts/sort.py", data=b"print(1)\n", executable=True),
)
FOLDER = Skill(
    text=(
        "---\nname: tickets\ndescription: Sorts tickets.\n---\n# Tickets\n\n"
        "Answer with one of `billing`, `access`, `bugs`, as [the desks](references/desks.md) say.\n"
    ),
    files=(SkillFile(path="references/desks.md", data=DESKS.encode()), *OTHERS),
)


def _tasks() -> skillopt.ValidationSet:
    words = {"invoice": "billing", "password": "access", "crash": "bugs"}
    rows: list[dict[str, Any]] = [
        {
            "id": f"{split}-{number}",
            "split": split,
            "input": f"Ticket {split} {number}: it is about my {word}.",
            "expected": words[word],
            "checks": [{"type": "exact"}],
        }
        for split, count in (("train", 12), ("validation", 24), ("test", 24))
        for number in range(count)
        for word in [list(words)[number % 3]]
    ]
    return skillopt.ValidationSet.model_validate({"name": "tickets", "tasks": rows})


def test_a_wrong_rule_in_a_reference_is_corrected_there() -> None:
    ledger = MemoryLedger()
    run = skillopt.tune(
        FOLDER, validation_set=_tasks(), ledger=ledger, practice=True, rounds=4, seed=1
    )
    accepted = [one for one in run.rounds if isinstance(one.decision, AcceptedRound)]
    assert accepted
    edits = [edit for one in accepted if one.proposal for edit in one.proposal.edits]
    assert {edit.file for edit in edits} == {"references/desks.md"}
    assert run.last.text == FOLDER.text
    desks, *others = sorted(run.last.files, key=lambda file: file.path != "references/desks.md")
    assert tuple(others) == OTHERS
    assert desks.data != DESKS.encode()
    assert b"`access`" in desks.data
    assert run.shipped == "improved"
    assert all(section.startswith("references/desks.md") for section in accepted[0].sections)


def test_the_prompts_show_the_files_of_a_folder_alone() -> None:
    for skill in (FOLDER, Skill(text=FOLDER.text + "\n" + DESKS)):
        ledger = MemoryLedger()
        skillopt.tune(skill, validation_set=_tasks(), ledger=ledger, practice=True, rounds=1)
        prompts = [json.loads(exchange.prompt) for exchange in ledger.replies.values()]
        assert prompts
        for system, user, *_ in prompts:
            assert ("files" in blocks(user["content"])) is bool(skill.files)
            assert ("references/terms.md" in system["content"]) is bool(
                skill.files and "limits" in blocks(user["content"])
            )
