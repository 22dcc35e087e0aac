"""A round: each result once, from the ones before it, and the same after a kill."""

from __future__ import annotations

import json

from skillopt.core.events import GateDecided, GateOpened, RoundDecided
from skillopt.core.gate import Outcome
from skillopt.core.history.run import AcceptedRound, RefusedRound
from skillopt.core.history.search import after
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.quoting import blocks
from skillopt.core.skill.edit_budget import BudgetPlan
from skillopt.core.skill.skill import Skill
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.errors import CallFailed
from tests.engine.setups import ALL_WORDS, NOTHING, Bench, asked_blocks, bench, draft_of, with_text
from tests.scripted import DESKS, SKILL, draft, insert
from tests.standins import Line
from tests.targets import ScriptedTarget

NONE = json.dumps({"critiques": []})
GOOD = draft_of(ALL_WORDS, idea="more words")
BAD = draft_of(NOTHING, idea="send nothing nowhere")
UNFIT = draft(insert("x\n", anchor="no such line"), idea="unfit")


async def first_round(*replies: Line, **more: object) -> tuple[Bench, RoundWork]:
    made = await bench(NONE, *replies, **more)  # type: ignore[arg-type]
    search = (await measure_baseline(made.context)).search
    return made, RoundWork(made.context, search, SKILL)


async def test_an_accepted_round() -> None:
    made, work = await first_round(GOOD)
    round_ = await work.commit()
    assert isinstance(round_.decision, AcceptedRound)
    assert round_.decision.candidate == with_text(ALL_WORDS).digest
    assert await made.ledger.skill(round_.decision.candidate) == with_text(ALL_WORDS)
    assert await made.ledger.rounds(made.context.run) == (round_,)
    assert (round_.number, round_.parent, round_.first_try) == (1, SKILL.digest, None)
    assert round_.spent == await made.ledger.usage(made.context.run)
    assert (round_.train, round_.parts) == (None, ()), "an accepted one has no lessons"


async def test_a_rejected_round_says_what_the_candidate_did_on_train_tasks() -> None:
    made, work = await first_round(BAD)
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert round_.decision.stage is Stage.GATE
    assert round_.train == TrainEffect(same=len(await work.shown()))
    assert round_.parts == ()
    assert len(made.seen(GateOpened)) == len(made.seen(GateDecided)) == 1


async def test_a_rejected_bundle_is_taken_apart_where_that_was_asked_for() -> None:
    worse = "- Do: nowhere\n- The: nowhere\n- How: nowhere\n- Put: nowhere\n- More: nowhere\n"
    bundle = draft_of("- cake: bakery\n", worse)
    _, work = await first_round(bundle, conditioning=Conditioning(ablate=True))
    round_ = await work.commit()
    assert round_.parts == (Part(edit=0, outcome="accepted"), Part(edit=1, outcome="rejected"))


async def test_each_result_is_made_once() -> None:
    made, work = await first_round(GOOD)
    for _ in range(2):
        await work.shown()
        await work.critiques()
        await work.proposed()
        await work.screening()
        await work.verdict()
    assert len(made.optimizer.asked) == 2
    assert len(made.target.ran) == len(set(made.target.ran))
    assert len(made.seen(GateOpened)) == 1


async def test_another_process_makes_the_same_round_and_pays_for_none_of_it() -> None:
    made, work = await first_round(BAD)
    await work.verdict()
    asked, ran = len(made.optimizer.asked), len(made.target.ran)
    again = RoundWork(made.context, work.search, SKILL)
    assert await again.verdict() == await work.verdict()
    assert (len(made.optimizer.asked), len(made.target.ran)) == (asked, ran)
    assert await again.commit() == await work.commit()


async def test_a_try_that_does_not_fit_gets_one_repair() -> None:
    made, work = await first_round(UNFIT, GOOD)
    round_ = await work.commit()
    assert isinstance(round_.decision, AcceptedRound)
    assert round_.first_try is not None
    assert (round_.first_try.stage, round_.first_try.proposal is not None) == (Stage.FIT, True)
    complaint = made.optimizer.asked[2][-1].content
    assert round_.first_try.reason in complaint


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


