"""A rewrite: what is asked, and the one chance to repair a reply."""

from __future__ import annotations

import json

from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rewriting import Rewrite
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit import Replace
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.propose import Question
from skillopt.engine.steps.rewrite import repair_rewrite, rewrite
from tests.engine.setups import asked_blocks, bench
from tests.scripted import SKILL

BUDGET = EditBudget(max_edits=1, max_changed_chars=9, max_skill_chars=500)
NEW = json.dumps({"idea": "anew", "body": "# Desks\n\n- rolls: bakery\n"})


def question(skill: Skill = SKILL) -> Question:
    return Question(
        number=2, skill=skill, budget=BUDGET, observations=(), critiques=(), refused="none"
    )


async def test_the_body_comes_back_as_one_edit() -> None:
    made = await bench(NEW)
    tried = await rewrite(made.context, question())
    assert isinstance(tried.draft, Draft)
    assert tried.draft.edits == (Replace(anchor=SKILL.text, text="# Desks\n\n- rolls: bakery\n"),)
    assert made.optimizer.shapes == [Rewrite]
    data = asked_blocks(made.optimizer)
    assert list(data) == ["skill", "evidence", "refused", "limits"]
    assert json.loads(data["limits"]) == {"max_skill_chars": 500, "locked": []}


async def test_a_body_without_the_locked_text_is_asked_for_again_with_the_reason() -> None:
    lock = "<!-- skillopt:lock -->\nBe polite.\n<!-- skillopt:unlock -->\n"
    whole = json.dumps({"idea": "anew", "body": f"# Desks\n\n{lock}\n- rolls: bakery\n"})
    made = await bench(NEW, whole)
    asked = question(Skill(text=SKILL.text + lock))
    failed = await rewrite(made.context, asked)
    assert isinstance(failed.draft, BadReply)
    second = await repair_rewrite(made.context, asked, failed, str(failed.draft))
    assert isinstance(second.draft, Draft)
    assert "locked text 1 is missing" in made.optimizer.asked[1][-1].content
