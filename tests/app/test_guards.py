"""Guards through the whole stack: a better score at too high a price does not get in."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER
from skillopt.core.gate import Outcome
from skillopt.core.history.run import RefusedRound
from skillopt.errors import SettingsError
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks
from tests.targets import ScriptedTarget

GOOD = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
BETTER = skillopt.Skill(text=SKILL.text + GOOD)


async def gated(tmp_path: Path, target: ScriptedTarget, **more: object) -> skillopt.GatedEdit:
    return await skillopt.agate(
        SKILL,
        BETTER,
        validation_set=tasks(),
        target=target,
        ledger=tmp_path / "ledger.db",
        **more,  # type: ignore[arg-type]
    )


def dear(skill: str) -> float:
    return 0.001 * len(skill)


async def test_length_cost_and_time_are_reported_without_any_guard(tmp_path: Path) -> None:
    found = await gated(tmp_path, ScriptedTarget(cost=dear))
    assert found.outcome is Outcome.ACCEPTED
    measures = {measure.name: measure for measure in found.verdict.measures}
    assert set(measures) == {"skill_chars", "cost", "latency"}
    assert measures["skill_chars"].candidate == len(BETTER.text)
    assert measures["cost"].first == pytest.approx(dear(SKILL.text))
    assert measures["cost"].candidate == pytest.approx(dear(BETTER.text))
    assert measures["cost"].tasks == 24
    assert measures["cost"].margin is None


async def test_a_dearer_skill_is_vetoed_beyond_the_margin(tmp_path: Path) -> None:
    more = len(BETTER.text) / len(SKILL.text) - 1
    found = await gated(tmp_path, ScriptedTarget(cost=dear), guard_cost=more - 0.01)
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "guard")
    assert "guard_cost" in found.verdict.reason
    assert found.verdict.gain is not None
    assert found.verdict.gain > 0
    within = await gated(tmp_path, ScriptedTarget(cost=dear), guard_cost=more + 0.01)
    assert within.outcome is Outcome.ACCEPTED


async def test_a_skill_that_is_too_long_costs_no_rollout(tmp_path: Path) -> None:
    target = ScriptedTarget()
    found = await gated(tmp_path, target, guard_skill_chars=len(GOOD) - 1)
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "guard")
    assert {text for text, _, _ in target.ran} == {SKILL.text}
    assert (await gated(tmp_path, target, guard_skill_chars=len(GOOD))).outcome is Outcome.ACCEPTED


async def test_a_guard_on_an_unknown_price_is_refused_before_anything_is_proposed(
    tmp_path: Path,
) -> None:
    asked: list[object] = []
    with pytest.raises(SettingsError, match="no price is known"):
        await skillopt.atune(
            SKILL,
            validation_set=tasks(),
            target=ScriptedTarget(cost=lambda _: None),
            optimizer=lambda messages: asked.append(messages) or "{}",
            ledger=tmp_path / "ledger.db",
            guard_cost=0.5,
        )
    assert asked == []


async def test_a_price_that_is_lost_on_the_way_is_a_veto(tmp_path: Path) -> None:
    target = ScriptedTarget(cost=lambda skill: None if "roses" in skill else 0.001)
    found = await gated(tmp_path, target, guard_cost=9.0)
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "guard")
    assert "could not be measured" in found.verdict.reason


async def test_small_steps_do_not_add_up_past_the_margin(tmp_path: Path) -> None:
    """Three edits of a third of the margin fit; the fourth would be over it, and the run goes on."""
    steps = [
        "- roses: garden\n- lawn: garden\n- hedge: garden\n",
        "- saw: tools\n- drill: tools\n- hammer: tools\n",
        "- cake: bakery\n- rolls: bakery\n- pretzel: bakery\n",
    ]
    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=ScriptedTarget(),
        optimizer=proposing(*(draft(insert(step), idea=step[:9]) for step in steps)),
        ledger=tmp_path / "ledger.db",
        rounds=3,
        guard_skill_chars=len(steps[0]) + len(steps[1]) + 3,
    )
    assert [round_.decision.kind for round_ in run.rounds] == ["accepted", "accepted", "refused"]
    last = run.rounds[-1].decision
    assert isinstance(last, RefusedRound)
    assert (last.stage.value, last.code) == ("gate", "guard")
    assert len(run.last.text) <= len(SKILL.text) + len(steps[0]) + len(steps[1]) + 3


async def test_another_margin_is_another_fact_for_the_screen(tmp_path: Path) -> None:
    """What a guard refused may be proposed again under a wider margin, in the same ledger."""
    decided = []
    for margin in (1, 1, 10_000):
        run = await skillopt.atune(
            SKILL,
            validation_set=tasks(),
            target=ScriptedTarget(),
            optimizer=proposing(draft(insert(GOOD))),
            ledger=tmp_path / "ledger.db",
            rounds=1,
            guard_skill_chars=margin,
            seed=len(decided),
        )
        decision = run.rounds[0].decision
        decided.append(getattr(decision, "code", decision.kind))
    assert decided == ["guard", "known", "accepted"]


@pytest.mark.parametrize("guard", ["guard_calibration", "guard_consistency"])
async def test_guards_on_probes_are_settings_as_the_others_are(guard: str, tmp_path: Path) -> None:
    """The scripted agent states no confidence, and takes the first word it knows of a history."""
    target = ScriptedTarget()
    found = await gated(tmp_path, target, **{guard: 0.0})
    assert (found.outcome, found.verdict.code) == (Outcome.REJECTED, "guard")
    assert guard in found.verdict.reason
    assert (await gated(tmp_path, target, **{guard: None})).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("margin", "boasts"), [(None, True), (0.05, False)])
async def test_a_run_takes_no_boast_with_the_knowledge_it_came_with(
    margin: float | None,
    boasts: bool,  # noqa: FBT001 - a row of the table
    tmp_path: Path,
) -> None:
    """The first proposal knows more words and is always sure; the next one knows half as many."""
    boast = "- saw: tools\n- drill: tools\n- hammer: tools\n- screws: tools\nBe sure.\n"
    plain = "- roses: garden\n- lawn: garden\n"

    def agent_with_confidence(skill: str, text: str) -> str:
        said = agent(skill, text)
        if INSTRUCTION not in text:
            return said
        sure = "Be sure." in skill or said != "reception"
        return f"{said}\n{MARKER}\nConfidence: {99 if sure else 3}"

    run = await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=agent_with_confidence,
        optimizer=proposing(draft(insert(boast), idea="tools"), draft(insert(plain), idea="lawn")),
        ledger=tmp_path / "ledger.db",
        rounds=2,
        gate="strict",
        guard_calibration=margin,
    )
    assert ("Be sure." in run.last.text) is boasts
    assert plain in run.last.text
    decisions = [round_.decision.kind for round_ in run.rounds]
    assert decisions == (["accepted", "accepted"] if boasts else ["refused", "accepted"])
