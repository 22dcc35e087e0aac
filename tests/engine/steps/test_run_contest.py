"""A contest: what the gate asks for is run, and what it says goes through the guards."""

from __future__ import annotations

from skillopt.core.evaluation.task import Task
from skillopt.core.gate import GatePolicy, Outcome, Standing, Verdict
from skillopt.core.gate.guards import Margins
from skillopt.core.history.search import Search
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import gate_tasks, open_contest, run_contest
from skillopt.errors import CallFailed
from tests.engine.setups import ALL_WORDS, NOTHING, Bench, bench, with_text
from tests.scripted import SKILL, tasks
from tests.targets import ScriptedTarget

BETTER = with_text(ALL_WORDS)
WORSE = Skill(text=SKILL.text.replace("- bread: bakery\n", ""))


async def contested(made: Bench, candidate: Skill) -> Verdict:
    search = (await measure_baseline(made.context)).search
    made.target.ran.clear()
    return await run_contest(made.context, search, incumbent=SKILL, candidate=candidate, number=1)


async def test_a_better_candidate_is_accepted_and_its_runs_join_the_record() -> None:
    made = await bench()
    verdict = await contested(made, BETTER)
    assert verdict.outcome is Outcome.ACCEPTED
    assert {skill for skill, _, _ in made.target.ran} == {BETTER.text}
    assert len(made.target.ran) == verdict.rollouts == 24
    assert sum(standing.passed for standing in verdict.book.values()) == 2 + 12


async def test_a_worse_candidate_is_rejected() -> None:
    verdict = await contested(await bench(), WORSE)
    assert verdict.outcome is Outcome.REJECTED
    assert verdict.gain is not None
    assert verdict.gain < 0


async def test_only_validation_tasks_are_run() -> None:
    made = await bench()
    await contested(made, BETTER)
    assert {task for _, task, _ in made.target.ran} == {
        task.id for task in tasks().split("validation")
    }


async def test_a_noisy_target_has_fresh_runs_of_the_incumbent_beside_the_candidates() -> None:
    made = await bench(
        target=ScriptedTarget(noise=0.2), deterministic=False, gate=GatePolicy(kind="race")
    )
    verdict = await contested(made, BETTER)
    trials = {
        skill: {trial for text, _, trial in made.target.ran if text == skill}
        for skill in (BETTER.text, SKILL.text)
    }
    assert trials == {BETTER.text: {0, 1}, SKILL.text: {16}}
    assert verdict.rollouts == len(made.target.ran)


async def test_what_is_missing_of_the_candidate_makes_the_verdict_inconclusive() -> None:
    def before(skill: str, _task: Task, _trial: int) -> None:
        if skill == BETTER.text:
            raise CallFailed("the provider is down")

    verdict = await contested(await bench(target=ScriptedTarget(before=before)), BETTER)
    assert verdict.outcome is Outcome.INCONCLUSIVE


async def test_a_candidate_that_is_too_long_is_not_run_at_all() -> None:
    made = await bench(guards=Margins(skill_chars=10))
    verdict = await contested(made, BETTER)
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "guard")
    assert made.target.ran == []


async def test_a_dearer_candidate_is_vetoed_by_its_guard() -> None:
    dear = ScriptedTarget(cost=lambda skill: 0.001 if skill == SKILL.text else 0.002)
    made = await bench(target=dear, guards=Margins(cost=0.1))
    verdict = await contested(made, BETTER)
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "guard")
    assert "the cost is $0.002000 a task, against $0.001000" in verdict.reason


async def test_the_same_contest_again_is_paid_from_the_ledger() -> None:
    made = await bench()
    first = await contested(made, with_text(NOTHING))
    again = await contested(made, with_text(NOTHING))
    assert made.target.ran == []
    assert again.outcome is first.outcome
    assert again.pairs == first.pairs


def book(*names: str) -> dict[str, Standing]:
    return {name: Standing(total=1, runs=1) for name in names}


async def test_the_order_of_a_contest_comes_from_the_runs_seed_and_the_round() -> None:
    def seed(made: Bench, number: int) -> int:
        search = Search(incumbent=SKILL.digest, book=book("bread-1"))
        return open_contest(made.context, search, number).seed

    one, other = await bench(seed=1), await bench(seed=2)
    assert seed(one, 1) == seed(await bench(seed=1), 1)
    assert len({seed(one, 1), seed(one, 2), seed(other, 1)}) == 3


async def test_a_contest_starts_from_the_search() -> None:
    made = await bench(deterministic=False)
    search = Search(incumbent=SKILL.digest, book=book("bread-1", "rolls-2"), contests=2)
    contest = open_contest(made.context, search, 4)
    assert [task.id for task in contest.tasks] == ["bread-1", "rolls-2"]
    assert contest.next_trial == search.next_trial == 48
    assert contest.policy == made.context.settings.gate
    assert not contest.deterministic


def test_gate_tasks_are_those_with_a_record_and_keep_their_marks() -> None:
    marked = (
        tasks().tasks[1].model_copy(update={"cluster": "breads", "weight": 3.0, "protected": True})
    )
    (found,) = gate_tasks([marked, tasks().tasks[2]], book(marked.id))
    assert found.model_dump() == {
        "id": marked.id,
        "cluster": "breads",
        "weight": 3.0,
        "protected": True,
    }
