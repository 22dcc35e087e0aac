"""The judge compares answers: blinded, in both orders, and what it cannot say counts as a tie."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence

import pytest

import skillopt
from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.task import Message
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.proposals.comparison import MOST_COMPARED, Answered, Duel
from skillopt.core.proposals.train_race import Place, Result
from skillopt.core.quoting import blocks
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.compare_answers import Preference, Raced, compare_answers
from skillopt.errors import CallFailed, SpendExhausted
from tests.engine.setups import RUN, Bench, bench
from tests.scripted import tasks
from tests.standins import Line, ScriptedModel

TASKS = tuple(task.id for task in tasks().split("train"))
PLAIN, POLITE, RUDE = "plain0000000", "polite000000", "rude00000000"
SAYS = {PLAIN: "bakery", POLITE: "bakery, please", RUDE: "bakery, you fool"}


def raced(*others: str, scores: dict[str, float] | None = None) -> Raced:
    """A race that the plain one won by being shorter."""
    names = (PLAIN, *others)
    score = scores or {}
    answers = {
        (name, task): Answered(score.get(name, 1.0), f"{SAYS[name]} ({task})")
        for name in names
        for task in TASKS
    }
    places = [
        Place(
            name=name, mean=score.get(name, 1.0), tasks=12, lost="tie" if name in others else None
        )
        for name in names
    ]
    return Raced(Result(winner=PLAIN, places=tuple(places)), TASKS, answers, ())


def prefers(word: str) -> Callable[[Sequence[Message]], str]:
    """A judge that reads the answers, wherever they stand."""

    def reply(messages: Sequence[Message]) -> str:
        data = blocks(messages[-1].content)
        there = [name for name in ("first", "second") if word in data[name]]
        better = there[0] if len(there) == 1 else "neither"
        return json.dumps({"why": f"it says {word}", "better": better})

    return reply


async def comparing(
    judge: ScriptedModel, race: Raced, *, validation_set: skillopt.ValidationSet | None = None
) -> tuple[Bench, TuningContext, tuple[Duel, ...]]:
    made = await bench(candidates=3, compare_answers=True, validation_set=validation_set)
    context = dataclasses.replace(made.context, comparer=judge)
    return made, context, await compare_answers(context, race, number=1)


async def test_the_preferred_answers_win_over_the_shorter_skill() -> None:
    _, _, duels = await comparing(ScriptedModel(prefers("please")), raced(POLITE))
    (found,) = duels
    assert (found.winner, found.loser) == (POLITE, PLAIN)
    assert (found.won, found.lost, found.ties) == (MOST_COMPARED, 0, 0)


async def test_the_winner_meets_the_next_one() -> None:
    _, _, duels = await comparing(ScriptedModel(prefers("please")), raced(POLITE, RUDE))
    assert [(one.winner, one.loser) for one in duels] == [(POLITE, PLAIN), (POLITE, RUDE)]


HOSTILE: dict[str, Line] = {
    "always first": json.dumps({"why": "it is", "better": "first"}),
    "always second": json.dumps({"why": "it is", "better": "second"}),
    "never decides": json.dumps({"why": "alike", "better": "neither"}),
    "names both": json.dumps({"why": "both", "better": ["first", "second"]}),
    "both in one word": json.dumps({"why": "both", "better": "first and second"}),
    "the key twice": '{"why": "", "better": "first", "better": "second"}',
    "two verdicts": '{"why": "", "better": "first"} {"why": "", "better": "second"}',
    "the name of an answer": json.dumps({"why": "", "better": "bakery, please"}),
    "unreadable": "The first one, I think.",
    "empty": "",
    "no object": "[]",
    "cut off": '{"why": "it is", "better": "fir',
    "a huge reason": json.dumps({"why": "x" * 5000, "better": "first"}),
    "down": CallFailed("the provider is down"),
}


@pytest.mark.parametrize("says", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_judge_that_does_not_compare_decides_nothing(says: Line) -> None:
    judge = ScriptedModel(says)
    _, _, duels = await comparing(judge, raced(POLITE, RUDE))
    assert {one.winner for one in duels} == {PLAIN}, "the race's order stands"
    assert not [one for one in duels if one.decided]
    assert [one.ties for one in duels] == [MOST_COMPARED] * 2
    assert len(judge.asked) == 2 * 2 * MOST_COMPARED, "and no reply is asked for again"


async def test_what_changes_with_the_order_and_what_cannot_be_read_are_counted_apart() -> None:
    _, _, (biased,) = await comparing(ScriptedModel(HOSTILE["always first"]), raced(POLITE))
    _, _, (empty,) = await comparing(ScriptedModel(""), raced(POLITE))
    assert (biased.flipped, biased.unread, biased.even) == (MOST_COMPARED, 0, 0)
    assert (empty.flipped, empty.unread, empty.even) == (0, MOST_COMPARED, 0)


async def test_the_judge_sees_both_orders_and_no_names() -> None:
    judge = ScriptedModel(prefers("please"))
    _, context, _ = await comparing(judge, raced(POLITE))
    assert set(judge.shapes) == {Preference}
    for one, other in zip(judge.asked[::2], judge.asked[1::2], strict=True):
        before, after = blocks(one[-1].content), blocks(other[-1].content)
        assert (before["first"], before["second"]) == (after["second"], after["first"])
        assert list(before) == ["criteria", "input", "expected", "first", "second"]
        assert json.loads(before["criteria"]) == {"desk": "The right desk."}
        said = "".join(message.content for message in one)
        assert not [name for name in (PLAIN, POLITE, context.run) if name in said]
    first = {blocks(one[-1].content)["first"].split(" (")[0] for one in judge.asked[::2]}
    assert first == {SAYS[PLAIN], SAYS[POLITE]}, "who comes first is random"


async def test_scores_of_checks_are_not_put_to_a_judge() -> None:
    judge = ScriptedModel(prefers("please"))
    _, _, duels = await comparing(judge, raced(POLITE, scores={POLITE: 0.9}))
    assert (duels, judge.asked) == ((), [])


async def test_scores_of_a_judge_are_set_aside() -> None:
    rubric = tasks((Rubric(type="rubric", criteria=("desk",)),))
    race = raced(POLITE, scores={POLITE: 0.9})
    _, _, duels = await comparing(ScriptedModel(prefers("please")), race, validation_set=rubric)
    assert [one.winner for one in duels] == [POLITE]


async def test_no_judge_no_comparison() -> None:
    made = await bench(candidates=3)
    assert await compare_answers(made.context, raced(POLITE), number=1) == ()


async def test_replies_are_the_judges_in_the_ledger_and_are_paid_once() -> None:
    judge = ScriptedModel(prefers("please"), name="judge")
    made, context, duels = await comparing(judge, raced(POLITE))
    calls = len(judge.asked)
    assert await compare_answers(context, raced(POLITE), number=1) == duels
    assert len(judge.asked) == calls
    assert (await made.ledger.usage(RUN)).calls == calls
    key = f"1/compare/{PLAIN}/{POLITE}/{TASKS[0]}/1"
    kept = await made.ledger.exchange(RUN, key)
    assert kept is not None
    assert kept.model == judge.identity


async def test_a_limit_of_calls_ends_it() -> None:
    meter = SpendMeter(SpendLimits(max_calls=3))
    judge = ScriptedModel(prefers("please"), meter=meter)
    with pytest.raises(SpendExhausted):
        await comparing(judge, raced(POLITE))
    assert len(judge.asked) == 3
