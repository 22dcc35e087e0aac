"""Which skill of a library gets the next round: that of the highest expected gain for its spend.

A pure function of what the rounds so far have gained and taken, so that a command that was killed
goes on as it would have. The expected gain of a skill's next round is

    share x room left x decay ** (rounds in a row without an acceptance)

where *share* is the part of the room that a round of the skill closes: the mean over its rounds,
shrunk to the mean of the library as if the skill had had further rounds with that mean. The library
is the prior (empirical Bayes), and says how many: few where its skills differ in how often a round
of theirs is accepted, many where they do not (:func:`prior_rounds`). What a round takes is
shrunk alike, to the skill's size at the rate of the library. No skill starves: :data:`FLOOR` of all
rounds is dealt out evenly, to those that have had the fewest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.value import content_hash

FEWEST, USUAL, MOST = 1.0, 2.0, 10.0
"""Rounds that the library's mean counts for beside a skill's own: the bounds, and what holds where
nothing is known yet of how its skills differ."""
COMPARABLE = 3
"""Skills with rounds that it takes to know that."""
FIRST_SHARE = 0.1
"""Share of the room that a round is expected to close where no skill has had any; worth a round."""
DECAY = 0.9
"""What a round without an acceptance leaves of the expected gain, beside its place in the mean."""
FLOOR = 0.25
"""Share of all rounds that is dealt out evenly."""


class SkillRecord(NamedTuple):
    """A skill, as far as its rounds go."""

    name: str
    size: float
    """Its validation tasks: what its rounds take is expected to be in proportion."""
    score: float
    """Of its first version, from 0 to 1."""
    gains: tuple[float, ...] = ()
    """What each round added to the score; 0 where nothing was accepted."""
    spent: tuple[float, ...] = ()
    """What each round took, in the unit of the budget."""
    is_open: bool = True
    """It takes further rounds."""

    @property
    def room(self) -> float:
        """What its score still lacks."""
        return max(0.0, 1 - self.score - sum(self.gains))


class Outlook(NamedTuple):
    """What is expected of a skill's next round."""

    name: str
    rounds: int
    """Those that it has had."""
    gain: float
    """Of the score, from 0 to 1."""
    spend: float
    """In the unit of the budget; 0 where nothing is known."""

    @property
    def rate(self) -> float:
        """Gain for its spend; where no spend is known yet, the gain alone."""
        return self.gain / self.spend if self.spend > 0 else self.gain


def next_skill(
    records: Sequence[SkillRecord], *, room: float | None = None, seed: int = 0
) -> str | None:
    """The name of the skill that gets the next round; None where none can have one.

    Args:
        records: every skill of the library, in any order, those included that are done.
        room: what is left of the budget for rounds; None for no limit.
        seed: decides between skills of which the same is expected.
    """
    outlooks = outlooks_of(records)
    able = [one for one in outlooks if room is None or one.spend <= room]
    if not able:
        return None
    owed = [one for one in able if one.rounds < FLOOR * (_rounds(records) / len(records) + 1)]
    fewest = min((one.rounds for one in owed), default=0)
    among = [one for one in owed if one.rounds == fewest] or able
    return min(among, key=lambda one: (-one.rate, content_hash([seed, one.name]))).name


def outlooks_of(records: Sequence[SkillRecord]) -> tuple[Outlook, ...]:
    """What is expected of the skills that take further rounds, in the order of ``records``."""
    rounds = _rounds(records)
    shares = {record.name: _shares(record) for record in records}
    # Sums of floats depend on their order; sorted, they do not depend on that of the skills.
    closed = sum(sorted(sum(found) for found in shares.values()))
    mean = (closed + FIRST_SHARE) / (rounds + 1)
    prior = prior_rounds(records)
    expected = sum(sorted(record.size * len(record.spent) for record in records))
    pace = sum(sorted(sum(record.spent) for record in records)) / expected if expected else 0.0
    return tuple(
        Outlook(
            name=record.name,
            rounds=len(record.gains),
            gain=_shrunk(shares[record.name], mean, prior) * record.room * DECAY ** _idle(record),
            spend=_shrunk(record.spent, pace * record.size, USUAL) if expected else 0.0,
        )
        for record in records
        if record.is_open
    )


def prior_rounds(records: Sequence[SkillRecord]) -> float:
    """How many rounds of its own a skill needs to count as much as the library's mean.

    For acceptances that are beta-binomial it is the sum of the two parameters of the prior, here by
    the method of moments, with each skill weighted by its rounds.
    """
    counts = sorted((sum(gain > 0 for gain in one.gains), len(one.gains)) for one in records)
    tried = [(hits, rounds) for hits, rounds in counts if rounds]
    total = sum(rounds for _, rounds in tried)
    if len(tried) < COMPARABLE or total == len(tried):
        return USUAL
    mean = sum(hits for hits, _ in tried) / total
    chance = mean * (1 - mean)
    around = sum(rounds * (hits / rounds - mean) ** 2 for hits, rounds in tried)
    weight = total - sum(rounds**2 for _, rounds in tried) / total
    between = (around - (len(tried) - 1) * chance) / weight
    return MOST if between <= 0 else min(MOST, max(FEWEST, chance / between - 1))


def _rounds(records: Sequence[SkillRecord]) -> int:
    return sum(len(record.gains) for record in records)


def _shrunk(own: Sequence[float], mean: float, prior: float) -> float:
    return (sum(own) + prior * mean) / (len(own) + prior)


def _shares(record: SkillRecord) -> list[float]:
    """The part of the room that each round has closed."""
    room, shares = max(0.0, 1 - record.score), []
    for gain in record.gains:
        shares.append(min(1.0, max(0.0, gain / room)) if room > 0 else 0.0)
        room = max(0.0, room - gain)
    return shares


def _idle(record: SkillRecord) -> int:
    """Rounds in a row, up to now, without an acceptance."""
    idle = 0
    for gain in reversed(record.gains):
        if gain > 0:
            break
        idle += 1
    return idle
