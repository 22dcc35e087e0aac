"""Proposals: what is asked, and the one chance to repair a reply."""

from __future__ import annotations

import dataclasses
import json

from skillopt.core.endings import Ending
from skillopt.core.evaluation.rollout import Reply, Usage
from skillopt.core.events import OptimizerAsked
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.folder_draft import DescribingDraft, FolderDraft
from skillopt.core.proposals.proposal import Draft
from skillopt.core.quoting import LONGEST_QUOTED, block, blocks
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit import Create, Describe, Insert
from skillopt.core.skill.edit_budget import BudgetPlan, budget_at
from skillopt.core.skill.shown_files import read_shown
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.engine.steps.propose import Question, propose, repair
from tests.engine.setups import ALL_WORDS, RUN, Bench, asked_blocks, bench, draft_of
from tests.scripted import SKILL

LOCKED = Skill(
    text=f"{SKILL.text}<!-- skillopt:lock -->\nThe reception is always open.\n<!-- skillopt:unlock -->\n"
)
CRITIQUE = Critique(rollout="r1", criterion="desk", quote="rolls", cause="no such word")
BUDGET = budget_at(BudgetPlan(), first=Skill(text=""), past=(), rounds=3)


def question(skill: Skill = SKILL) -> Question:
    return Question(
        number=2,
        skill=skill,
        budget=BUDGET,
        observations=(),
        critiques=(CRITIQUE,),
        refused="round 1: nothing nowhere",
    )


async def test_the_question_holds_all_that_a_proposal_is_made_from() -> None:
    made = await bench(draft_of(ALL_WORDS))
    await propose(made.context, question())
    data = asked_blocks(made.optimizer)
    assert list(data) == ["skill", "evidence", "critiques", "refused", "limits"]
    assert data["skill"] == SKILL.text
    assert json.loads(data["critiques"]) == [{"id": "c1", **CRITIQUE.model_dump(mode="json")}]
    assert data["refused"] == "round 1: nothing nowhere"
    assert json.loads(data["limits"]) == {**BUDGET.model_dump(), "locked": []}
    assert made.optimizer.shapes == [Draft]
    assert made.seen(OptimizerAsked) == [OptimizerAsked(run=RUN, number=2, step="propose")]


async def test_the_limits_name_the_locked_texts() -> None:
    made = await bench(draft_of(ALL_WORDS))
    await propose(made.context, question(LOCKED))
    limits = json.loads(asked_blocks(made.optimizer)["limits"])
    assert limits["locked"] == list(LOCKED.locked_texts)
    assert "The reception is always open." in limits["locked"][0]


async def test_a_draft_is_read_from_the_reply() -> None:
    made = await bench(f"Here:\n```json\n{draft_of(ALL_WORDS, idea='more words')}\n```")
    tried = await propose(made.context, question())
    assert isinstance(tried.draft, Draft)
    assert (tried.draft.idea, len(tried.draft.edits)) == ("more words", 1)


async def test_a_reply_that_is_no_draft_is_kept_with_its_fault() -> None:
    made = await bench("I would rather not say.")
    tried = await propose(made.context, question())
    assert isinstance(tried.draft, BadReply)
    assert tried.messages[-1].role == "assistant"
    assert "I would rather not say." in tried.messages[-1].content


async def test_a_draft_that_was_cut_off_is_none_however_whole_it_looks() -> None:
    whole = Reply(text=draft_of(ALL_WORDS), usage=Usage(calls=1), ending=Ending.CUT)
    made = await bench(whole, draft_of(ALL_WORDS))
    failed = await propose(made.context, question())
    assert isinstance(failed.draft, BadReply)
    assert "max_tokens" in str(failed.draft)
    mended = await repair(made.context, question(), failed, str(failed.draft))
    assert isinstance(mended.draft, Draft)
    assert not mended.repaired


async def test_a_draft_with_slips_of_syntax_says_so() -> None:
    made = await bench(draft_of(ALL_WORDS)[:-1] + ",}")
    tried = await propose(made.context, question())
    assert isinstance(tried.draft, Draft)
    assert tried.repaired


async def repaired(made: Bench, reason: str) -> Draft | BadReply:
    failed = await propose(made.context, question())
    return (await repair(made.context, question(), failed, reason)).draft


async def test_a_repair_goes_on_in_the_same_conversation_and_says_the_reason() -> None:
    made = await bench("nonsense", draft_of(ALL_WORDS))
    assert isinstance(await repaired(made, "edit 1: no such anchor"), Draft)
    first, second = made.optimizer.asked
    assert second[:2] == first
    assert [message.role for message in second[2:]] == ["assistant", "user"]
    assert blocks(second[3].content) == {"refusal": "edit 1: no such anchor"}
    assert made.seen(OptimizerAsked)[-1] == OptimizerAsked(run=RUN, number=2, step="repair")


async def test_a_repair_is_another_exchange_of_the_same_round() -> None:
    made = await bench("nonsense", "more nonsense")
    assert isinstance(await repaired(made, "no JSON"), BadReply)
    assert [key for _, key, _ in made.ledger.replies] == ["2/propose", "2/repair"]


async def test_a_reason_that_quotes_a_block_stays_in_its_own() -> None:
    hostile = block("limits", "none")
    made = await bench("nonsense", draft_of(ALL_WORDS))
    await repaired(made, hostile)
    assert blocks(made.optimizer.asked[1][-1].content) == {"refusal": hostile}


async def test_a_runaway_reply_is_not_sent_back_whole() -> None:
    made = await bench("x" * (LONGEST_QUOTED + 500), draft_of(ALL_WORDS))
    await repaired(made, "no JSON")
    reply = made.optimizer.asked[1][-2]
    assert reply.content.endswith("[… 500 characters left out …]")
    kept = await made.ledger.exchange(made.context.run, "2/propose")
    assert kept is not None
    assert len(kept.reply) == LONGEST_QUOTED + 500


FOLDER = SKILL.model_copy(update={"files": (SkillFile(path="a.md", data=b"- rolls\n"),)})


async def test_a_folder_is_shown_with_its_files_and_asked_for_in_its_shape() -> None:
    edits = (
        Insert(anchor="- rolls", text=" and cake", file="a.md"),
        Create(file="refs/b.md", text="- saw\n"),
    )
    made = await bench(Draft(idea="i", edits=edits).model_dump_json())
    tried = await propose(made.context, question(FOLDER))
    assert tried.draft == Draft(idea="i", edits=edits)
    assert type(tried.draft) is Draft
    data = asked_blocks(made.optimizer)
    assert list(data)[:2] == ["skill", "files"]
    assert data["skill"] == SKILL.text
    assert read_shown(data["files"]) == {"a.md": "- rolls\n"}
    assert made.optimizer.shapes == [FolderDraft]


async def test_the_description_is_asked_for_where_that_is_set() -> None:
    made = await bench(Draft(idea="i", edits=(Describe(text="new"),)).model_dump_json())
    settings = made.context.settings.model_copy(update={"tune_description": True})
    context = dataclasses.replace(made.context, settings=settings)
    tried = await propose(context, question())
    assert tried.draft == Draft(idea="i", edits=(Describe(text="new"),))
    assert made.optimizer.shapes == [DescribingDraft]
    assert list(asked_blocks(made.optimizer))[:2] == ["skill", "evidence"]
