"""Worlds whose truth is known: what a skill's rules are worth, how a target answers, what is proposed.

A letter is about one of eight topics and belongs to that topic's desk. A skill is a list of rules of
three kinds: a *desk* rule names a topic's desk, which is right; a *doubt* rule sends whatever is
unclear to one desk, which helps that topic a little and costs all others; a *habit* asks for
something that does not matter, but may change answers at random. The first version of the skill
knows some desks. Everything here follows from the world's name and a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from typing import Literal, NamedTuple

from skillopt.core.value import Value, text_hash

TOPICS = (
    "parcels",
    "refunds",
    "passwords",
    "invoices",
    "repairs",
    "visits",
    "returns",
    "vouchers",
)
HABITS = ("keep a calm tone", "note the date", "mind the greeting")
WORDINGS = {
    "desk": (
        "Letters about {topic} go to desk-{topic}.",
        "Send letters on {topic} to desk-{topic}.",
    ),
    "doubt": ("When unsure, choose desk-{topic}.", "If in doubt, take desk-{topic}."),
    "habit": ("With letters about {topic}, {habit}.", "Where {topic} are concerned, {habit}."),
}
SEED = (
    "# Which desk\n\nAnswer with the desk that a letter goes to, and nothing else.\n\n## Rules\n\n"
)
FILLER = (
    *("please", "write", "back", "soon", "Monday", "order", "garden", "blue", "second", "window"),
    *("neighbour", "phone", "street", "waiting", "since", "morning", "office", "paper", "helpful"),
    *("again", "never", "answer", "copy", "number", "station", "yellow", "kitchen", "autumn"),
)
SPLITS = ("train", "validation", "test")
OF_EACH_SPLIT = 30
POPULATION = 400
"""Tasks nobody sees, on which the true score is computed."""
WRONG = "desk-front"
BROKEN_BY_DOUBT = 0.8
"""Times the chance of a right answer on every other topic, for each doubt rule."""


class Rule(NamedTuple):
    """A rule, whatever its words."""

    kind: Literal["desk", "doubt", "habit"]
    topic: str
    habit: str = ""


class Letter(NamedTuple):
    """A task."""

    number: int
    split: str
    topic: str
    text: str
    ease: float
    """-1 to 1."""
    stubborn: bool
    """No rule helps."""
    easy: bool
    """Right without any rule."""

    @property
    def desk(self) -> str:
        """The right answer."""
        return f"desk-{self.topic}"


class Setting(Value):
    """What is the same in a world for every seed."""

    low: float
    """Chance of a right answer without the topic's desk rule."""
    high: float
    """With it."""
    spread: float = 0.0
    """By how much tasks of a topic differ, up and down."""
    churn: float = 0.0
    """By how much a habit shifts a task's chance, up or down by task."""
    stubborn: float = 0.0
    easy: float = 0.0
    known: int = 3
    """Topics whose desk the first version names."""
    desk: float = 0.4
    """Share of proposed rules; what is neither is a habit."""
    doubt: float = 0.25
    favourites: float = 0.0
    """How often one of the optimizer's two favourites, both useless, is proposed again."""
    heeds: float = 0.7
    """How often the optimizer drops a rule that its prompt says was refused."""


NOISY = Setting(low=0.3, high=0.85, spread=0.15, churn=0.1)
SETTINGS = {
    "clean": Setting(low=0.0, high=1.0),
    "noisy": NOISY,
    "near": Setting(low=0.04, high=0.97, stubborn=0.15, easy=0.1, churn=0.02),
    "nothing": NOISY.model_copy(update={"known": len(TOPICS), "high": 0.7}),
    "repeats": NOISY.model_copy(update={"favourites": 0.6, "heeds": 0.0}),
}


