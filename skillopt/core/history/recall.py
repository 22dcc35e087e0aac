"""Recall: which refusals a screen or a digest asks the ledger for, by keys that need only an index.

A ledger of any age answers in the same time: an entry is filed under a few 63-bit keys when it is
made, a question names the keys it wants and how many of the newest entries under each. What comes
back is then compared by the real measures; a key only has to bring the right entries along.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from skillopt.core.gate.harm import clearly_harmful
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Part, Refusal, Stage
from skillopt.core.proposals.reopening import Failing
from skillopt.core.skill.changes import Change
from skillopt.core.skill.similarity import similarity_keys, topic_keys
from skillopt.core.value import Value, key_of

MOST_FILED = 4
"""Sections and criteria of one entry that have keys."""

LONGEST_FAILURES = 1200
"""Characters of critiques that are kept with an entry."""


class Recall(NamedTuple):
    """A question to the ledger."""

    keys: tuple[int, ...]
    newest: int = 32
    """Entries that are looked at under each key: the newest."""
    most: int = 48
    """Entries that come back: those under most of the keys, of equals the newest."""


class Topic(NamedTuple):
    """What a digest is about."""

    sections: tuple[str, ...] = ()
    """Headings that the critiques speak of."""
    criteria: tuple[str, ...] = ()
    """Criteria that the failures miss."""
    failures: str = ""
    """How the target fails, in the words of the critiques."""
    failing: Failing | None = None
    """Tasks and criteria that fail; None where nobody knows."""


class Tally(Value):
    """How often one idea was refused at one stage."""

    skill_id: str
    stage: Stage
    outcome: str
    """`rejected` or `inconclusive`."""
    idea: str
    """Its name (:func:`skillopt.core.skill.similarity.idea_of`); "" for all ideas together."""
    example: str
    """The idea as it was first put."""
    count: int


def refusals_of(
    round_: Round, *, skill_id: str, skill_name: str, parts: Sequence[Part] = ()
) -> list[Refusal]:
    """What later proposals need of a refused round: the whole of it, then each edit refused alone.

    Nothing for a round that was accepted, that had no proposal, or that only repeated an entry.

    Args:
        round_: the round.
        skill_id: its skill.
        skill_name: what that was called then.
        parts: what an ablation has found since; otherwise the round's own.
    """
    decision, proposal = round_.decision, round_.proposal
    if not isinstance(decision, RefusedRound) or proposal is None:
        return []
    if decision.stage is Stage.SCREEN:
        return []
    known = tuple(parts) or round_.parts
    whole = Refusal(
        id=round_.id,
        skill_id=skill_id,
        skill_name=skill_name,
        run=round_.run,
        number=round_.number,
        stage=decision.stage,
        code=decision.code,
        reason=decision.reason,
        outcome=decision.outcome,
        proposal=proposal,
        context=round_.context,
        sections=round_.sections,
        changes=round_.changes,
        prints=round_.prints,
        aims=round_.aims,
        failures=failures_text(round_.critiques),
        train=round_.train,
        parts=known,
        harmful=_holds_on(decision),
    )
    return [whole, *parts_refused(whole, known)]


def _holds_on(decision: RefusedRound) -> bool:
    """Whether the refusal goes on to hold where the skill has moved: it did harm, or was a no."""
    if decision.stage is Stage.APPROVAL:
        return decision.code == "refused"
    return decision.verdict is not None and clearly_harmful(decision.verdict)


def counted_idea(round_: Round) -> str:
    """The idea under which a refused round is counted, for digests to tell.

    "" where there is no proposal, and where it carried text of tasks or checks, or what the content
    policy objects to: the idea may, too.
    """
    decision, proposal = round_.decision, round_.proposal
    leaked = isinstance(decision, RefusedRound) and bool(decision.leaks)
    return "" if proposal is None or leaked or round_.content else proposal.draft.idea


def losers_refused(round_: Round, *, skill_id: str, skill_name: str) -> list[Refusal]:
    """What later proposals need of the proposals that the round's own was chosen over.

    Nothing of one that had no edits, or that only repeated an entry.
    """
    return [
        Refusal(
            id=round_.id,
            skill_id=skill_id,
            skill_name=skill_name,
            run=round_.run,
            number=round_.number,
            stage=loser.stage,
            code=loser.code,
            reason=loser.reason,
            outcome="rejected",
            proposal=loser.proposal,
            context=round_.context,
            sections=loser.sections,
            changes=loser.changes,
            prints=loser.prints,
            aims=loser.aims,
            failures=failures_text(round_.critiques),
        )
        for loser in round_.losers
        if loser.proposal is not None and loser.proposal.edits and loser.stage is not Stage.SCREEN
    ]


def parts_refused(whole: Refusal, parts: Sequence[Part]) -> list[Refusal]:
    """The edits that were rejected alone, each as a refusal of its own."""
    several = len(whole.proposal.edits) > 1
    return [_alone(whole, part.edit) for part in parts if several and part.outcome == "rejected"]


def entry_keys(refusal: Refusal) -> tuple[int, ...]:
    """The keys a refusal is filed under."""
    keys: list[int] = []
    if refusal.blocks:
        keys += same_keys(refusal.skill_id, refusal.context, refusal.proposal, refusal.changes)
    if refusal.part is None:
        topic = Topic(
            sections=refusal.sections[:MOST_FILED],
            criteria=refusal.proposal.draft.criteria[:MOST_FILED],
            failures=refusal.failures,
        )
        keys += about_keys(refusal.skill_id, topic)
    return tuple(dict.fromkeys(keys))


def same_keys(
    skill_id: str, context: str, proposal: Proposal, changes: Sequence[Change]
) -> tuple[int, ...]:
    """Keys of refusals in this context that may be of the same edits or the same idea."""
    exact = key_of("exact", skill_id, context, proposal.edits_digest)
    return (exact, *similarity_keys(["alike", skill_id, context], changes))


def about_keys(skill_id: str, topic: Topic) -> tuple[int, ...]:
    """Keys of refusals of the skill, newest of all and those that have to do with ``topic``."""
    return (
        key_of("newest", skill_id),
        *(key_of("section", skill_id, name) for name in topic.sections),
        *(key_of("criterion", skill_id, name) for name in topic.criteria),
        *topic_keys(["failures", skill_id], topic.failures),
    )


def failures_text(critiques: Iterable[Critique]) -> str:
    """How the target failed, in the words of the critiques."""
    words = "\n".join(f"{critique.quote} {critique.cause}" for critique in critiques)
    return words[:LONGEST_FAILURES]


def _alone(whole: Refusal, index: int) -> Refusal:
    draft = whole.proposal.draft
    alone = draft.model_copy(update={"edits": (draft.edits[index],)})
    return whole.model_copy(
        update={
            "proposal": Proposal(parent=whole.proposal.parent, draft=alone),
            "changes": tuple(change for change in whole.changes if change.edit == index),
            "part": index,
            "parts": (),
            "harmful": False,  # the verdict was on the whole
        }
    )
