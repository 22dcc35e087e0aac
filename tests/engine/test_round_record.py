"""A round as the ledger keeps it."""

from __future__ import annotations

from skillopt.core.events import GateOpened, RoundDecided
from skillopt.core.history.run import RefusedRound
from skillopt.core.proposals.refusal import Stage
from tests.engine.setups import ALL_WORDS, draft_of, first_round


async def test_a_repaired_proposal_says_so_in_its_round() -> None:
    _, work = await first_round(draft_of(ALL_WORDS)[:-1] + ",}")
    assert (await work.commit()).repaired
    _, work = await first_round(draft_of(ALL_WORDS))
    assert "repaired" not in (await work.commit()).model_dump()


async def test_two_replies_that_cannot_be_read_end_the_round_without_a_proposal() -> None:
    made, work = await first_round("nonsense", "more nonsense")
    round_ = await work.commit()
    assert round_.proposal is None
    assert isinstance(round_.decision, RefusedRound)
    assert (round_.decision.stage, round_.decision.code) == (Stage.REPLY, "bad_reply")
    assert round_.decision.verdict is None
    assert len(made.optimizer.asked) == 3
    assert made.seen(GateOpened) == []
    assert len(made.seen(RoundDecided)) == 1
