"""What is wrong with stored answers."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.endings import Ending
from skillopt.core.evaluation.answer_faults import AnswerFault
from tests.adapters.ledger.samples import SKILL, a_missing, a_rollout, a_run


async def test_the_runs_own_answers_and_those_asked_for(tmp_path: Path) -> None:
    empty, elsewhere = a_rollout(1, answer=""), a_rollout(2, answer=" ")
    fine, unasked = a_rollout(0), a_rollout(3, answer="")
    refused = a_missing(4).model_copy(update={"ending": Ending.REFUSED})
    had_since = a_missing(0).model_copy(update={"ending": Ending.REFUSED})
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        for run in ("run-0", "run-1"):
            await ledger.start_run(a_run(run), SKILL)
        for rollout in (elsewhere, unasked):
            await ledger.add_rollout("run-0", rollout)
        for rollout in (had_since, empty, fine, refused):
            await ledger.add_rollout("run-1", rollout)
        found = await ledger.answer_faults("run-1", [elsewhere.key.digest, "0" * 64])
    assert found == {
        fine.key.digest: None,
        empty.key.digest: AnswerFault.EMPTY,
        elsewhere.key.digest: AnswerFault.EMPTY,
        refused.key.digest: AnswerFault.REFUSED,
    }
