"""Repeats: what an edit adds although the skill says it already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.skill.repeats import first_repeat
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile

BODY = """# Top

Read the whole message first.

## Rules

- Never quote the label.
- Set `team` to `billing` for refunds.

## Form

Answer in one line.

```
the answer is here
the answer is here
```
"""
SKILL = Skill(text=BODY)
IN_RULES = "- Set `team` to `billing` for refunds.\n"


def added(text: str, *, after: str = IN_RULES) -> Skill:
    return Skill(text=BODY.replace(after, after + text))


@pytest.mark.parametrize(
    ("after", "present", "section"),
    [
        (added("- Never quote the label.\n"), "Never quote the label.", "Top > Rules"),
        (added("* never quote  the LABEL\n"), "Never quote the label.", "Top > Rules"),
        (added("- The label is never quoted.\n"), "Never quote the label.", "Top > Rules"),
        (added("- Read the whole message first.\n"), "Read the whole message first.", "Top"),
        (added("- never quote\n- Never quote\n"), "never quote", "Top > Rules"),
        (added("- Be kind to all people.\n- Be kind to all people.\n"), "Be kind to all people.", "Top > Rules"),
    ],
)  # fmt: skip
def test_what_the_skill_says_already_is_found(after: Skill, present: str, section: str) -> None:
    found = first_repeat(SKILL, after)
    assert found
    assert (found.present, found.section) == (present, section)


@pytest.mark.parametrize(
    "after",
    [
        SKILL,
        added("- Never quote the name.\n"),
        added("- Always quote the label.\n"),
        added("- Set `team` to `returns` for refunds.\n"),
        added("- The label is never quoted.\n", after="Answer in one line.\n"),
        added("- or\n- or\n"),
        Skill(text=BODY + "\n## More\n\n- Write JSON.\n\n### Most\n\n- Write JSON.\n"),
        added("### Form\n\n### Form\n"),
        added("```\nthe answer is here\n```\n"),
        Skill(text=BODY.replace("- Never quote the label.\n", "- The label is never quoted.\n")),
        Skill(
            text=BODY.replace("- Never quote the label.\n", "").replace(
                "Answer in one line.\n", "Answer in one line.\n\n- Never quote the label.\n"
            )
        ),
    ],
    ids=[
        "no change",
        "another object",
        "the opposite",
        "another literal",
        "other words elsewhere",
        "one word",
        "two words elsewhere",
        "headings",
        "code",
        "reworded",
        "moved",
    ],
)
def test_what_is_new_passes(after: Skill) -> None:
    assert first_repeat(SKILL, after) is None


LINES = st.lists(
    st.sampled_from(["- alpha beta gamma", "- delta eta zeta", "- iota kappa mu", "## A"]),
    max_size=8,
)


@given(LINES, LINES)
def test_taking_lines_away_repeats_nothing_and_doubling_always_does(
    kept: list[str], more: list[str]
) -> None:
    whole = Skill(text="\n".join([*kept, *more, "- one two three"]) + "\n")
    part = Skill(text="\n".join([*kept, "- one two three"]) + "\n")
    assert first_repeat(whole, part) is None
    assert first_repeat(whole, Skill(text=whole.text + "\n- One, two: three!\n"))


def test_what_another_file_says_is_said() -> None:
    there = SkillFile(path="refs/a.md", data=b"# Terms\n\n- Sign with your whole name.\n")
    folder = Skill(text=BODY, files=(there,))
    text = BODY.replace(IN_RULES, f"{IN_RULES}- Sign with your whole name.\n")
    found = first_repeat(folder, folder.model_copy(update={"text": text}))
    assert found
    assert found.present == "Sign with your whole name."
    again = SkillFile(path="refs/b.md", data=b"- Never quote the label.\n")
    here = first_repeat(folder, Skill(text=BODY, files=(there, again)))
    assert here
    assert here.section == "Top > Rules"
