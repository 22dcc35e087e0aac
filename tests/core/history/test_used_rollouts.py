"""The rollouts that a run has used in its rounds and its sealed test."""

from __future__ import annotations

import pytest

from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.evaluation.task import Task
from skillopt.core.history.used_rollouts import compared, used_rollouts
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.curriculum import Chosen, Why
from skillopt.core.proposals.refusal import TrainEffect
from skillopt.core.proposals.sampling import train_order
from tests.adapters.ledger.samples import SKILL, a_round, a_run, an_end
from tests.scripted import tasks

TARGET = "the target"
SET = tasks()
TRAIN = train_order(SET.split("train"), seed=0, number=1)
SETTINGS = LoopSettings(minibatch=4)
ROUND, MADE = a_round()
assert MADE


def key(skill: str, task: Task) -> RolloutKey:
    return RolloutKey(skill=skill, task=task.digest, target=TARGET, trial=0)


def digests(*keys: RolloutKey) -> set[str]:
    return {each.digest for each in keys}


def test_a_verdict_rests_on_both_versions() -> None:
    found = list(compared(ROUND, tasks={"v-1": "digest"}, target=TARGET))
    keys = [
        RolloutKey(skill=skill.digest, task="digest", target=TARGET, trial=0)
        for skill in (SKILL, MADE)
    ]
    assert found == [("v-1", each) for each in keys]


def test_tasks_that_are_not_known_are_passed_over() -> None:
    assert list(compared(ROUND, tasks={}, target=TARGET)) == []


@pytest.mark.parametrize(("shown", "run"), [(TRAIN[:1], 4), (TRAIN[3:4], 4), (TRAIN[2:6], 8)])
def test_a_batch_was_run_if_anything_of_it_or_after_it_was_shown(
    shown: tuple[Task, ...], run: int
) -> None:
    seen = tuple(key(SKILL.digest, task).digest for task in shown)
    round_ = ROUND.model_copy(update={"rollouts": seen})
    found = used_rollouts(a_run(settings=SETTINGS), [round_], tasks=SET, target=TARGET)
    assert found == digests(*(key(SKILL.digest, task) for task in TRAIN[:run]))


def test_a_refused_candidate_was_tried_on_what_was_shown() -> None:
    seen = tuple(key(SKILL.digest, task).digest for task in TRAIN[:2])
    round_ = ROUND.model_copy(update={"rollouts": seen, "train": TrainEffect(same=2)})
    found = used_rollouts(a_run(settings=SETTINGS), [round_], tasks=SET, target=TARGET)
    assert MADE
    tried = (key(MADE.digest, task) for task in TRAIN[:2])
    assert found == digests(*(key(SKILL.digest, task) for task in TRAIN[:4]), *tried)


def test_a_sealed_test_ran_both_versions_on_what_was_opened() -> None:
    opened = SET.split("test")[:3]
    ended = an_end(a_run(), last="the last", opened=tuple(task.digest for task in opened))
    found = used_rollouts(ended, [], tasks=SET, target=TARGET)
    versions = (SKILL.digest, "the last")
    assert found == digests(*(key(skill, task) for skill in versions for task in opened))


def test_a_run_that_has_decided_nothing_has_used_nothing() -> None:
    assert used_rollouts(a_run(), [], tasks=SET, target=TARGET) == frozenset()


def test_the_tasks_that_a_round_says_it_ran_are_taken_at_its_word() -> None:
    ran = tuple(Chosen(task=task.id, why=Why.NEW) for task in TRAIN[5:8])
    seen = (key(SKILL.digest, TRAIN[5]).digest,)
    round_ = ROUND.model_copy(
        update={"rollouts": seen, "chosen": ran, "train": TrainEffect(same=1)}
    )
    found = used_rollouts(a_run(settings=SETTINGS), [round_], tasks=SET, target=TARGET)
    assert MADE
    tried = key(MADE.digest, TRAIN[5])
    assert found == digests(*(key(SKILL.digest, task) for task in TRAIN[5:8]), tried)
