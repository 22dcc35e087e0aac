"""Guards on length, cost and time, with what the runs in the ledger took."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.rollout import Graded, Missing, Usage
from skillopt.core.gate import Contest, Outcome, Verdict, Wanted
from skillopt.core.gate.guards import Margins
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.check_guards import check_guards, check_price, refused_for_length
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.roll_out import roll_out, rollout_key
from skillopt.engine.steps.run_contest import open_contest
from skillopt.errors import SettingsError
from tests.engine.setups import ALL_WORDS, Bench, bench, with_text
from tests.scripted import SKILL
from tests.targets import ScriptedTarget

BETTER = with_text(ALL_WORDS)


def priced(first: float | None, candidate: float | None) -> ScriptedTarget:
    return ScriptedTarget(cost=lambda skill: first if skill == SKILL.text else candidate)


async def contest_of(made: Bench) -> Contest:
    return open_contest(made.context, (await measure_baseline(made.context)).search, 1)


def saying(outcome: Outcome, contest: Contest) -> Verdict:
    return Verdict(
        outcome=outcome,
        code="mean",
        reason="+41.7 points on 24 tasks",
        gain=0.417,
        p_value=None,
        tasks_seen=24,
        rollouts=24,
        pairs=(),
        book={},
        shrunk_gain=0.4,
        memory=contest.memory,
    )


async def guarded(
    made: Bench, outcome: Outcome = Outcome.ACCEPTED, candidate: Skill = BETTER
) -> Verdict:
    """The verdict after the guards, on the candidate's runs of all validation tasks."""
    contest = await contest_of(made)
    wishes = [(task, 0) for task in made.context.validation_set.split("validation")]
    rollouts = await roll_out(made.context, candidate, wishes)
    runs = [rollout for rollout in rollouts if isinstance(rollout, Graded)]
    length, _ = refused_for_length(made.context, contest, candidate)
    return await check_guards(
        made.context,
        saying(outcome, contest),
        contest=contest,
        outcomes={Wanted("candidate", run.task_id, 0): run.score for run in runs},
        runs=runs,
        length=length,
    )


async def test_without_margins_all_is_reported_and_nothing_vetoed() -> None:
    verdict = await guarded(await bench(target=priced(0.001, 0.004)))
    assert verdict.outcome is Outcome.ACCEPTED
    shown = {measure.name: (measure.first, measure.candidate) for measure in verdict.measures}
    assert shown == {
        "skill_chars": (len(SKILL.text), len(BETTER.text)),
        "cost": (pytest.approx(0.001), pytest.approx(0.004)),
        "latency": (pytest.approx(4.0, abs=3.1), pytest.approx(4.0, abs=3.1)),
    }


@pytest.mark.parametrize(("cost", "vetoed"), [(0.0010, False), (0.00109, False), (0.00111, True)])
async def test_a_cost_beyond_the_margin_is_a_veto(
    cost: float,
    vetoed: bool,  # noqa: FBT001 - a row of the table
) -> None:
    made = await bench(target=priced(0.001, cost), guards=Margins(cost=0.1))
    verdict = await guarded(made)
    assert (verdict.outcome is Outcome.REJECTED) is vetoed
    assert (verdict.code == "guard") is vetoed


async def test_a_veto_takes_the_acceptance_back_whole() -> None:
    made = await bench(target=priced(0.001, 0.002), guards=Margins(cost=0.1))
    verdict = await guarded(made)
    assert verdict.shrunk_gain is None
    assert verdict.book == (await contest_of(made)).book
    assert "guard_cost" in verdict.reason


async def test_a_rejection_keeps_its_own_reason_beside_the_measures() -> None:
    made = await bench(target=priced(0.001, 0.002), guards=Margins(cost=0.1))
    verdict = await guarded(made, Outcome.REJECTED)
    assert (verdict.code, verdict.reason) == ("mean", "+41.7 points on 24 tasks")
    assert {measure.name for measure in verdict.measures} == {"skill_chars", "cost", "latency"}


async def test_a_price_that_is_lost_on_the_way_is_a_veto() -> None:
    made = await bench(target=priced(0.001, None), guards=Margins(cost=0.1))
    verdict = await guarded(made)
    assert verdict.outcome is Outcome.REJECTED
    assert "could not be measured" in verdict.reason


async def test_the_candidate_is_compared_with_the_version_the_run_began_with() -> None:
    """Not with the incumbent, which another step may have made dearer already."""
    step = with_text("- roses: garden\n")
    costs = {SKILL.text: 0.0010, step.text: 0.00109, BETTER.text: 0.00118}
    made = await bench(target=ScriptedTarget(cost=costs.get), guards=Margins(cost=0.1))
    assert (await guarded(made, candidate=step)).outcome is Outcome.ACCEPTED
    assert (await guarded(made, candidate=BETTER)).outcome is Outcome.REJECTED


@pytest.mark.parametrize(("more", "refused"), [(0, False), (1, True)])
async def test_the_length_is_guarded_before_any_rollout(
    more: int,
    refused: bool,  # noqa: FBT001 - a row of the table
) -> None:
    made = await bench(guards=Margins(skill_chars=20))
    contest = await contest_of(made)
    candidate = with_text("x" * (20 + more))
    length, verdict = refused_for_length(made.context, contest, candidate)
    assert (length.first, length.candidate) == (len(SKILL.text), len(SKILL.text) + 20 + more)
    assert (verdict is not None) is refused
    if verdict:
        assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "guard")
        assert verdict.measures == (length,)
        assert verdict.book == contest.book


async def test_a_price_is_needed_only_where_the_cost_is_guarded() -> None:
    guarding, open_ = await bench(guards=Margins(cost=0.25)), await bench()
    task = open_.context.validation_set.tasks[0]
    key = rollout_key(open_.context, SKILL, task, 0)
    for cost, unknown in ((0.001, False), (None, True)):
        lost = Missing(
            key=key, task_id=task.id, reason="down", usage=Usage(calls=1, cost=cost), seconds=0.0
        )
        check_price(open_.context, [lost])
        if unknown:
            with pytest.raises(SettingsError, match=r"guard_cost is 0\.25, and no price is known"):
                check_price(guarding.context, [lost])
        else:
            check_price(guarding.context, [lost])
