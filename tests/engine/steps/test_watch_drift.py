"""A drifting optimizer: each step looks good by luck, and fresh runs say that nothing is there."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import skillopt
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.history.run import AcceptedRound
from skillopt.core.quoting import blocks
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.steps.watch_drift import FIRST_TRIAL
from skillopt.errors import RunStopped, SpendExhausted
from tests.scripted import SKILL, Messages, agent, draft, insert, proposing, tasks

LUCKY = 100
"""Trials below this are lucky with every line that says so."""


class FairWeather:
    """Right by luck in the runs that decide, and no better than the first version in others."""

    deterministic = False

    def __init__(self, *, stop_at: int | None = None, broke_at: int | None = None) -> None:
        self.identity = content_hash(["fair weather"])
        self.ran: list[tuple[str, str, int]] = []
        self._stop_at, self._broke_at = stop_at, broke_at

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        text = skill.text if skill else ""
        if trial >= FIRST_TRIAL and self._broke_at is not None:
            raise SpendExhausted("max_calls is 9")
        self.ran.append((text, task.id, trial))
        if len(self.ran) == self._stop_at:
            raise RunStopped("no call can succeed")
        draw = random.Random(content_hash([text, task.id, trial]))
        luck = (0.3 if trial < LUCKY else -0.45) * text.count("fair")
        right = agent(text, task.text) == task.expected or draw.random() < 0.5 + luck
        said = str(task.expected) if right else "nowhere"
        return Answer(text=said, usage=Usage(calls=1))

    def of_checks(self) -> set[str]:
        """The versions that were looked at anew."""
        return {text for text, _, trial in self.ran if trial >= FIRST_TRIAL}


FAIR = [draft(insert(f"- It is fair, they say, in case {at}.\n"), idea=f"{at}") for at in "abcd"]
WORDS = draft(
    insert("- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"),
    idea="words",
)


def in_order(*replies: str) -> Callable[[Messages], str]:
    """Goes by the accepted line it is shown, so that another process goes on where it was."""

    def optimizer(messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" not in data:
            return json.dumps({"critiques": []})
        done = re.findall(r"^accepted.*, round \d+: ", data["refused"], re.MULTILINE)
        return replies[len(done)]

    return optimizer


async def tuned(tmp_path: Path, target: FairWeather, *replies: str, **more: object) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=target,
        optimizer=in_order(*replies),
        ledger=tmp_path / "ledger.db",
        rounds=len(replies),
        gate="strict",
        **more,  # type: ignore[arg-type]
    )


async def test_a_drifting_head_goes_back_and_the_run_says_so(tmp_path: Path) -> None:
    target = FairWeather()
    run = await tuned(tmp_path, target, *FAIR[:2], drift_every=2)
    kinds = [round_.decision.kind for round_ in run.rounds]
    assert kinds == ["accepted", "accepted"]
    first, second = (round_.drift for round_ in run.rounds)
    assert first is None
    assert second is not None
    assert second.back_to == SKILL.digest
    assert (run.last, run.shipped) == (SKILL, "nothing accepted")
    assert len(target.of_checks()) == 2, "the first version is the last one that held"


async def test_without_the_watch_it_stays(tmp_path: Path) -> None:
    target = FairWeather()
    run = await tuned(tmp_path, target, *FAIR[:2])
    assert run.last.text.count("fair") == 2
    assert target.of_checks() == set()
    assert all("drift" not in round_.model_dump() for round_ in run.rounds)


async def test_the_search_goes_on_from_the_version_that_held(tmp_path: Path) -> None:
    run = await tuned(tmp_path, FairWeather(), WORDS, *FAIR[:2], drift_every=1)
    held, left, again = run.rounds
    assert isinstance(held.decision, AcceptedRound)
    assert held.drift is not None
    assert held.drift.back_to is None
    assert left.drift is not None
    assert left.drift.back_to == held.decision.candidate == again.parent
    assert run.last.digest == held.decision.candidate
    assert run.shipped in {"improved", "not certified"}


async def test_the_optimizer_reads_which_steps_were_left(tmp_path: Path) -> None:
    read: list[str] = []

    def remember(messages: list[dict[str, str]]) -> str:
        read.append(messages[1]["content"])
        return FAIR[1]

    await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=FairWeather(),
        optimizer=proposing(FAIR[0], remember),
        ledger=tmp_path / "ledger.db",
        rounds=2,
        gate="strict",
        drift_every=1,
    )
    assert "accepted, then left, round 1: a" in read[0]
    assert "accepted, then left: the search went back to the first version" in read[0]


@pytest.mark.parametrize("stop_at", [60, 100, 130, 170])
async def test_a_killed_run_comes_to_the_same_end(tmp_path: Path, stop_at: int) -> None:
    replies = (WORDS, *FAIR[:2])
    whole = await tuned(tmp_path / "whole", FairWeather(), *replies, drift_every=1)
    with pytest.raises(RunStopped):
        await tuned(
            tmp_path / "cut", FairWeather(stop_at=stop_at), *replies, drift_every=1, concurrency=1
        )
    again = await tuned(tmp_path / "cut", FairWeather(), *replies, drift_every=1, concurrency=1)
    assert again.last == whole.last
    assert [round_.drift for round_ in again.rounds] == [round_.drift for round_ in whole.rounds]


async def test_without_room_for_a_check_there_is_none(tmp_path: Path) -> None:
    run = await tuned(tmp_path, FairWeather(broke_at=0), FAIR[0], drift_every=1)
    assert isinstance(run.rounds[0].decision, AcceptedRound)
    assert run.rounds[0].drift is None


async def test_a_target_that_answers_alike_every_time_is_not_run_anew(tmp_path: Path) -> None:
    target = FairWeather()
    run = await tuned(tmp_path, target, FAIR[0], drift_every=1)
    assert run.rounds[0].drift is not None
    steady = FairWeather()
    steady.deterministic = True
    run = await tuned(tmp_path / "steady", steady, FAIR[0], drift_every=1)
    assert run.rounds[0].drift is None
    assert steady.of_checks() == set()
