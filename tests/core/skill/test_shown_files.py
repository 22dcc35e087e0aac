"""What targets and optimizers are shown of a folder."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.quoting import block, blocks
from skillopt.core.skill.edit_scope import LEAST_SCOPE, EditScope
from skillopt.core.skill.shown_files import (
    MOST_LISTED,
    ROOM_FOR_OPTIMIZER,
    ROOM_FOR_TARGET,
    read_shown,
    shown_to_optimizer,
    shown_to_target,
)
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from tests.core.texts import bodies


def folder(text: str, **files: bytes) -> Skill:
    made = (
        SkillFile(path=name.replace("__", "/").replace("_", "."), data=data)
        for name, data in files.items()
    )
    return Skill(text=text, files=tuple(made))


def test_a_target_reads_the_references_under_the_skill() -> None:
    skill = folder(
        "# x\n\n",
        references__a_md=b"# A\n\n- one\n",
        scripts__run_py=b"print(1)\n",
        LICENSE_txt=b"MIT\n",
        logo_png=b"\xff",
        z_txt=b"\nplain",
    )
    assert shown_to_target(skill) == (
        "# x\n\n=== references/a.md ===\n\n# A\n\n- one\n\n=== z.txt ===\n\nplain\n"
    )


def test_a_lone_skill_is_shown_as_it_is() -> None:
    for text in ("# x\n\n", "", "\ufeff# x"):
        assert shown_to_target(Skill(text=text)) == text
        assert shown_to_target(folder(text, run_py=b"x")) == text


def test_a_target_is_shown_no_more_than_there_is_room() -> None:
    skill = folder("see b.md\n", a_md=b"a" * ROOM_FOR_TARGET, b_md=b"b" * 50)
    shown = shown_to_target(skill)
    assert "=== a.md ===\n\n(100,000 characters, not shown)" in shown
    assert "b" * 50 in shown


def test_an_optimizer_is_told_what_there_is() -> None:
    skill = folder(
        "# x",
        references__a_md=b"# A\n",
        scripts__run_py=b"print(1)\n",
        logo_png=b"\xff\xff",
        big_md=b"x" * (ROOM_FOR_OPTIMIZER + 1),
    )
    rows, _ = json.JSONDecoder().raw_decode(shown_to_optimizer(skill, LEAST_SCOPE))
    assert rows == [
        {"file": "references/a.md", "chars": 4, "editable": True, "shown": True},
        {"file": "big.md", "chars": ROOM_FOR_OPTIMIZER + 1, "editable": True},
        {"file": "logo.png", "bytes": 2},
        {"file": "scripts/run.py", "chars": 9},
    ]
    assert read_shown(shown_to_optimizer(skill, LEAST_SCOPE)) == {"references/a.md": "# A\n"}
    scope = EditScope(patterns=("scripts/*.py",))
    assert read_shown(shown_to_optimizer(skill, scope))["scripts/run.py"] == "print(1)\n"


def test_a_huge_folder_is_listed_in_part() -> None:
    files = {f"data__{number}_bin": b"\xff" for number in range(MOST_LISTED + 5)}
    rows = json.loads(shown_to_optimizer(folder("x", **files), LEAST_SCOPE))
    assert len(rows) == MOST_LISTED + 1
    assert rows[-1] == {"more_files": 5}


@given(texts=st.lists(bodies, min_size=1, max_size=4))
def test_the_texts_are_read_back_to_the_letter(texts: list[str]) -> None:
    files = {f"f{number}_md": text.encode() for number, text in enumerate(texts)}
    shown = shown_to_optimizer(folder("x", **files), LEAST_SCOPE)
    read = read_shown(blocks(block("files", shown))["files"])
    assert list(read.values()) == texts


def test_what_is_no_listing_is_read_as_nothing() -> None:
    for text in ("", "x", "{}", '[{"file": "a"}]', '[{"file": "a", "chars": 3, "shown": true}]\nx'):
        assert read_shown(text) == {}
