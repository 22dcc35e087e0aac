"""How the rounds of one budget are shared among the skills of a library, in simulated libraries.

    python -m tests.benchmarks.library_worlds [--libraries 400]

Each library has skills with a known truth: how much of the room its edits can close, in how many
steps, and how likely a round is to find one. A round of a skill costs calls in proportion to its
validation tasks, and fewer where the screen refuses the proposal. The gate now and then accepts an
edit that is worth nothing, and what it sees of a gain is noisy. Every skill ends after 12 rounds or
6 in a row without an acceptance, as `skillopt tune` does.

Rules: `ours` (:mod:`skillopt.core.library.allocation`), `round-robin`, `one by one` (each to its
end, in an order that means nothing), and `knows all`, which knows the truth and takes the best
expected gain per call; no real run can. Budgets are shares of what all skills would take
to their ends. Printed: the true gain of the mean skill, in points, with 95 % intervals over
libraries, and the share of the gain of `knows all`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

from skillopt.core.library.allocation import SkillRecord, next_skill

ROUNDS, PATIENCE = 12, 6
NULL_ACCEPTED = 0.02
"""How often the gate accepts an edit that changes nothing."""
SCREENED = 0.25
"""Proposals that are refused before anything is run."""


@dataclass(frozen=True)
class World:
    """What libraries are drawn from."""

    skills: int = 12
    barren: float = 0.5
    """Share of the skills in which there is nothing to find."""
    sizes: tuple[int, int] = (20, 120)
    """Validation tasks."""
    hit: tuple[float, float] = (0.25, 0.7)
    """How likely a round is to find one of the first steps that there are."""


WORLDS = {
    "half have nothing to find": World(),
    "one in ten has something": World(barren=0.9, skills=20),
    "all alike": World(barren=0.0, sizes=(60, 60), hit=(0.4, 0.4)),
    "all have something, unlike": World(barren=0.0),
    "four skills": World(skills=4),
}
BUDGETS = (0.15, 0.3, 0.6)


@dataclass
class Skill:
    """A skill with its truth, and its run so far."""

    name: str
    tasks: int
    score: float
    steps: list[float]
    """The true gains that are left to find."""
    hit: float
    draw: random.Random
    first_steps: int = 0
    gains: list[float] = field(default_factory=list)
    """As the gate saw them."""
    spent: list[float] = field(default_factory=list)
    gained: float = 0.0

    def __post_init__(self) -> None:
        self.first_steps = len(self.steps)

    @property
    def chance(self) -> float:
        """That a round finds a step."""
        left = len(self.steps) / self.first_steps if self.first_steps else 0.0
        return (1 - SCREENED) * self.hit * left

    @property
    def done(self) -> bool:
        idle = len(self.gains) >= PATIENCE and not any(self.gains[-PATIENCE:])
        return len(self.gains) >= ROUNDS or idle

    @property
    def mean_cost(self) -> float:
        """Of a round, in the mean."""
        return 18 + (1 - SCREENED) * 0.75 * self.tasks

    def round(self) -> None:
        """One round."""
        screened, luck, early, noise = (self.draw.random() for _ in range(4))
        calls, seen = 18.0, 0.0
        if screened >= SCREENED:
            calls += self.tasks * (0.5 + 0.5 * early)
            if luck < self.chance / (1 - SCREENED):
                step = self.steps.pop(0)
                self.gained += step
                seen = max(0.005, step * (0.7 + 0.8 * noise))
            elif luck > 1 - NULL_ACCEPTED:
                seen = 0.02 + 0.03 * noise
        self.gains.append(seen)
        self.spent.append(calls)

    def record(self) -> SkillRecord:
        """What the rule gets to see."""
        return SkillRecord(
            self.name,
            self.tasks,
            self.score,
            tuple(self.gains),
            tuple(self.spent),
            is_open=not self.done,
        )


Rule = Callable[[Sequence[Skill], float], Skill | None]


def drawn(world: World, seed: int) -> list[Skill]:
    """A library."""
    draw = random.Random(f"library {seed}")
    return [_skill(world, f"skill-{number:02}", draw, seed) for number in range(world.skills)]


def _skill(world: World, name: str, draw: random.Random, seed: int) -> Skill:
    room = draw.uniform(0.1, 0.7)
    barren = draw.random() < world.barren
    count = draw.randint(1, 5)
    weights = [draw.uniform(0.5, 1.5) for _ in range(count)]
    closes = room * draw.uniform(0.5, 0.9)
    steps = sorted((closes * weight / sum(weights) for weight in weights), reverse=True)
    tasks, hit = draw.randint(*world.sizes), draw.uniform(*world.hit)
    own = random.Random(f"rounds {seed} {name}")
    return Skill(name, tasks, 1 - room, [] if barren else steps, hit, own)


def ours(skills: Sequence[Skill], room: float) -> Skill | None:
    """The rule of `skillopt tune-all`."""
    name = next_skill([skill.record() for skill in skills], room=room)
    return next((skill for skill in skills if skill.name == name), None)


def round_robin(skills: Sequence[Skill], room: float) -> Skill | None:
    """The skill with the fewest rounds."""
    able = [skill for skill in skills if not skill.done and skill.mean_cost <= room]
    return min(able, key=lambda skill: len(skill.gains), default=None)


def one_by_one(skills: Sequence[Skill], room: float) -> Skill | None:
    """Each to its end."""
    return next((skill for skill in skills if not skill.done and skill.mean_cost <= room), None)


def knows_all(skills: Sequence[Skill], room: float) -> Skill | None:
    """The best by the truth."""
    able = [skill for skill in skills if not skill.done and skill.mean_cost <= room]
    return max(
        able,
        key=lambda skill: skill.chance * (skill.steps or [0.0])[0] / skill.mean_cost,
        default=None,
    )


RULES: dict[str, Rule] = {
    "ours": ours,
    "round-robin": round_robin,
    "one by one": one_by_one,
    "knows all": knows_all,
}


def whole_cost(world: World, seed: int) -> float:
    """What all skills take to their ends."""
    skills = drawn(world, seed)
    for skill in skills:
        while not skill.done:
            skill.round()
    return sum(sum(skill.spent) for skill in skills)


def gain(world: World, seed: int, rule: Rule, budget: float) -> float:
    """The true gain of the mean skill, in points."""
    skills, left = drawn(world, seed), budget
    while (chosen := rule(skills, left)) is not None:
        chosen.round()
        left -= chosen.spent[-1]
        if left < 0:  # the limit ended the round: nothing came of it
            chosen.gained -= 0 if not chosen.gains[-1] else _undone(world, seed, skills, chosen)
            break
    return 100 * fmean(skill.gained for skill in skills)


def _undone(world: World, seed: int, skills: Sequence[Skill], chosen: Skill) -> float:
    """The true gain of the last round of ``chosen``."""
    again = drawn(world, seed)[list(skills).index(chosen)]
    for _ in chosen.gains[:-1]:
        again.round()
    return chosen.gained - again.gained


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", type=int, default=400)
    libraries = parser.parse_args().libraries
    print("| libraries | budget |", " | ".join(RULES), "|")
    print("|---|---|" + "---|" * len(RULES))
    for name, world in WORLDS.items():
        whole = [whole_cost(world, seed) for seed in range(libraries)]
        for share in BUDGETS:
            found = {
                rule: [
                    gain(world, seed, RULES[rule], share * whole[seed]) for seed in range(libraries)
                ]
                for rule in RULES
            }
            cells = [told(found[rule], found["knows all"]) for rule in RULES]
            print(f"| {name} | {share:.0%} |", " | ".join(cells), "|", flush=True)


def told(found: list[float], best: list[float]) -> str:
    """A cell of the table."""
    wide = 1.96 * stdev(found) / len(found) ** 0.5
    return f"{fmean(found):.1f} ± {wide:.1f} ({fmean(found) / fmean(best):.0%})"


if __name__ == "__main__":
    main()
