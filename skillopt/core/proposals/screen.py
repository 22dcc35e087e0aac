"""The screen: what is refused before any rollout is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.skill.changes import Change, changes_of, is_rewritten, section_of, section_print
from skillopt.core.skill.edit import Misfit, apply
from skillopt.core.skill.edit_budget import EditBudget, changed_chars, within
from skillopt.core.skill.similarity import DEFAULT_LIKENESS, likeness
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value


class Screened(Value):
    """A proposal that goes no further, and why."""

    stage: Stage
    code: str
    """`known` for the same edits, `alike` for the same idea in other words, or the misfit."""
    reason: str
    known: str | None = None
    """Id of the ledger's entry that refused the same edits, or the same idea, before."""


class Known(NamedTuple):
    """What a screen holds a proposal against."""

    refusals: Sequence[Refusal] = ()
    """Refusals that may be of the same edits or the same idea, oldest first."""
    run: str = ""
    """The run that asks."""
    context: str = ""
    """Digest of target, validation set and gate policy, as they are now."""
    likeness: float = DEFAULT_LIKENESS
    """From this likeness on it is the same idea."""


def screen(
    proposal: Proposal, *, skill: Skill, budget: EditBudget, known: Known
) -> Candidate | Screened:
    """The candidate that ``proposal`` makes of ``skill``, or why it goes no further.

    Args:
        proposal: what the optimizer wants.
        skill: the incumbent.
        budget: the bounds of this round.
        known: refusals that may be of the same idea. One that is stale, or was inconclusive, or
            never came to the gate, does not block.
    """
    found = known_refusal(proposal, skill=skill, known=known)
    if found:
        return found
    after = apply(skill, proposal.edits)
    misfit = (
        after
        if isinstance(after, Misfit)
        else within(budget, before=skill, after=after, edits=len(proposal.edits))
    )
    if misfit:
        return Screened(stage=Stage.FIT, code=misfit.reason.value, reason=_located(misfit))
    assert isinstance(after, Skill)
    changed = changed_chars(skill.text, after.text)
    return Candidate(proposal=proposal, skill=after, changed_chars=changed)


def known_refusal(proposal: Proposal, *, skill: Skill, known: Known) -> Screened | None:
    """What the newest entry says that refused these edits, or this idea, in this context."""
    blocking = [
        refusal
        for refusal in reversed(known.refusals)
        if refusal.blocks and not is_stale(refusal, skill=skill, context=known.context)
    ]
    wanted = proposal.edits_digest
    same = next((refusal for refusal in blocking if _same(refusal, wanted)), None)
    if same:
        return _told(same, known.run, code="known")
    changes = changes_of(skill, proposal.edits)
    alike = (refusal for refusal in blocking if _alike(refusal, changes, known.likeness))
    near = next(alike, None)
    return _told(near, known.run, code="alike") if near else None


def is_stale(refusal: Refusal, *, skill: Skill, context: str) -> bool:
    """Whether what the refusal is a fact about has changed: it informs then, and blocks nothing.

    That is the target and its settings, the validation set, the gate's policy, and the sections it
    touched: one is another section when at most half of the statements it had are still there.
    """
    return refusal.context != context or any(
        is_rewritten(then, section_print(skill, then.heading)) for then in refusal.prints
    )


def sections_touched(skill: Skill, proposal: Proposal) -> tuple[str, ...]:
    """The innermost headings under which the edits write; "" stands for above the first."""
    return tuple(dict.fromkeys(section_of(skill, edit) for edit in proposal.edits))


def _same(refusal: Refusal, edits_digest: str) -> bool:
    return refusal.proposal.edits_digest == edits_digest


def _alike(refusal: Refusal, changes: Sequence[Change], least: float) -> bool:
    return likeness(refusal.changes, changes) >= least


def _told(refusal: Refusal, run: str, *, code: str) -> Screened:
    """The pointer to the entry. Its own reason has the gate's numbers in it; this one is shown."""
    what = "the same edits were" if code == "known" else "the same idea, in other words, was"
    alone = "" if refusal.part is None else ", in a bundle and alone"
    where = "this run" if refusal.run == run else f"run {refusal.run}"
    idea = refusal.proposal.draft.idea
    reason = f"{what} refused before, in round {refusal.number} of {where}{alone}: {idea}"
    return Screened(stage=Stage.SCREEN, code=code, reason=reason, known=refusal.id)


def _located(misfit: Misfit) -> str:
    return misfit.detail if misfit.edit is None else f"edit {misfit.edit}: {misfit.detail}"
