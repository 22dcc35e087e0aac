"""The rollouts used in a run's decided rounds and its sealed test, stored by any run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.history.run import Round, RunRecord
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.sampling import train_order


def compared(
    round_: Round, *, tasks: Mapping[str, str], target: str
) -> Iterator[tuple[str, RolloutKey]]:
    """The tasks of a round's verdict, with the keys of the runs they were compared by.

    A run whose outcome could not be had counts, too, so each task has the keys of as many runs as
    the one that was run most.

    Args:
        round_: a decided round.
        tasks: digests of tasks by their ids; what is not in it is passed over.
        target: the digest of the target in keys.
    """
    verdict, candidate = round_.decision.verdict, round_.decision.candidate
    if verdict is None or candidate is None:
        return
    runs = max((ceil(max(p.incumbent_runs, p.candidate_runs)) for p in verdict.pairs), default=0)
    for name in (pair.task for pair in verdict.pairs if pair.task in tasks):
        for skill in (round_.against or round_.parent, candidate):
            for trial in range(runs):
                key = RolloutKey(skill=skill, task=tasks[name], target=target, trial=trial)
                yield name, key


def used_rollouts(
    record: RunRecord, rounds: Sequence[Round], *, tasks: ValidationSet, target: str
) -> frozenset[str]:
    """Digests of the keys.

    Left out are the contests of single edits of a bundle (`ablate`): the ledger keeps no more of
    them than their outcomes, and what this run has paid for them is in its own rows.

    Args:
        record: the run.
        rounds: its decided rounds.
        tasks: its validation set.
        target: the digest of the target in keys.
    """
    digests = {task.id: task.digest for task in tasks.tasks}
    train = tasks.split("train")
    found: set[RolloutKey] = set()
    for round_ in rounds:
        found |= {key for _, key in compared(round_, tasks=digests, target=target)}
        found |= set(_on_train(round_, train, record.settings, target))
    if record.sealed is not None and record.last is not None:
        found |= {
            RolloutKey(skill=skill, task=task, target=target, trial=0)
            for skill in (record.first, record.last)
            for task in record.opened
        }
    raced = (digest for round_ in rounds for digest in round_.raced)
    return frozenset([*(key.digest for key in found), *raced])


def _on_train(
    round_: Round, train: Sequence[Task], settings: LoopSettings, target: str
) -> Iterator[RolloutKey]:
    """The tasks that the round says it ran, else the batches up to the last one it showed.

    With them, what a refused candidate was tried on: tasks that the optimizer was shown.
    """
    candidate = round_.decision.candidate if round_.train is not None else None
    sought = set(round_.rollouts)
    if round_.chosen:
        ran = {chosen.task for chosen in round_.chosen}
        for task in (task for task in train if task.id in ran):
            for trial in range(settings.trials):
                key = RolloutKey(skill=round_.parent, task=task.digest, target=target, trial=trial)
                yield key
                if key.digest in sought and candidate is not None:
                    yield key.model_copy(update={"skill": candidate})
        return
    for at, task in enumerate(train_order(train, seed=settings.seed, number=round_.number)):
        if at % settings.minibatch == 0 and not sought:
            return
        for trial in range(settings.trials):
            key = RolloutKey(skill=round_.parent, task=task.digest, target=target, trial=trial)
            yield key
            if key.digest in sought and candidate is not None:
                yield key.model_copy(update={"skill": candidate})
            sought.discard(key.digest)
