"""The optimizer's predictions, from the ledger, weighed for the edit budget."""

from __future__ import annotations

import json
from typing import Any

import pytest

from skillopt.core.skill.calibrated_budget import Calibration
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.weigh_forecasts import weigh_forecasts
from tests.engine.setups import NOTHING, Bench, bench, draft_of
from tests.scripted import SKILL

NONE = json.dumps({"critiques": []})
PLAN = BudgetPlan(calibrated_budget=True)


async def after_a_round(*, predicted: float, **more: Any) -> tuple[Bench, RoundWork]:
    """A run with one rejected round that predicted something."""
    made = await bench(NONE, draft_of(NOTHING, predicted_gain=predicted), NONE, **more)
    search = (await measure_baseline(made.context)).search
    await RoundWork(made.context, search, SKILL).commit()
    later = search.model_copy(update={"past": (False,)})
    return made, RoundWork(made.context, later, SKILL)


async def test_a_prediction_that_failed_narrows_the_next_budget_and_is_recorded() -> None:
    made, work = await after_a_round(predicted=0.5, budget=PLAN)
    expected = Calibration(proposals=1, hits=0, error=0.25, factor=0.9)
    assert await weigh_forecasts(made.context) == expected
    plain = RoundWork((await bench(NONE)).context, work.search, SKILL)
    calibrated, usual = await work.budget(), await plain.budget()
    assert calibrated.max_changed_chars < usual.max_changed_chars
    assert (await work.commit()).calibration == expected


async def test_the_first_round_has_no_record_to_follow() -> None:
    made, _ = await after_a_round(predicted=0.5, budget=PLAN)
    (round_,) = await made.ledger.rounds(made.context.run)
    assert round_.calibration is None
    assert "calibration" not in round_.model_dump()


@pytest.mark.parametrize(("predicted", "plan"), [(0.5, BudgetPlan()), (0.0, PLAN)])
async def test_off_or_without_predictions_it_says_nothing(
    predicted: float, plan: BudgetPlan
) -> None:
    made, work = await after_a_round(predicted=predicted, budget=plan)
    assert await weigh_forecasts(made.context) is None
    plain = RoundWork((await bench(NONE)).context, work.search, SKILL)
    assert await work.budget() == await plain.budget()