class World:
    """One seed of a setting."""

    def __init__(self, name: str, seed: int) -> None:
        self.name, self.seed = name, seed
        self.setting = SETTINGS[name]
        known = random.Random(f"known {name} {seed}").sample(TOPICS, self.setting.known)
        self.first = frozenset(Rule("desk", topic) for topic in known)
        self._population = _letters(self, "population", POPULATION, 5000)
        self._truth: dict[frozenset[Rule], float] = {}

    @cached_property
    def letters(self) -> dict[int, Letter]:
        """Every split's tasks by number."""
        made = [
            letter
            for place, split in enumerate(SPLITS)
            for letter in _letters(self, split, OF_EACH_SPLIT, 100 * (place + 1))
        ]
        return {letter.number: letter for letter in made}

    @property
    def skill(self) -> str:
        """The first version's text."""
        return SEED + "".join(f"- {words(rule)}\n" for rule in sorted(self.first))

    @property
    def best(self) -> float:
        """The true score with every desk known, and nothing else."""
        return self.truth(frozenset(Rule("desk", topic) for topic in TOPICS))

    def truth(self, rules: frozenset[Rule]) -> float:
        """The expected score on the population."""
        if rules not in self._truth:
            chances = [self.chance(rules, letter) for letter in self._population]
            self._truth[rules] = sum(chances) / len(chances)
        return self._truth[rules]

    def chance(self, rules: frozenset[Rule], letter: Letter) -> float:
        """How likely the answer is right."""
        setting = self.setting
        told = letter.easy or (Rule("desk", letter.topic) in rules and not letter.stubborn)
        chance = (setting.high if told else setting.low) + setting.spread * letter.ease
        for rule in sorted(rules):
            if rule.kind == "habit" and setting.churn:
                up = _uniform("habit", self.seed, rule, letter.number) < 0.5
                chance += setting.churn if up else -setting.churn
            elif rule.kind == "doubt" and rule.topic != letter.topic:
                chance *= BROKEN_BY_DOUBT
            elif rule.kind == "doubt" and not told:
                chance = (chance + setting.high) / 2
        return min(max(chance, 0.0), 1.0)

    def answer(self, rules: frozenset[Rule], letter: Letter, time: int) -> str:
        """The target's answer the ``time``-th time it is asked: the same for every tool."""
        draw = _uniform("answer", self.name, self.seed, sorted(rules), letter.number, time)
        return letter.desk if draw < self.chance(rules, letter) else WRONG

    def proposed(
        self,
        skill: frozenset[Rule],
        failing: Sequence[str],
        refused: frozenset[Rule],
        *,
        most: int,
        time: int,
    ) -> tuple[str, ...]:
        """The rules, in words, that the optimizer adds.

        Args:
            skill: the rules it has.
            failing: the topics of the failures shown, with repetition.
            refused: rules that the prompt says were refused.
            most: the rules that the prompt allows.
            time: how often the same was asked before.
        """
        shown = sorted(failing), sorted(refused), sorted(skill)
        chance = random.Random(f"{self.name} {self.seed} {shown} {time}")
        many = min(most, 2 if chance.random() < 0.4 else 1)
        rules: list[Rule] = []
        for _ in range(8):
            if len(rules) >= many or not failing:
                break
            rule = self._rule(chance, failing)
            if rule in skill or rule in rules:
                continue
            if rule in refused and chance.random() < self.setting.heeds:
                continue
            rules.append(rule)
        return tuple(words(rule, chance.randrange(2)) for rule in rules)

    def _rule(self, chance: random.Random, failing: Sequence[str]) -> Rule:
        if chance.random() < self.setting.favourites:
            return chance.choice(self._favourites)
        topic, draw = chance.choice(failing), chance.random()
        if draw < self.setting.desk:
            return Rule("desk", topic)
        if draw < self.setting.desk + self.setting.doubt:
            return Rule("doubt", topic)
        return Rule("habit", topic, chance.choice(HABITS))

    @cached_property
    def _favourites(self) -> tuple[Rule, Rule]:
        chance = random.Random(f"favourites {self.seed}")
        doubt, habit = chance.sample(TOPICS, 2)
        return Rule("doubt", doubt), Rule("habit", habit, chance.choice(HABITS))


def words(rule: Rule, wording: int = 0) -> str:
    """A rule as a sentence."""
    return WORDINGS[rule.kind][wording].format(topic=rule.topic, habit=rule.habit)


def rules_in(text: str) -> frozenset[Rule]:
    """The rules that a text holds, in whatever words."""
    return frozenset(rule for said, rule in _sentences().items() if said in text)


@cache
def _sentences() -> dict[str, Rule]:
    return {words(rule, wording): rule for rule in _all_rules() for wording in range(2)}


def _all_rules() -> Iterable[Rule]:
    for topic in TOPICS:
        yield Rule("desk", topic)
        yield Rule("doubt", topic)
        yield from (Rule("habit", topic, habit) for habit in HABITS)


def _letters(world: World, split: str, count: int, first: int) -> list[Letter]:
    chance = random.Random(f"letters {world.name} {world.seed} {split}")
    topics = [TOPICS[number % len(TOPICS)] for number in range(count)]
    chance.shuffle(topics)
    return [
        _letter(world, chance, split, first + place, topic) for place, topic in enumerate(topics)
    ]


def _letter(world: World, chance: random.Random, split: str, number: int, topic: str) -> Letter:
    text = f"Letter {number} about {topic}: {' '.join(chance.sample(FILLER, 9))}."
    ease, draw = chance.uniform(-1, 1), chance.random()
    stubborn = draw < world.setting.stubborn
    easy = not stubborn and draw < world.setting.stubborn + world.setting.easy
    return Letter(number, split, topic, text, ease, stubborn, easy)


def _uniform(*names: object) -> float:
    return int(text_hash(repr(names))[:13], 16) / 16**13
