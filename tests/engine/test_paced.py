"""A run whose rounds are asked for one by one."""

from __future__ import annotations

from skillopt.engine.paced import PacedRun
from skillopt.errors import SpendExhausted
from tests.engine.setups import ALL_WORDS, NOTHING, draft_of
from tests.engine.test_start import NONE, Night, night


def paced(made: Night) -> PacedRun:
    return PacedRun(made.start(replies=(NONE, draft_of(ALL_WORDS), NONE, draft_of(NOTHING))))


async def test_a_round_at_a_time_and_the_next_process_goes_on() -> None:
    made = night()
    run = paced(made)
    assert await run.begin() is None
    assert run.measured.calls == 24
    assert await run.round() is None
    assert [round_.decision.kind for round_ in run.rounds] == ["accepted"]
    made.crash()
    again = paced(made)
    assert await again.begin() is None
    assert again.rounds == run.rounds
    assert again.measured == run.measured


async def test_a_run_that_joins_a_library_says_so_in_the_ledger() -> None:
    made = night()
    run = paced(made)
    run.start.join("library-1")
    await run.begin()
    assert run.record.library == "library-1"
    made.crash()
    again = paced(made)
    assert (await again.start.unfinished()) is not None
    again.start.join("library-2")
    await again.begin()
    assert [end.library for end in made.ledger.ends.values()] == ["library-2"]


async def test_a_limit_ends_its_rounds_and_not_the_run() -> None:
    run = PacedRun(night().start(replies=(SpendExhausted("nothing is left"),)))  # type: ignore[arg-type]
    await run.begin()
    assert await run.round() == "spend"
    assert run.rounds == ()
    assert run.out_of_budget("nothing is left") == "spend"
