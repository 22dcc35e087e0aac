"""Contests to play in tests: made-up outcomes, and a driver that plays them to the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from hypothesis import strategies as st

from skillopt.core.gate import (
    Contest,
    GateKind,
    GatePolicy,
    GateTask,
    Outcomes,
    Verdict,
    Wanted,
    advance,
    open_book,
)

Scores = Callable[[Wanted], float | None]
KINDS: tuple[GateKind, ...] = ("balanced", "race", "explore", "exact", "strict")


def contest(
    first: dict[str, float],
    *,
    kind: GateKind = "race",
    tasks: tuple[GateTask, ...] | None = None,
    deterministic: bool = False,
    seed: int = 1,
    **policy: float,
) -> Contest:
    return Contest(
        tasks=tasks or tuple(GateTask(id=name) for name in first),
        book=open_book(first),
        next_trial=16,
        policy=GatePolicy.model_validate({"kind": kind, **policy}),
        deterministic=deterministic,
        seed=seed,
    )


def play(
    contested: Contest, scores: Scores, *, start: Outcomes | None = None
) -> tuple[Verdict, dict[Wanted, float | None], list[tuple[Wanted, ...]]]:
    """The verdict, all outcomes, and the batches that were asked for."""
    outcomes = dict(start or {})
    batches = []
    while not isinstance(step := advance(contested, outcomes), Verdict):
        assert step, "a batch is never empty"
        assert len(set(step)) == len(step)
        assert not outcomes.keys() & set(step), "nothing is asked for twice"
        batches.append(step)
        outcomes.update((want, scores(want)) for want in step)
    return step, outcomes, batches


class World:
    """Scores by arm, task and trial, drawn once and kept: the same question, the same answer."""

    def __init__(
        self,
        *,
        size: int,
        gain: float,
        seed: int,
        graded: bool = False,
        missing: float = 0.0,
        noise: bool = True,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._graded, self._missing, self._noise = graded, missing, noise
        self._old = self._rng.beta(0.5, 0.5, size)
        shift = gain / 0.3
        touched = self._rng.random(size) < 0.3
        fresh = self._rng.beta(0.5, 0.5, size) + shift
        self._new = np.clip(np.where(touched, fresh, self._old), 0, 1)
        self._seed = seed
        self.first = {f"t{at}": self._score(Wanted("incumbent", f"t{at}", 0)) for at in range(size)}

    def _score(self, want: Wanted) -> float:
        at = int(want.task[1:])
        rate = (self._new if want.arm == "candidate" else self._old)[at]
        if not self._noise:
            return float(rate > 0.5)
        arm = 1 if want.arm == "candidate" else 0
        rng = np.random.default_rng([self._seed, arm, at, want.trial])
        if self._graded:
            return float(np.round(rng.beta(4 * rate + 0.01, 4 - 4 * rate + 0.01), 3))
        return float(rng.random() < rate)

    def __call__(self, want: Wanted) -> float | None:
        lost = np.random.default_rng([self._seed, 9, int(want.task[1:]), want.trial]).random()
        return None if lost < self._missing else self._score(want)


def shuffled(wants: Iterable[Wanted], seed: int) -> list[Wanted]:
    found = list(wants)
    np.random.default_rng(seed).shuffle(found)
    return [Wanted(*want) for want in found]


worlds = st.builds(
    World,
    size=st.integers(4, 40),
    gain=st.sampled_from([-0.1, 0.0, 0.05, 0.15, 0.25]),
    seed=st.integers(0, 2**20),
    graded=st.booleans(),
    missing=st.sampled_from([0.0, 0.0, 0.03, 0.2]),
)
kinds = st.sampled_from(KINDS)
seeds = st.integers(0, 2**32)
