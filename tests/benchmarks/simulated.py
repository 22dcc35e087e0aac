"""Simulated worlds: tasks, edits of known worth, and the product's own gate between them.

The world of the study (`docs/gate-in-full.md`, "The simulated world"): a task's success probability is
drawn from a Beta distribution, an edit touches a share of the tasks and draws theirs anew, so that
the quality of the whole population of tasks moves by exactly the edit's worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from skillopt.core.gate.contest import GateMemory, GatePolicy, GateTask, Outcome
from skillopt.core.gate.decide import contend
from skillopt.core.gate.evidence import Asks, Evidence, Ruling
from skillopt.core.gate.sealed import sealed_test
from skillopt.core.gate.verdict import aftermath
from skillopt.core.history.outcome import ship

Floats = NDArray[np.float64]
Range = tuple[float, float]


@dataclass(frozen=True)
class World:
    """Where a run happens."""

    name: str = "base"
    icc: Range = (0.35, 0.75)
    """Share of the scores' variance that lies between tasks; the rest is run noise."""
    quality: Range = (0.35, 0.65)
    rounds: int = 30
    helps: float = 0.15
    harms: float = 0.30
    worth: Range = (0.01, 0.08)
    """Size of a helpful or harmful edit."""
    touch: Range = (0.1, 0.4)
    """Share of tasks an edit moves."""
    graded: bool = False
    deterministic: bool = False
    leak: float = 0.0
    """Share of proposals that memorize failing validation tasks and harm the population."""


BASE = World()
WORLDS = {
    world.name: world
    for world in (
        BASE,
        World("noisy", icc=(0.15, 0.35)),
        World("stable", icc=(0.88, 0.92)),
        World("easy", quality=(0.7, 0.9)),
        World("hard", quality=(0.1, 0.3)),
        World("graded", graded=True),
        World("graded stable", graded=True, icc=(0.88, 0.92)),
        World("nothing to find", helps=0.0, harms=0.35),
        World("identical", helps=0.0, harms=0.0, touch=(0.0, 0.0)),
        World("large effects", worth=(0.05, 0.20), rounds=12),
        World("strong optimizer", helps=0.40, harms=0.20),
        World("weak optimizer", helps=0.05, harms=0.35),
        World("short run", rounds=10),
        World("long run", rounds=100),
        World("low churn", touch=(0.02, 0.12)),
        World("high churn", touch=(0.4, 0.8)),
        World("deterministic", deterministic=True),
        World("leak", leak=0.2),
    )
}


class Tally(NamedTuple):
    """What one run came to; sums over runs make the table."""

    gain: float
    """True gain of the last version over the first one, on the population."""
    rollouts: float
    """Baseline included."""
    useless: float
    """Proposals that do not improve."""
    useless_accepted: float
    harmful: float
    """Proposals that harm by a point or more."""
    harmful_accepted: float
    first_null: float
    """1 where the first proposal changes nothing."""
    first_null_accepted: float
    nulls: float
    nulls_accepted: float
    worse: float
    """1 where the last version is worse than the first one."""
    shipped_worse: float
    """The same after the sealed test's ship rule."""
    shipped_gain: float
    certified: float
    certified_worse: float
    covered: float
    """1 where the sealed interval holds the true gain."""
    sealed: float
    """1 where a sealed test was opened."""
    memorized: float
    memorized_accepted: float
    contests: float


class Edit(NamedTuple):
    worth: float
    share: float
    memorizes: bool


@dataclass
class Versions:
    """Success probabilities of the tasks under the first and the current version."""

    rng: np.random.Generator
    world: World
    icc: float
    quality: float

    def draw(self, mean: float, count: int) -> Floats:
        mean = min(0.98, max(0.02, mean))
        if self.world.deterministic:
            return (self.rng.random(count) < mean).astype(np.float64)
        spread = 1 / self.icc - 1
        return self.rng.beta(mean * spread, (1 - mean) * spread, count)

    def edited(self, rates: Floats, edit: Edit) -> Floats:
        touched = self.rng.random(len(rates)) < edit.share
        if not touched.any():
            return rates
        fresh = self.draw(self.quality + edit.worth / edit.share, len(rates))
        return np.where(touched, fresh, rates)

    def score(self, rates: Floats) -> Floats:
        if self.world.deterministic:
            return rates.copy()
        if self.world.graded:
            kept = np.clip(rates, 1e-3, 1 - 1e-3)
            return self.rng.beta(4 * kept, 4 - 4 * kept)
        return (self.rng.random(len(rates)) < rates).astype(np.float64)


