"""Losers: the proposals of a round that did not go to the gate, each with its reason."""

from __future__ import annotations

from pydantic import Field

from skillopt.core.content.finding import Finding
from skillopt.core.proposals.angles import AngleName
from skillopt.core.proposals.comparison import Duel, told
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Screened, sections_touched
from skillopt.core.proposals.train_race import Place, Result
from skillopt.core.skill.changes import Change, SectionPrint, changes_of, section_print
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, is_empty


class Loser(Value):
    """A proposal that another one of its round was chosen over, or that did not get so far."""

    angle: AngleName | None
    """The side from which it was asked for; None for the first one, which is free."""
    proposal: Proposal | None
    """None where the optimizer's reply could not be read."""
    stage: Stage
    """`race` on train tasks, or where it was refused before that."""
    code: str
    """One word: the screen's, or of the race `worse`, `behind`, `tie`, `same`, `compared`."""
    reason: str
    candidate: str | None = None
    """Digest of the version it makes, where it fits."""
    score: float | None = None
    """Its mean in the race."""
    tasks: int = 0
    """Train tasks that it ran in the race."""
    sections: tuple[str, ...] = ()
    """The headings under which it would have written."""
    changes: tuple[Change, ...] = ()
    """What it would have changed, by statement."""
    prints: tuple[SectionPrint, ...] = ()
    """The sections it touches, as they were."""
    aims: tuple[str, ...] = Field(default=())
    """Ids of the train tasks it was meant to fix."""
    content: tuple[Finding, ...] = Field(default=(), exclude_if=is_empty)
    """What the content policy has found in its edits."""


def loser_of(
    incumbent: Skill,
    proposal: Proposal | None,
    lost: Screened,
    *,
    angle: AngleName | None,
    candidate: Candidate | None = None,
    place: Place | None = None,
    aims: tuple[str, ...] = (),
) -> Loser:
    """A loser as the ledger keeps it.

    Args:
        incumbent: the version that it was written for.
        proposal: None for a reply that could not be read.
        lost: where and why it went no further.
        angle: from which it was asked for.
        candidate: what it makes, where it fits.
        place: in the race, where it ran.
        aims: ids of the train tasks it was meant to fix.
    """
    sections = sections_touched(incumbent, proposal) if proposal else ()
    return Loser(
        angle=angle,
        proposal=proposal,
        stage=lost.stage,
        code=lost.code,
        reason=lost.reason,
        candidate=candidate.skill.digest if candidate else None,
        score=place.mean if place else None,
        tasks=place.tasks if place else 0,
        sections=sections,
        changes=changes_of(incumbent, proposal.edits) if proposal else (),
        prints=tuple(section_print(incumbent, heading) for heading in sections),
        aims=aims,
        content=candidate.content if candidate else lost.content,
    )


def race_lost(place: Place, result: Result) -> Screened:
    """Why the entrant at ``place`` did not win, in a sentence that the optimizer may read."""
    assert place.lost, "the winner has lost nothing"
    best = next(other for other in result.places if other.name == result.winner)
    scores = f"{_shown(place.mean)} on {place.tasks} train tasks, against {_shown(best.mean)}"
    said = {
        "worse": f"another proposal of this round did clearly better: {scores}",
        "behind": f"another proposal of this round did better: {scores}",
        "tie": f"another proposal of this round did as well and was preferred: {scores}",
    }
    return Screened(stage=Stage.RACE, code=place.lost, reason=said[place.lost])


def comparison_lost(found: Duel) -> Screened:
    """Why the candidate whose answers the judge did not prefer goes no further."""
    return Screened(stage=Stage.RACE, code="compared", reason=told(found))


def same_as_another() -> Screened:
    """Why a proposal that makes the same version as one before it does not run."""
    reason = "it makes the same version as another proposal of this round"
    return Screened(stage=Stage.RACE, code="same", reason=reason)


def _shown(mean: float | None) -> str:
    return "no score" if mean is None else f"{mean:.2f}"
