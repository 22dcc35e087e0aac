"""The ledger as pandas tables, on each database."""

from __future__ import annotations

import pytest

import skillopt
from skillopt.adapters.ledger.read.frames import ENTRIES, ROLLOUT_COLUMNS
from skillopt.core.evaluation.rollout import Missing, RolloutKey, Usage
from skillopt.core.history.views import RoundFilter
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks


async def test_entries_and_rollouts_are_rows(ledger: skillopt.SqlLedger) -> None:
    empty = await ledger.to_frame()
    assert {name: str(dtype) for name, dtype in empty.dtypes.items()} == ENTRIES
    assert len(empty) == 0

    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing("no JSON", "no JSON", draft(insert("- roses: garden\n- saw: tools\n"))),
        ledger=ledger,
        deterministic=True,
        rounds=2,
    )
    frame = await ledger.to_frame()
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == ENTRIES
    assert frame["id"].tolist() == [one.id for one in reversed(run.rounds)]
    assert frame["gain"].isna().tolist() == [False, True]
    assert frame["created"].is_monotonic_decreasing
    assert len(await ledger.to_frame(RoundFilter(outcome="accepted"))) == 1

    key = RolloutKey(skill="s", task="t", target="g", trial=0)
    lost = Missing(key=key, task_id="t", reason="503", usage=Usage(calls=1, cost=None), seconds=0.5)
    await ledger.add_rollout("evaluations", lost)
    rows = await ledger.rollouts_to_frame()
    assert {name: str(dtype) for name, dtype in rows.dtypes.items()} == ROLLOUT_COLUMNS
    mine = await ledger.rollouts_to_frame(run.record.id[:15])
    assert len(mine) == len(rows) - 1
    assert mine["score"].notna().all()
    (other,) = (await ledger.rollouts_to_frame("evaluations")).to_dict("records")
    assert other["status"] == "missing"
    assert rows.tail(1)[["score", "cost"]].isna().all(axis=None)
    scores = mine[mine["version"] == run.first.digest].groupby("task")["score"].mean()
    assert (scores["bread-1"], scores["saw-1"]) == (1.0, 0.0)

    with pytest.raises(skillopt.InputError, match="nothing"):
        await ledger.rollouts_to_frame("nothing")
