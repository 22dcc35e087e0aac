"""A person's SKILL.md becomes edits of the incumbent, and nothing but its body may differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.approval.own_version import Waits, own_version
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.skill.edit import Create, Insert, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_proposal, an_insert, made_by

SETTINGS = LoopSettings(approve=True)
PROPOSAL = a_proposal()
WAITS = Waits(PROPOSAL, SKILL, made_by(PROPOSAL))
WORDS = st.text("abc .\n-#", min_size=1, max_size=40).filter(lambda text: text.strip())


@given(WORDS)
def test_the_edits_make_the_text_but_for_white_space_at_its_ends(words: str) -> None:
    text = f"{SKILL.text}{words}"
    try:
        made = own_version(WAITS, text, settings=SETTINGS)
    except InputError as error:
        assert "does not pass the screen" in str(error) or "the one that waits" in str(error)  # noqa: PT017
        return
    assert made.skill.text.rstrip() == text.rstrip()
    assert apply(SKILL, made.proposal.edits) == made.skill
    assert made.proposal.draft.idea == PROPOSAL.draft.idea


def test_line_ends_are_those_of_the_skill() -> None:
    crlf = Skill(text=SKILL.text.replace("\n", "\r\n"))
    proposal = a_proposal(parent=crlf)
    waits = Waits(proposal, crlf, made_by(proposal, crlf))
    made = own_version(waits, SKILL.text + "- One more.\n", settings=SETTINGS)
    assert made.skill.text == crlf.text + "- One more.\r\n"


def test_edits_of_other_files_stay_as_proposed() -> None:
    create = Create(file="references/desks.md", text="# Desks\n")
    folder = Skill(text=SKILL.text, files=(SkillFile(path="references/a.md", data=b"# A\n"),))
    proposal = a_proposal(create, an_insert("- See references/desks.md.\n"), parent=folder)
    own = own_version(
        Waits(proposal, folder, made_by(proposal, folder)),
        SKILL.text + "- Read references/desks.md first.\n",
        settings=SETTINGS,
    )
    assert own.skill.paths == (SKILL_MD, "references/a.md", "references/desks.md")


LOCKED = Skill(
    text="# A\n\n<!-- skillopt:lock -->\n- Keep this.\n<!-- skillopt:unlock -->\n\n- Be brief.\n"
)


def test_a_locked_text_stays() -> None:
    proposal = a_proposal(Insert(anchor="- Be brief.\n", text="- Be short.\n"), parent=LOCKED)
    waits = Waits(proposal, LOCKED, made_by(proposal, LOCKED))
    changed = LOCKED.text.replace("Keep this", "Forget this")
    with pytest.raises(InputError, match="locked text 1 is missing, changed"):
        own_version(waits, changed, settings=SETTINGS)
    made = own_version(waits, LOCKED.text + "- Be kind.\n", settings=SETTINGS)
    assert made.skill.text == LOCKED.text + "- Be kind.\n"
