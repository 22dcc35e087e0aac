"""Candidates that score better and are worse calibrated, or less steady, through the contest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from skillopt.core.evaluation.rollout import Answer
from skillopt.core.evaluation.self_check import INSTRUCTION, MARKER
from skillopt.core.evaluation.task import Task
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.guards import Margins
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.measure_baseline import measure_baseline
from skillopt.engine.steps.run_contest import run_contest
from tests.engine.setups import ALL_WORDS, Bench, bench, with_text
from tests.scripted import SKILL
from tests.targets import ScriptedTarget

BETTER = with_text(ALL_WORDS)


class Probed(ScriptedTarget):
    """The agent that knows its words; ``say`` turns its answer into what it says."""

    def __init__(self, say: Callable[[str, str, bool, Task], str]) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._say = say

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        said = await super().answer(skill, task, trial=trial)
        self.asked.append(task.text)
        text = skill.text if skill else ""
        right = said.text == task.expected
        return said.model_copy(update={"text": self._say(text, said.text, right, task)})


def sure_of(confidence: Callable[[bool], int | None]) -> Probed:
    """Knows what it knows with the first version; with the next it is as sure as told."""

    def say(skill: str, said: str, right: bool, task: Task) -> str:  # noqa: FBT001
        if INSTRUCTION not in task.text:
            return said
        stated = confidence(right) if skill == BETTER.text else 95 if right else 5
        return said if stated is None else f"{said}\n{MARKER}\nConfidence: {stated}"

    return Probed(say)


def swayed(share: int) -> Probed:
    """The next version's answer is forgotten in one of ``share`` tasks that are wrapped."""

    def say(skill: str, said: str, _right: bool, task: Task) -> str:  # noqa: FBT001
        wrapped = "\n\n" in task.text and INSTRUCTION not in task.text
        lost = wrapped and skill == BETTER.text and len(task.id) % share == 0
        return "nowhere" if lost else said

    return Probed(say)


async def decided(target: Probed, margins: Margins, candidate: Skill = BETTER) -> Verdict:
    made = await bench(target=target, guards=margins)
    return await held(made, candidate)


async def held(made: Bench, candidate: Skill = BETTER) -> Verdict:
    search = (await measure_baseline(made.context)).search
    return await run_contest(made.context, search, incumbent=SKILL, candidate=candidate, number=1)


async def test_without_these_guards_nothing_is_asked_twice() -> None:
    target = sure_of(lambda _right: 99)
    verdict = await decided(target, Margins())
    assert verdict.outcome is Outcome.ACCEPTED
    assert len(target.asked) == 48
    assert not any(INSTRUCTION in text for text in target.asked)


async def test_a_better_and_over_confident_candidate_is_vetoed() -> None:
    verdict = await decided(sure_of(lambda _right: 99), Margins(calibration=0.05))
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "guard")
    assert verdict.reason.startswith("the Brier score of its stated confidence is 0.")
    assert verdict.shrunk_gain is None
    measure = {one.name: one for one in verdict.measures}["brier"]
    assert measure.first == pytest.approx(0.05**2)
    assert measure.candidate is not None
    assert measure.candidate > 0.3


async def test_a_better_and_calibrated_candidate_passes_and_the_measure_is_kept() -> None:
    verdict = await decided(sure_of(lambda right: 95 if right else 5), Margins(calibration=0.0))
    assert verdict.outcome is Outcome.ACCEPTED
    assert "brier" in {one.name for one in verdict.measures}


async def test_a_candidate_that_states_no_confidence_is_vetoed() -> None:
    verdict = await decided(sure_of(lambda _right: None), Margins(calibration=0.5))
    assert "no confidence that can be read" in verdict.reason


async def test_a_candidate_that_wrapped_tasks_sway_is_vetoed() -> None:
    """The agent takes the first word that it knows, so earlier errors sway it on a task or two."""
    verdict = await decided(swayed(1), Margins(consistency=0.2))
    assert (verdict.outcome, verdict.code) == (Outcome.REJECTED, "guard")
    assert "guard_consistency" in verdict.reason
    assert (await decided(swayed(99), Margins(consistency=0.2))).outcome is Outcome.ACCEPTED


async def test_a_rejected_candidate_is_not_probed() -> None:
    target = sure_of(lambda _right: 99)
    margins = Margins(calibration=0.05, consistency=0.05)
    verdict = await decided(target, margins, candidate=with_text("- nothing: nowhere\n"))
    assert verdict.outcome is not Outcome.ACCEPTED
    assert not any(INSTRUCTION in text for text in target.asked)


async def test_the_instruction_is_never_in_the_skill() -> None:
    target = sure_of(lambda right: 95 if right else 5)
    made = await bench(target=target, guards=Margins(calibration=0.1))
    await held(made)
    assert any(INSTRUCTION in text for text in target.asked)
    assert not any(MARKER in skill for skill, _, _ in target.ran)


async def test_the_first_version_is_probed_once_in_a_run() -> None:
    target = sure_of(lambda right: 95 if right else 5)
    made = await bench(target=target, guards=Margins(calibration=0.1))
    await held(made)
    before = len(target.asked)
    await held(made, with_text(ALL_WORDS + "- soil: garden\n"))
    assert len(target.asked) - before == 2 * 24
