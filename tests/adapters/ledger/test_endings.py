"""How replies ended is kept, and nothing is added to the payload of those that came to their end."""

from __future__ import annotations

import json
from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.schema.mapping import exchange_row, rollout_of, rollout_row
from skillopt.core.endings import Ending
from tests.adapters.ledger.samples import SKILL, a_missing, a_rollout, a_run, an_exchange


async def test_a_cut_reply_comes_back_as_one(tmp_path: Path) -> None:
    cut = an_exchange().model_copy(update={"ending": Ending.CUT, "reasoning": "hm"})
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(cut.run), SKILL)
        await ledger.add_exchange(cut)
        assert await ledger.exchange(cut.run, cut.key) == cut


def test_a_complete_reply_has_the_payload_it_always_had() -> None:
    assert set(json.loads(exchange_row(an_exchange())["payload"])) == {"prompt", "reply"}


async def test_a_cut_answer_comes_back_as_one(tmp_path: Path) -> None:
    cut = a_rollout().model_copy(update={"ending": Ending.CUT, "reasoning": "hm"})
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_rollout("run-1", cut)
        assert await ledger.rollouts([cut.key]) == {cut.key: cut}


def test_complete_rollouts_have_the_payload_they_always_had() -> None:
    kept = json.loads(rollout_row("run-1", a_rollout())["payload"])
    assert set(kept) == {"answer", "results", "target_error"}
    assert set(json.loads(rollout_row("run-1", a_missing())["payload"])) == {"reason"}


def test_a_withheld_answer_says_so_in_its_row() -> None:
    withheld = a_missing().model_copy(update={"ending": Ending.FILTERED})
    assert rollout_of(rollout_row("run-1", withheld)) == withheld
