"""Which files are spoken of most."""

from __future__ import annotations

from skillopt.core.skill.mentions import most_mentioned, that_fit
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

FOLDER = Skill(
    text="Read references/b.md, and b.md again, and `c.md`.",
    files=tuple(
        SkillFile(path=path, data=text.encode())
        for path, text in (
            ("references/a.md", "x" * 10),
            ("references/b.md", "see c.md, c.md"),
            ("references/c.md", "y" * 30),
            ("run.py", "a.md a.md a.md a.md"),
        )
    ),
)
PATHS = ["references/a.md", "references/b.md", "references/c.md"]


def test_the_most_mentioned_come_first_and_equals_by_name() -> None:
    assert most_mentioned(FOLDER, PATHS) == [PATHS[2], PATHS[1], PATHS[0]]
    assert most_mentioned(FOLDER, ["z", "y"]) == ["y", "z"]


def test_what_fits() -> None:
    assert that_fit(FOLDER, PATHS, room=44) == {PATHS[1], PATHS[2]}
    assert that_fit(FOLDER, PATHS, room=29) == {PATHS[0], PATHS[1]}
    assert not that_fit(FOLDER, PATHS, room=0)
