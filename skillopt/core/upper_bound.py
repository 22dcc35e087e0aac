"""The most that a run takes, whatever is proposed and however it scores: rollouts and requests.

Retries of failed calls are not among them: how often a provider fails is not known beforehand.
"""

from __future__ import annotations

from typing import NamedTuple, assert_never

from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.gate.contest import SENTINEL_RERUNS, SENTINEL_RUNS, GateKind
from skillopt.core.loop_settings import SINGLE_GATE, LoopSettings
from skillopt.core.proposals.comparison import MOST_COMPARED
from skillopt.core.proposals.lessons import AIMS, CHEAP
from skillopt.core.proposals.rehearsal import RUNS_OF_A_REHEARSAL, most_rehearsed
from skillopt.core.proposals.rewriting import MOST_PARTS
from skillopt.core.proposals.train_race import MOST_TASKS
from skillopt.core.skill.skill import Skill

TRIES = 2
"""Requests for one reply of a critic, a proposer or a judge: what cannot be used is sent back."""

TYPICAL = 1 / 8
"""Half of the rounds accept, and what they accept is a quarter as long as it may be."""

COMPARED = 3
"""Versions that a check of the head runs: the head, the last one that held, the first."""


class RoundsBound(NamedTuple):
    """The most that the rounds of a run take."""

    train: int
    """Train tasks with the versions that are to be improved."""
    raced: int
    """Train tasks with several candidates of a round."""
    lessons: int
    """Train tasks for what a rejected candidate did there."""
    rehearsed: int
    """Train tasks that proposals are rehearsed on."""
    gate: int
    """Validation tasks at the gate, both versions."""
    apart: int
    """The same for single edits of a bundle, and for the rematches of branches."""
    guards: int
    """Probes and placebos."""
    drift: int
    """Checks of the head."""


def most_rollouts(validation_set: ValidationSet, settings: LoopSettings, *, steady: bool) -> int:
    """Rollouts of a run: the baseline, its rounds, and the sealed test.

    Args:
        validation_set: the tasks.
        settings: of the run.
        steady: the target answers alike every time; nothing is run twice.
    """
    rounds = most_in_rounds(validation_set, settings, steady=steady)
    validation, test = (len(validation_set.split(name)) for name in ("validation", "test"))
    attempts = 2 * validation * (2 * settings.trials - 1) * settings.report_second_attempts
    return validation + sum(rounds) + 2 * test * _attempts(settings) + attempts


def most_in_rounds(
    validation_set: ValidationSet, settings: LoopSettings, *, steady: bool
) -> RoundsBound:
    """The most that the rounds take; arguments as for :func:`most_rollouts`."""
    train, validation = (len(validation_set.split(name)) for name in ("train", "validation"))
    contest = _contest(validation_set, settings, steady=steady)
    rounds, policy = settings.rounds, settings.gate
    apart = (_edits(settings) if settings.conditioning.ablate else 0) + settings.collapse_monitor
    placebo = (1 if steady else 2) * validation * policy.placebo
    contests = rounds * (1 + apart)
    fresh = 2 * validation if policy.attempt == "second" else 0  # the incumbent's record
    every = settings.drift_every or 0
    checks = rounds // every if every and not steady else 0
    raced = settings.candidates * min(train, MOST_TASKS) if settings.candidates > 1 else 0
    return RoundsBound(
        train=rounds * train * settings.trials if _learns(settings) else 0,
        raced=rounds * raced,
        lessons=rounds * _lessons(train, settings, steady=steady),
        rehearsed=rounds * _rehearsed(validation_set, settings, steady=steady),
        gate=_gate(validation_set, settings, contest, steady=steady) * _attempts(settings)
        + rounds * fresh,
        apart=rounds * apart * (contest * _attempts(settings) + fresh),
        guards=(contests + 1) * validation * settings.guards.probes + contests * placebo,
        drift=checks * COMPARED * validation,
    )


def most_requests(validation_set: ValidationSet, settings: LoopSettings, *, steady: bool) -> int:
    """Requests to the optimizer: critiques, and each proposal; each may be sent back once."""
    tested = len(validation_set.split("validation"))
    revised = settings.rehearses(tested=tested, deterministic=steady)
    match settings.proposer:
        case "critique":
            return settings.rounds * TRIES * (1 + settings.candidates + revised)
        case "rewrite":
            return settings.rounds * TRIES
        case "imitate" | "shrink":
            return 0
        case _:
            assert_never(settings.proposer)


