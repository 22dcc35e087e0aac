"""A target that likes any text, and optimizers that write some: only content gets past a placebo."""

from __future__ import annotations

import random
from pathlib import Path

import skillopt
from skillopt.core.gate import Outcome
from skillopt.core.history.run import RefusedRound
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks
from tests.targets import ScriptedTarget

CHATTER = "Please consider all of this with the greatest care, as one should at all times.\n"
WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"


def wordy(skill: str, letter: str) -> str:
    """Knows its words, and guesses better the longer the skill is, whatever it says."""
    said = agent(skill, letter)
    luck = random.Random(letter).random()
    if said == "reception" and luck < len(skill) / 250:
        full = {task.text: str(task.expected) for task in tasks().tasks}
        return full[letter]
    return said


async def tuned(tmp_path: Path, *replies: str, **more: object) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=wordy,
        identity="wordy",
        optimizer=proposing(*replies),
        ledger=tmp_path / "ledger.db",
        rounds=len(replies),
        deterministic=True,
        **more,  # type: ignore[arg-type]
    )


async def test_chatter_is_accepted_without_a_placebo_and_refused_with_one(tmp_path: Path) -> None:
    chatter = draft(insert(CHATTER), idea="be careful")
    taken = await tuned(tmp_path, chatter)
    assert taken.rounds[0].decision.kind == "accepted"
    refused = (await tuned(tmp_path, chatter, placebo=True)).rounds[0].decision
    assert isinstance(refused, RefusedRound)
    assert (refused.stage.value, refused.code) == ("gate", "placebo")
    assert refused.reason.startswith("not better than its placebo")
    assert refused.verdict is not None
    assert refused.verdict.placebo is not None
    assert refused.verdict.placebo.p_value > refused.verdict.placebo.level == 0.10


async def test_rules_beat_their_placebo(tmp_path: Path) -> None:
    run = await tuned(tmp_path, draft(insert(WORDS), idea="more words"), placebo=True)
    verdict = run.rounds[0].decision.verdict
    assert verdict is not None
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.placebo is not None
    assert verdict.placebo.difference > 0


async def test_a_refusal_by_the_placebo_does_not_block_where_none_is_asked_for(
    tmp_path: Path,
) -> None:
    chatter = draft(insert(CHATTER), idea="be careful")
    await tuned(tmp_path, chatter, placebo=True)
    assert (await tuned(tmp_path, chatter)).rounds[0].decision.kind == "accepted"


async def test_the_incumbent_goes_on_with_its_own_record(tmp_path: Path) -> None:
    chatter = draft(insert(CHATTER), idea="be careful")
    run = await tuned(tmp_path, chatter, draft(insert(WORDS), idea="words"), placebo=True)
    refused, taken = (round_.decision.verdict for round_ in run.rounds)
    assert refused is not None
    assert taken is not None
    assert refused.memory.accepted == 0
    before = {pair.task: pair.incumbent for pair in taken.pairs}
    assert all(refused.book[task].total == score for task, score in before.items())


async def test_a_noisy_target_is_compared_on_runs_that_nobody_chose(tmp_path: Path) -> None:
    target = ScriptedTarget(noise=0.05)
    await skillopt.agate(
        SKILL,
        skillopt.Skill(text=SKILL.text + WORDS),
        validation_set=tasks(),
        target=target,
        ledger=tmp_path / "ledger.db",
        placebo=True,
    )
    fresh = [(text, task) for text, task, trial in target.ran if trial == 15]
    assert len(fresh) == len(set(fresh)) == 48
    assert len({text for text, _ in fresh}) == 2
