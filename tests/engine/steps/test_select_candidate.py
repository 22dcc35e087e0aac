"""Several proposals of a round: screened, raced on train tasks, one of them chosen."""

from __future__ import annotations

import json

from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.refusal import Stage
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.select_candidate import select_candidate
from tests.engine.setups import ALL_WORDS, NOTHING, Bench, asked_blocks, bench, draft_of, with_text
from tests.scripted import SKILL, draft, insert
from tests.standins import Line

NONE = json.dumps({"critiques": []})
GOOD = draft_of(ALL_WORDS, idea="more words")
BAD = draft_of(NOTHING, idea="send nothing nowhere")
WORSE = draft({"kind": "delete", "anchor": "- bread: bakery\n"}, idea="no bread")
UNFIT = draft(insert("x\n", anchor="no such line"), idea="unfit")


async def a_round(*replies: Line, **more: object) -> tuple[Bench, RoundWork]:
    made = await bench(NONE, *replies, **{"candidates": 3, **more})  # type: ignore[arg-type]
    search = (await measure_baseline(made.context)).search
    return made, RoundWork(made.context, search, SKILL)


async def test_the_best_on_train_tasks_goes_to_the_gate() -> None:
    _, work = await a_round(BAD, WORSE, GOOD)
    round_ = await work.commit()
    assert isinstance(round_.decision, AcceptedRound)
    assert round_.decision.candidate == with_text(ALL_WORDS).digest
    assert [loser.angle for loser in round_.losers] == [None, "another_cause"]
    assert {loser.stage for loser in round_.losers} == {Stage.RACE}
    assert [loser.code for loser in round_.losers][1] in {"worse", "behind"}


async def test_every_loser_is_in_the_ledger_and_told_later() -> None:
    made, work = await a_round(BAD, WORSE, GOOD)
    round_ = await work.commit()
    assert await made.ledger.rounds(made.context.run) == (round_,)
    again = Round.model_validate_json(round_.model_dump_json())
    assert again.losers == round_.losers
    asked = await RoundWork(made.context, work.search, SKILL).question()
    assert "refused at stage race, round 1" in asked.refused
    assert "no bread" in asked.refused
    assert "2 refused at stage race" in asked.refused


async def test_what_does_not_pass_the_screen_is_a_loser_there() -> None:
    _, work = await a_round(UNFIT, BAD, GOOD, UNFIT)
    losers = (await work.selected()).losers
    assert (losers[0].stage, losers[0].code) == (Stage.FIT, "anchor_missing")
    assert isinstance((await work.screening()).result, Candidate)


async def test_two_that_make_the_same_version_run_once() -> None:
    made, work = await a_round(GOOD, GOOD, GOOD)
    selection = await work.selected()
    assert [loser.code for loser in selection.losers] == ["same", "same"]
    assert selection.raced == ()
    assert {skill for skill, *_ in made.target.ran} <= {SKILL.text}


async def test_where_none_passes_the_first_one_is_the_rounds() -> None:
    _, work = await a_round(*[UNFIT] * 6)
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert (round_.decision.stage, round_.decision.code) == (Stage.FIT, "anchor_missing")
    assert [loser.angle for loser in round_.losers] == ["another_cause", "deletion"]
    assert {loser.stage for loser in round_.losers} == {Stage.FIT}


async def test_each_further_proposal_is_asked_for_from_an_angle_with_those_before_it() -> None:
    made, work = await a_round(BAD, WORSE, GOOD)
    await work.proposed()
    free, second, third = (asked_blocks(made.optimizer, call) for call in (1, 2, 3))
    assert "angle" not in free
    assert json.loads(second["angle"])["angle"] == "another_cause"
    shown = [one["idea"] for one in json.loads(third["angle"])["proposed"]]
    assert shown == ["send nothing nowhere", "no bread"]
    assert "There is one more block, `angle`" in made.optimizer.asked[2][0].content


async def test_one_candidate_is_asked_for_as_ever() -> None:
    made, work = await a_round(GOOD, candidates=1)
    round_ = await work.commit()
    assert (round_.losers, round_.raced) == ((), ())
    assert "losers" not in round_.model_dump()
    assert len(made.optimizer.asked) == 2


async def test_a_process_that_dies_within_the_race_makes_the_same_choice_and_pays_once() -> None:
    made, work = await a_round(BAD, WORSE, GOOD)
    whole = await work.selected()
    ran = len(made.target.ran)
    again = RoundWork(made.context, work.search, SKILL)
    selected = await select_candidate(made.context, await again.proposed(), proposer=again.proposer)
    assert selected == whole
    assert len(made.target.ran) == ran