def most_judged(validation_set: ValidationSet) -> int:
    """Requests to the judge for one answer."""
    rubrics = (
        sum(isinstance(check, Rubric) for check in task.checks) for task in validation_set.tasks
    )
    return TRIES * max(rubrics)


def most_compared(validation_set: ValidationSet, settings: LoopSettings) -> int:
    """Requests in which a judge compares candidates' answers: each task in both orders."""
    pairs = settings.rounds * (settings.candidates - 1) * settings.compare_answers
    return 2 * pairs * min(len(validation_set.split("train")), MOST_COMPARED)


def mean_growth(settings: LoopSettings, first: Skill) -> float:
    """Characters by which versions are longer than the first one, in the mean of a run.

    This is a guess: an edit takes :data:`TYPICAL` of the characters that it may change, and
    only adds.
    """
    if settings.proposer == "shrink" or not settings.rounds:
        return 0.0
    room = max(0, settings.budget.largest_skill(first) - first.chars)
    bounded = settings.proposer in ("critique", "imitate")
    step = TYPICAL * (settings.budget.max_changed_chars if bounded else room)
    after = (min(room, step * number) for number in range(1, settings.rounds + 1))
    return sum(after) / settings.rounds


def _learns(settings: LoopSettings) -> bool:
    return settings.proposer != "shrink"


def _attempts(settings: LoopSettings) -> int:
    """Rollouts for one that is compared."""
    return 2 if settings.gate.attempt == "second" else 1


def _edits(settings: LoopSettings) -> int:
    bounded = settings.proposer in ("critique", "imitate")
    return settings.budget.max_edits if bounded else MOST_PARTS


def _lessons(train: int, settings: LoopSettings, *, steady: bool) -> int:
    """Train tasks of a rejected candidate; the incumbent's are among those it is learned from.

    A round that learns from nothing runs both versions for it.
    """
    wanted = settings.conditioning.train_check
    if wanted is False or (wanted is None and not steady):
        return 0
    touched = CHEAP - AIMS if settings.conditioning.lessons else 0
    most = settings.evidence + touched if wanted else CHEAP
    return min(most, train * settings.trials) * (1 if _learns(settings) else 2)


def _rehearsed(validation_set: ValidationSet, settings: LoopSettings, *, steady: bool) -> int:
    train, tested = (len(validation_set.split(name)) for name in ("train", "validation"))
    if not settings.rehearses(tested=tested, deterministic=steady):
        return 0
    return RUNS_OF_A_REHEARSAL * min(train, most_rehearsed(tested))


def _contest(validation_set: ValidationSet, settings: LoopSettings, *, steady: bool) -> int:
    """Rollouts of one contest, both versions."""
    tasks = len(validation_set.split("validation"))
    if steady:
        return tasks
    return tasks * _runs(settings) + _sentinels(validation_set)


def _runs(settings: LoopSettings) -> int:
    """Runs of a task in one contest, both versions, sentinels apart."""
    if settings.shrink_every is not None:
        return max(_runs_of(settings, settings.gate.kind), _runs_of(settings, SINGLE_GATE))
    return _runs_of(settings, settings.gate.kind)


def _runs_of(settings: LoopSettings, kind: GateKind) -> int:
    match kind:
        case "strict":
            return 1
        case "exact":
            return 2 * settings.gate.passes
        case "balanced" | "race" | "explore":
            return settings.gate.passes + 1
        case _:
            assert_never(kind)


def _sentinels(validation_set: ValidationSet) -> int:
    """Runs of protected tasks that qualify them and confirm a failure."""
    protected = sum(task.protected for task in validation_set.split("validation"))
    return protected * (SENTINEL_RUNS + len(SENTINEL_RERUNS))


def _gate(
    validation_set: ValidationSet, settings: LoopSettings, contest: int, *, steady: bool
) -> int:
    """The contests of all rounds.

    `balanced` pays for fresh runs and a second pass from a credit: over its contests a run is at
    most one pass ahead of one run of each task in each (:func:`skillopt.core.gate.race.race`).
    """
    rounds, tasks = settings.rounds, len(validation_set.split("validation"))
    most = rounds * contest
    credit = settings.gate.kind == "balanced" and settings.shrink_every is None
    if steady or not credit or not rounds:
        return most
    return min(most, (rounds + 1) * tasks + rounds * _sentinels(validation_set))