def one_run(
    world: World, tasks: int, policy: GatePolicy, seed: int, *, sealed: bool = True
) -> Tally:
    """One run of ``world.rounds`` proposals on ``tasks`` validation tasks.

    Proposals depend on the seed alone: every gate sees the same ones. Without ``sealed`` the sealed
    test, half of the time that a run takes, is left out.
    """
    edits = np.random.default_rng([seed, tasks, 1])
    versions = Versions(
        rng=np.random.default_rng([seed, tasks, 2]),
        world=world,
        icc=edits.uniform(*world.icc),
        quality=edits.uniform(*world.quality),
    )
    begun = versions.quality
    rates, hidden = versions.draw(begun, tasks), versions.draw(begun, tasks)
    first_hidden = hidden
    total, runs = versions.score(rates), np.ones(tasks)
    memory = GateMemory()
    count = dict.fromkeys(Tally._fields, 0.0)
    for number in range(world.rounds):
        edit = _propose(world, versions.quality, edits)
        candidate = versions.edited(rates, edit)
        if edit.memorizes:
            failing = (total / runs < 0.5) & (versions.rng.random(tasks) < 0.5)
            candidate = np.where(failing, 0.95, rates)
        evidence = Evidence(
            total=total.copy(),
            runs=runs.copy(),
            weights=np.ones(tasks),
            seed=int(edits.integers(2**31)),
            deterministic=world.deterministic,
            memory=memory,
        )
        ruling = played(evidence, policy, versions, candidate=candidate, incumbent=rates)
        total, runs, _, memory = aftermath(evidence, ruling, policy.kind)
        accepted = ruling.outcome is Outcome.ACCEPTED
        _count(count, edit, accepted=accepted, first=number == 0)
        if accepted:
            rates, hidden = candidate, versions.edited(hidden, edit)
            versions.quality += edit.worth
    count["rollouts"] = tasks + memory.rollouts
    count["gain"] = versions.quality - begun
    count["worse"] = float(count["gain"] < -1e-9)
    if sealed:
        _seal(count, versions, first_hidden, hidden, seed)
    return Tally(**count)


def played(
    evidence: Evidence,
    policy: GatePolicy,
    versions: Versions,
    *,
    candidate: Floats,
    incumbent: Floats,
) -> Ruling:
    """Play the product's gate to its ruling."""
    rates = {"candidate": candidate, "incumbent": incumbent}
    play = contend(evidence, policy)
    try:
        asks: Asks = next(play)
        while True:
            asks = play.send(tuple(versions.score(rates[ask.arm][ask.tasks]) for ask in asks))
    except StopIteration as stop:
        ruling: Ruling = stop.value
        return ruling


def _propose(world: World, quality: float, rng: np.random.Generator) -> Edit:
    kind, size, share = rng.random(), rng.uniform(*world.worth), rng.uniform(*world.touch)
    memorizes = rng.random() < world.leak
    worth = size if kind < world.helps else -size if kind > 1 - world.harms else 0.0
    if memorizes:
        worth = -0.01
    worth = min(0.96, max(0.04, quality + worth)) - quality
    room = 0.97 - quality if worth > 0 else quality - 0.03
    return Edit(worth, min(1.0, max(share, abs(worth) / max(room, 1e-9))), memorizes)


