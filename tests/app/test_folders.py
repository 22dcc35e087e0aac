"""A skill that is a folder, tuned by the practice models: the wrong rule stands in a reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.files.skill_file import write_skill
from skillopt.core.history.run import AcceptedRound
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks
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


WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n"
DESCRIBED = SKILL.model_copy(
    update={"text": f"---\nname: desks\ndescription: >\n  Old\n  text.\n---\n{SKILL.text}"}
)


def _tuned(skill: Skill | Path, steps: Sequence[dict[str, Any]], **more: Any) -> skillopt.Run:
    return skillopt.tune(
        skill,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing(draft(*steps)),
        ledger=MemoryLedger(),
        deterministic=True,
        rounds=1,
        **more,
    )


def test_a_reference_is_created_and_the_target_reads_it() -> None:
    folder = SKILL.model_copy(update={"files": OTHERS})
    name = "references/desks.md"
    run = _tuned(folder, [{"kind": "create", "file": name, "text": WORDS}])
    assert run.shipped == "improved"
    assert run.last.text == SKILL.text
    assert run.last.documents[name].text == WORDS
    assert all(file in run.last.files for file in OTHERS)
    assert run.rounds[0].sections == (name,)


def test_the_files_that_were_written_are_named(tmp_path: Path) -> None:
    folder, name = tmp_path / "tickets", "references/desks.md"
    write_skill(folder, SKILL.model_copy(update={"files": OTHERS}), expected_digest="")
    run = _tuned(folder, [{"kind": "create", "file": name, "text": WORDS}])
    assert run.written.files == (name,)
    assert run.written.note == f"written to tickets/{name}"


def test_a_folder_without_its_last_file_gets_a_new_one() -> None:
    old, new = "references/old.md", "references/new.md"
    folder = Skill(text=SKILL.text, files=(SkillFile(path=old, data=b"- nothing of use\n"),))
    run = skillopt.tune(
        folder,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing(
            draft({"kind": "remove", "file": old}, insert("- roses: garden\n- lawn: garden\n")),
            draft({"kind": "create", "file": new, "text": "- saw: tools\n- drill: tools\n"}),
        ),
        ledger=MemoryLedger(),
        deterministic=True,
        rounds=2,
    )
    assert run.rounds[0].sections[0] == old
    assert run.last.paths == ("SKILL.md", new)


def test_nothing_is_created_beside_a_lone_skill() -> None:
    run = _tuned(SKILL, [{"kind": "create", "file": "a.md", "text": WORDS}])
    assert run.rounds[0].decision.code == "not_editable"
    assert run.last == SKILL


def test_a_description_changes_where_that_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "SKILL.md"
    path.write_bytes(DESCRIBED.to_bytes())
    edits = [{"kind": "describe", "text": "Finds a desk."}, insert(WORDS)]
    run = _tuned(path, edits)
    assert run.rounds[0].decision.code == "not_editable"
    assert path.read_bytes() == DESCRIBED.to_bytes()
    run = _tuned(path, edits, tune_description=True)
    assert run.shipped == "improved"
    kept = DESCRIBED.text.replace(">\n  Old\n  text.\n", ">-\n  Finds a desk.\n")
    assert path.read_text(encoding="utf-8") == kept + WORDS


def test_a_script_is_edited_where_that_is_asked_for() -> None:
    folder = SKILL.model_copy(update={"files": OTHERS})
    edits = [
        {"kind": "replace", "file": "scripts/sort.py", "anchor": "print(1)", "text": "print(2)"},
        insert(WORDS),
    ]
    assert _tuned(folder, edits).rounds[0].decision.code == "not_editable"
    run = _tuned(folder, edits, edits=["scripts/*.py"])
    assert run.shipped == "improved"
    assert SkillFile(path="scripts/sort.py", data=b"print(2)\n", executable=True) in run.last.files
