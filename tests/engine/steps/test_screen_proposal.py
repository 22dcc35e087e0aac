"""The screen around a proposal: one repair, and a mode that must be left."""

from __future__ import annotations

from skillopt.core.history.search import Search
from skillopt.core.proposals.collapse import Entropies, Leave, Mode
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.screen_proposal import Screening, screen_proposal
from tests.engine.setups import ALL_WORDS, Bench, asked_blocks, bench, draft_of
from tests.scripted import SKILL, draft, insert
from tests.standins import Line

NONE = '{"critiques": []}'
WORDS = "Which desk > Words"
MODE = Mode(kind="insert", sections=(WORDS,), entropy=Entropies(kind=0.0, sections=0.0, idea=2.0))
STAYS = draft_of("- cake: bakery\n", idea="more words")
GOES = draft({"kind": "delete", "anchor": "- bread: bakery\n"}, idea="fewer words")


async def screened(*replies: Line, leave: Leave | None = None) -> tuple[Bench, Screening]:
    made = await bench(NONE, *replies)
    search: Search = (await measure_baseline(made.context)).search
    work = RoundWork(made.context, search, SKILL, leave=leave)
    (asked, *_) = await work.proposed()
    return made, await screen_proposal(made.context, *asked, proposer=work.proposer)


async def test_a_proposal_that_fits_is_a_candidate() -> None:
    _, found = await screened(draft_of(ALL_WORDS))
    assert isinstance(found.result, Candidate)
    assert found.first_try is None


async def test_a_proposal_that_stays_in_the_mode_is_refused_with_a_code_of_its_own() -> None:
    made, found = await screened(STAYS, STAYS, leave=Leave(mode=MODE, way="deletion"))
    assert isinstance(found.result, Screened)
    assert (found.result.stage, found.result.code) == (Stage.SCREEN, "collapsed")
    assert found.first_try is not None
    assert found.first_try.code == "collapsed"
    assert len(made.target.ran) == len(set(made.target.ran)), "and no rollout is paid for it"


async def test_the_repair_may_leave_it() -> None:
    made, found = await screened(STAYS, GOES, leave=Leave(mode=MODE, way="deletion"))
    assert isinstance(found.result, Candidate)
    assert "a deletion is asked for" in made.optimizer.asked[2][-1].content


async def test_the_prompt_says_what_to_leave_and_how_only_where_there_is_something() -> None:
    made, _ = await screened(GOES, leave=Leave(mode=MODE, way="deletion", back_to="secret"))
    system = made.optimizer.asked[1][0].content
    assert '"way":"deletion"' in asked_blocks(made.optimizer, 1)["leave"]
    assert WORDS in asked_blocks(made.optimizer, 1)["leave"]
    assert "There is one more block, `leave`" in system
    free, _ = await screened(draft_of(ALL_WORDS))
    assert "leave" not in asked_blocks(free.optimizer, 1)
    assert "`leave`" not in free.optimizer.asked[1][0].content


async def test_another_section_is_one_that_the_mode_did_not_write_in() -> None:
    elsewhere = draft(insert("Be brief.\n", section=["Which desk"], where="before"))
    _, found = await screened(elsewhere, leave=Leave(mode=MODE, way="another_section"))
    assert isinstance(found.result, Candidate)