def _count(count: dict[str, float], edit: Edit, *, accepted: bool, first: bool) -> None:
    kinds = {
        "useless": edit.worth <= 0 and not edit.memorizes,
        "harmful": edit.worth <= -0.01 + 1e-12 and not edit.memorizes,
        "nulls": edit.worth == 0,
        "first_null": edit.worth == 0 and first,
        "memorized": edit.memorizes,
    }
    for name, there in kinds.items():
        count[name] += there
        count[f"{name}_accepted"] += there and accepted
    count["contests"] += 1


def _seal(
    count: dict[str, float], versions: Versions, first: Floats, last: Floats, seed: int
) -> None:
    gain = count["gain"]
    if first is last:
        return
    names = _names(len(first))
    before = dict(zip(names, ((score,) for score in versions.score(first)), strict=True))
    after = dict(zip(names, ((score,) for score in versions.score(last)), strict=True))
    sealed = sealed_test(before, after, tasks=_gate_tasks(len(first)), seed=seed)
    ships = ship(sealed) != "keep first"
    count["sealed"] = 1.0
    count["certified"] = float(sealed.certified)
    count["certified_worse"] = float(sealed.certified and gain < -1e-9)
    count["shipped_worse"] = float(ships and gain < -1e-9)
    count["shipped_gain"] = gain if ships else 0.0
    count["covered"] = float(sealed.low <= gain <= sealed.high)


_CACHE: dict[int, tuple[GateTask, ...]] = {}


def _gate_tasks(count: int) -> tuple[GateTask, ...]:
    if count not in _CACHE:
        _CACHE[count] = tuple(GateTask(id=name) for name in _names(count))
    return _CACHE[count]


def _names(count: int) -> list[str]:
    return [f"t{at}" for at in range(count)]


class Figure(NamedTuple):
    """An estimate with its standard error."""

    value: float
    error: float

    @property
    def interval(self) -> Range:
        """95 %."""
        return self.value - 1.96 * self.error, self.value + 1.96 * self.error


class Table:
    """Runs of one gate in one world, one row each."""

    def __init__(self, rows: list[Tally]) -> None:
        self._rows = np.array(rows, np.float64)

    def column(self, name: str) -> Floats:
        column: Floats = self._rows[:, Tally._fields.index(name)]
        return column

    def mean(self, name: str) -> Figure:
        column = self.column(name)
        return Figure(float(column.mean()), float(column.std() / math.sqrt(len(column))))

    def share(self, part: str, whole: str) -> Figure:
        """Sum over sum, with the error that runs being the unit gives it."""
        above, below = self.column(part), self.column(whole)
        if not below.sum():
            return Figure(0.0, 0.0)
        value = float(above.sum() / below.sum())
        rest = above - value * below
        return Figure(value, float(rest.std() / math.sqrt(len(rest)) / below.mean()))


def excess(mine: Table, theirs: Table, part: str, whole: str | None = None) -> Figure:
    """By how much one gate's figure exceeds the other's, run by run (they see the same edits)."""
    parts = []
    for table in (mine, theirs):
        above = table.column(part)
        if whole is None:
            parts.append((float(above.mean()), above - above.mean()))
            continue
        below = table.column(whole)
        value = float(above.sum() / below.sum()) if below.sum() else 0.0
        scale = float(below.mean()) or 1.0
        parts.append((value, (above - value * below) / scale))
    gap = parts[0][1] - parts[1][1]
    return Figure(parts[0][0] - parts[1][0], float(gap.std() / math.sqrt(len(gap))))


def simulate(world: World, tasks: int, policy: GatePolicy, *, runs: int, seed: int = 0) -> Table:
    """``runs`` runs of one gate."""
    return Table([one_run(world, tasks, policy, seed + at) for at in range(runs)])


def acceptance(
    world: World, tasks: int, policy: GatePolicy, *, worth: float, runs: int, seed: int = 0
) -> float:
    """P(accept) of one edit of true size ``worth`` as the first proposal."""
    fixed = replace(world, rounds=1, helps=float(worth > 0), harms=0.0, worth=(worth, worth))
    table = simulate(fixed, tasks, policy, runs=runs, seed=seed)
    kept = table.column("gain") > worth / 2 if worth else table.column("nulls_accepted") > 0
    return float(kept.mean())