async def test_an_optimizer_with_nothing_to_propose_is_not_asked_again() -> None:
    made, work = await first_round(draft_of())
    screening = await work.screening()
    assert not isinstance(screening.result, Candidate)
    assert screening.result.code == "no_edits"
    assert len(made.optimizer.asked) == 2


async def test_what_was_rejected_is_screened_in_the_next_round_and_told() -> None:
    made, work = await first_round(BAD, NONE, BAD)
    rejected = await work.commit()
    following = RoundWork(made.context, after(work.search, rejected), SKILL)
    round_ = await following.commit()
    assert following.number == 2
    assert isinstance(round_.decision, RefusedRound)
    assert (round_.decision.stage, round_.decision.known) == (Stage.SCREEN, rejected.id)
    assert "send nothing nowhere" in asked_blocks(made.optimizer, 3)["refused"]
    assert len(made.seen(GateDecided)) == 1


async def test_the_aims_are_the_train_tasks_that_the_proposal_cites() -> None:
    _, work = await first_round(lambda _: cited)
    seen = await work.observations()
    cited = draft_of(NOTHING, rollouts=[seen[1].rollout, seen[0].rollout, "r999"])
    assert (await work.commit()).aims == (seen[0].task, seen[1].task)


async def test_there_is_nothing_to_fix_where_no_train_rollout_failed() -> None:
    perfect = Skill(text="".join(f"- {word}: {desk}\n" for desk in DESKS for word in DESKS[desk]))
    made = await bench(first=perfect)
    search = (await measure_baseline(made.context)).search
    assert await RoundWork(made.context, search, perfect).nothing_to_fix()
    assert not await (await first_round(GOOD))[1].nothing_to_fix()


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


async def test_an_inconclusive_candidate_has_no_lessons() -> None:
    def before(skill: str, _task: object, _trial: int) -> None:
        if skill == with_text(NOTHING).text:
            raise CallFailed("the provider is down")

    _, work = await first_round(BAD, target=ScriptedTarget(before=before))
    round_ = await work.commit()
    assert isinstance(round_.decision, RefusedRound)
    assert round_.decision.verdict is not None
    assert round_.decision.verdict.outcome is Outcome.INCONCLUSIVE
    assert round_.train is None


async def test_a_repaired_proposal_says_so_in_its_round() -> None:
    _, work = await first_round(draft_of(ALL_WORDS)[:-1] + ",}")
    assert (await work.commit()).repaired
    _, work = await first_round(draft_of(ALL_WORDS))
    assert "repaired" not in (await work.commit()).model_dump()


async def test_rollouts_that_are_shown_again_are_not_criticized_and_paid_again() -> None:
    said = json.dumps(
        {
            "critiques": [
                {"rollout": f"r{at}", "criterion": "desk", "quote": '"', "cause": "no word of it"}
                for at in range(1, 13)
            ]
        }
    )
    made = await bench(said, BAD, said, BAD, trials=1, minibatch=12)
    search = (await measure_baseline(made.context)).search
    first = await RoundWork(made.context, search, SKILL).commit()
    second = RoundWork(made.context, after(search, first), SKILL)
    found = await second.critiques()
    again = {rollout.key.digest for rollout in await second.shown()} & set(first.rollouts)
    assert len(again) == len(first.rollouts) > 0
    assert {one.cause for one in found} == {"no word of it"}
    asked = [each for each in made.optimizer.asked if "limits" not in blocks(each[1].content)]
    assert len(asked) == 1


async def test_a_proposal_names_what_it_should_fix() -> None:
    name = (await (await first_round(GOOD))[1].observations())[0].task
    made, work = await first_round(draft_of(ALL_WORDS, fixes=[name, "of another set"]))
    round_ = await work.commit()
    assert round_.aims == (name,)
    assert {one.task for one in round_.chosen} == {one.task_id for one in await work.shown()}
    assert made.seen(RoundDecided)
