"""What a round sets out from."""

from __future__ import annotations

import json

from skillopt.core.gate import GatePolicy
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.engine.round_start import RoundStart
from skillopt.engine.round_work import RoundWork
from tests.engine.setups import ALL_WORDS, Bench, asked_blocks, draft_of, first_round, with_text
from tests.scripted import SKILL

GOOD = draft_of(ALL_WORDS, idea="more words")


async def test_the_budget_is_this_rounds() -> None:
    plan = BudgetPlan(schedule="linear", max_edits=4, min_edits=1)
    made, work = await first_round(GOOD, budget=plan, rounds=3)
    later = work.search.model_copy(update={"past": (False, False)})
    budgets = [
        (await RoundWork(made.context, search, SKILL).budget()).max_edits
        for search in (work.search, later)
    ]
    assert budgets == [4, 1]
    limits = json.loads(await asked_limits(made, work))
    assert limits["max_edits"] == 4


async def asked_limits(made: Bench, work: RoundWork) -> str:
    await work.proposed()
    return asked_blocks(made.optimizer)["limits"]


async def test_a_policy_that_asks_for_no_gain_compares_with_the_first_version() -> None:
    later = with_text(ALL_WORDS)
    made, work = await first_round(GOOD)
    assert RoundStart(made.context, work.search, later).rival == later
    made, work = await first_round(GOOD, gate=GatePolicy(kind="exact", no_worse_than=0.1))
    assert RoundStart(made.context, work.search, later).rival == SKILL
