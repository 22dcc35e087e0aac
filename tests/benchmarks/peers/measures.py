"""What a run cost and what it was worth: from the server's log and the world's truth, by no tool's word.

What a tool says counts in three places: which text it returns, which texts were its best one on the way
(when, the log tells), and the gain it claims.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rapidfuzz.distance import Indel

from skillopt.core.value import Value
from tests.benchmarks.peers.world import Rule, World, rules_in

SHARES = (0.5, 0.8)
"""Of the gain that could be had."""


class Call(Value):
    """A call as the server answered it."""

    role: str
    kind: str
    rules: tuple[Rule, ...]
    """Of the skill in the prompt."""
    task: int | None
    split: str | None
    asked: str
    """Digest of the messages."""


class Outcome(Value):
    """What a tool returns."""

    final: str
    """The text it says to use."""
    best: tuple[str, ...]
    """The texts that were its best one, the first version first."""
    kept: tuple[str, ...]
    """Every text that it accepted, whether its best or not."""
    claimed: float
    """The gain it reports, as a share of 1."""


class Figures(Value):
    """One run."""

    target: int
    """Calls of the target."""
    optimizer: int
    over: int
    """Calls beyond the budget."""
    true_first: float
    true_final: float
    true_best: float
    """With every desk known and nothing else."""
    claimed: float
    half: int | None
    """Calls when half of the gain that could be had was had; None: never."""
    most: int | None
    """Likewise four fifths."""
    proposals: int
    """Candidates that were evaluated."""
    repeated: int
    """Of them, those that add what was evaluated and refused before."""
    repaid: int
    """Target calls for those."""
    changed: int
    """Characters removed and added between the first version and the final text."""
    per_proposal: float
    """Rules that a candidate adds."""

    @property
    def gain(self) -> float:
        """The true gain."""
        return self.true_final - self.true_first


class Killed(Value):
    """What a kill costs."""

    at: int
    """The call at which it was killed."""
    again: int
    """Calls after the restart that had been answered before, beyond those of a run without a kill."""
    calls: int
    """In all, killed and resumed."""
    without: int
    """Of the run without a kill."""
    gain: float
    gain_without: float


class Evaluated(Value):
    """A candidate's calls between two proposals."""

    rules: frozenset[Rule]
    added: frozenset[Rule]
    calls: int
    last: int
    """Place of the last validation call, from 1; of the last one where there is none."""


def figures(
    world: World, calls: Sequence[Call], outcome: Outcome, *, budget: int, all_count: bool
) -> Figures:
    """A run's figures.

    Args:
        world: what was played.
        calls: in the order in which they came.
        outcome: what the tool returned.
        budget: the limit it was given.
        all_count: whether its limit counts the optimizer's calls too.
    """
    target = sum(call.role == "target" for call in calls)
    counted = len(calls) if all_count else target
    first, final = world.first, rules_in(outcome.final)
    tried = evaluated(calls, first)
    kept = {rules_in(text) for text in outcome.kept}
    repeats = repeated(tried, kept)
    gain = world.best - world.truth(first)
    half, most = (reached(world, tried, outcome, gain * share) for share in SHARES)
    return Figures(
        target=target,
        optimizer=len(calls) - target,
        over=max(0, counted - budget),
        true_first=world.truth(first),
        true_final=world.truth(final),
        true_best=world.best,
        claimed=outcome.claimed,
        half=half,
        most=most,
        proposals=len(tried),
        repeated=len(repeats),
        repaid=sum(one.calls for one in repeats),
        changed=Indel.distance(world.skill.strip(), outcome.final.strip()),
        per_proposal=sum(len(one.added) for one in tried) / max(1, len(tried)),
    )


def evaluated(calls: Sequence[Call], first: frozenset[Rule]) -> list[Evaluated]:
    """The candidates in the order in which they were run: texts that differ from the one edited."""
    base, known = first, {first}
    places = list(enumerate(calls, 1))
    tried: list[Evaluated] = []
    for targets, group in groupby(places, key=lambda place: place[1].role == "target"):
        stretch = list(group)
        if not targets:
            edited = [call.rules for _, call in stretch if call.kind == "proposal"]
            base = frozenset(edited[-1]) if edited else base
            known.add(base)
            continue
        seen = {frozenset(call.rules) for _, call in stretch if call.kind == "answer"}
        for rules in sorted(seen - {base}, key=sorted):
            own = [(at, call) for at, call in stretch if frozenset(call.rules) == rules]
            tested = [at for at, call in own if call.split == "validation"]
            if rules in known and not tested:
                continue
            tried.append(
                Evaluated(
                    rules=rules,
                    added=rules - base,
                    calls=len(own),
                    last=(tested or [own[-1][0]])[-1],
                )
            )
            known |= {rules} if tested else set()
    return tried


def repeated(tried: Sequence[Evaluated], kept: set[frozenset[Rule]]) -> list[Evaluated]:
    """Candidates that add exactly what an earlier candidate added that was not kept."""
    refused: set[frozenset[Rule]] = set()
    found = []
    for one in tried:
        if one.added and one.added in refused:
            found.append(one)
        if one.rules not in kept:
            refused.add(one.added)
    return found


def reached(world: World, tried: Sequence[Evaluated], outcome: Outcome, gain: float) -> int | None:
    """Calls until the tool's best text had that true gain; None: never, or there is none to be had."""
    if gain <= 0:
        return None
    enough = {
        rules
        for text in outcome.best[1:]
        if world.truth(rules := rules_in(text)) - world.truth(world.first) >= gain - 1e-9
    }
    last = {one.rules: one.last for one in tried}
    return min((last[rules] for rules in enough if rules in last), default=None)


def killed(
    whole: Sequence[Call], cut: Sequence[Call], at: int, *, gain: float, gain_without: float
) -> Killed:
    """What a kill at call ``at`` cost: ``cut`` is the killed and resumed run, ``whole`` the other."""
    return Killed(
        at=at,
        again=max(0, _asked_again(cut, at) - _asked_again(whole, at)),
        calls=len(cut),
        without=len(whole),
        gain=gain,
        gain_without=gain_without,
    )


def _asked_again(calls: Sequence[Call], at: int) -> int:
    before = {call.asked for call in calls[:at]}
    return sum(call.asked in before for call in calls[at:])
