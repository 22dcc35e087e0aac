"""Critiques of earlier rounds, verbatim: of the very rollout that is shown again, and of its like.

An unchanged version gives the same answers, and why they are wrong need not be asked twice. Another
version may fail alike: then the optimizer reads what was said of that, which proposal answered it,
and whether it was accepted (Reflexion: keep diagnoses uncompressed, tied to a clear signal).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.history.run import AcceptedRound, RefusedRound, Round
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.quoting import json_text
from skillopt.core.skill.wording import wording

MOST_ALIKE = 8
"""Earlier critiques that are shown."""

LEAST_ALIKE = 0.5
"""Share of the words of a critique's quote, or of its cause, that a failure has to be like it."""

LARGEST = 4000
"""Characters of the earlier critiques that are shown."""

_MOST_COMPARED = 200
"""Earlier critiques that are compared with the failures, the newest."""


class Settled(NamedTuple):
    """Which of the rollouts shown need no new critique."""

    critiques: tuple[Critique, ...] = ()
    """What was said of them, under the ids that they have now."""
    rollouts: frozenset[str] = frozenset()
    """Their ids; not every one of them had a critique."""


def settled(rounds: Sequence[Round], shown: Sequence[str]) -> Settled:
    """What earlier rounds settle of the rollouts that are shown.

    Args:
        rounds: decided rounds, oldest first.
        shown: digests of the rollouts' keys, in the order in which they are shown.
    """
    known: dict[str, tuple[Critique, ...]] = {}
    for round_ in rounds:
        if not round_.critiques:
            continue
        for place, key in enumerate(round_.rollouts, start=1):
            said = tuple(one for one in round_.critiques if one.rollout == f"r{place}")
            if said or key not in known:
                known[key] = said
    found: list[Critique] = []
    for place, key in enumerate(shown, start=1):
        found += [one.model_copy(update={"rollout": f"r{place}"}) for one in known.get(key, ())]
    ids = frozenset(f"r{place}" for place, key in enumerate(shown, start=1) if key in known)
    return Settled(tuple(found), ids)


def earlier_critiques(
    rounds: Sequence[Round], observations: Sequence[Observation], *, told: Sequence[Critique] = ()
) -> str:
    """Critiques of other rollouts that failed like those shown, as JSON lines; "" for none.

    Args:
        rounds: decided rounds, oldest first.
        observations: what is shown now.
        told: critiques that are shown anyway.
    """
    failures = [
        f"{one.input} {' '.join(one.feedback)}"[:2000] for one in observations if not one.passed
    ]
    near = [
        (max((_likeness(critique, text) for text in failures), default=0.0), round_, critique)
        for round_, critique in _said_once(rounds, told)[:_MOST_COMPARED]
    ]
    near.sort(key=lambda each: -each[0])
    lines: list[str] = []
    room = LARGEST
    for likeness, round_, critique in near[:MOST_ALIKE]:
        line = _line(round_, critique)
        if likeness >= LEAST_ALIKE and len(line) < room:
            lines.append(line)
            room -= len(line) + 1
    return "\n".join(lines)


def _said_once(rounds: Sequence[Round], told: Sequence[Critique]) -> list[tuple[Round, Critique]]:
    """The critiques that are not ``told``, the newest first, each cause once."""
    seen = {(critique.criterion, critique.cause) for critique in told}
    found: list[tuple[Round, Critique]] = []
    for round_ in reversed(rounds):
        for critique in round_.critiques:
            if (critique.criterion, critique.cause) not in seen:
                seen.add((critique.criterion, critique.cause))
                found.append((round_, critique))
    return found


def _likeness(critique: Critique, failure: str) -> float:
    return max(_within(critique.quote, failure), _within(critique.cause, failure))


def _within(said: str, failure: str) -> float:
    """Share of the words of what was said that the failure has, too."""
    words = set(wording(said).words)
    return len(words & set(wording(failure).words)) / len(words) if words else 0.0


def _line(round_: Round, critique: Critique) -> str:
    """The critique, and the verdict on the proposal that answered it: of the gate only one bit."""
    said = critique.model_dump(mode="json", exclude={"rollout"})
    if answered(round_, critique):
        idea = round_.proposal.draft.idea if round_.proposal else ""
        said |= {"answered_by": idea, "verdict": _verdict(round_)}
    return json_text(said)


def answered(round_: Round, critique: Critique) -> bool:
    """Whether the round's proposal says that it answers the critique."""
    if round_.proposal is None:
        return False
    draft = round_.proposal.draft
    place = round_.critiques.index(critique) + 1 if critique in round_.critiques else 0
    return f"c{place}" in draft.critiques or critique.rollout in draft.rollouts


def _verdict(round_: Round) -> str:
    match round_.decision:
        case AcceptedRound():
            return "accepted"
        case RefusedRound(verdict=verdict):
            return "refused" if verdict is None or verdict.outcome != "inconclusive" else "open"
