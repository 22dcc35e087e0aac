"""The verdict on what a round proposes."""

from __future__ import annotations

from skillopt.core.events import GateDecided, GateOpened
from skillopt.engine.round_verdict import drift_of, rematch_of, verdict_on
from tests.engine.setups import ALL_WORDS, draft_of, first_round
from tests.scripted import draft, insert

GOOD = draft_of(ALL_WORDS, idea="more words")
UNFIT = draft(insert("x\n", anchor="no such line"), idea="unfit")


async def test_what_the_screen_refused_does_not_come_so_far() -> None:
    made, work = await first_round(UNFIT, UNFIT)
    selection = await work.selected()
    before = list(made.target.ran)
    assert await verdict_on(work, selection) is None
    assert await rematch_of(work, selection, None) is None
    assert await drift_of(work, selection, None, None) is None
    assert made.target.ran == before
    assert made.seen(GateOpened) == []


async def test_the_gate_is_announced_with_the_idea_that_it_tests() -> None:
    made, work = await first_round(GOOD)
    verdict = await verdict_on(work, await work.selected())
    assert [event.idea for event in made.seen(GateOpened)] == ["more words"]
    assert [event.verdict for event in made.seen(GateDecided)] == [verdict]
    assert await rematch_of(work, await work.selected(), verdict) is None, "there is no branch"
