"""The screen: what is refused before any rollout is paid."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.budget import EditBudget, changed_chars, within
from skillopt.core.edit import Misfit, apply
from skillopt.core.proposal import Candidate, Proposal
from skillopt.core.refusal import Refusal, Stage
from skillopt.core.skill import Skill
from skillopt.core.value import Value


class Screened(Value):
    """A proposal that goes no further, and why."""

    stage: Stage
    code: str
    reason: str
    known: str | None = None
    """Id of the ledger's entry that refused the same edits before."""


def screen(
    proposal: Proposal,
    *,
    skill: Skill,
    budget: EditBudget,
    refusals: Sequence[Refusal],
    context: str,
) -> Candidate | Screened:
    """The candidate that ``proposal`` makes of ``skill``, or why it goes no further.

    Args:
        proposal: what the optimizer wants.
        skill: the incumbent.
        budget: the bounds of this round.
        refusals: every refusal of this skill, of this run and earlier ones.
        context: digest of target, validation set and gate policy. A refusal under another context,
            or one that was inconclusive, informs but does not block.
    """
    known = known_refusal(proposal, refusals, context=context)
    if known:
        # The entry's own reason has the gate's numbers in it, and this one goes to the optimizer.
        reason = f"the same edits were refused before, in round {known.number} of run {known.run}"
        return Screened(stage=Stage.SCREEN, code="known", reason=reason, known=known.id)
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


def known_refusal(
    proposal: Proposal, refusals: Sequence[Refusal], *, context: str
) -> Refusal | None:
    """The newest entry that says the gate rejected these very edits in this context."""
    wanted = proposal.edits_digest
    for refusal in reversed(refusals):
        blocks = refusal.stage is Stage.GATE and refusal.outcome == "rejected"
        if blocks and refusal.context == context and refusal.proposal.edits_digest == wanted:
            return refusal
    return None


def sections_touched(skill: Skill, proposal: Proposal) -> tuple[str, ...]:
    """The innermost headings under which the edits write; "" stands for above the first."""
    touched: list[str] = []
    for edit in proposal.edits:
        anchor = skill.as_written(edit.anchor)
        at = skill.text.find(anchor) if anchor else -1
        under = [part for part in skill.sections if part.span.start <= at < part.span.end]
        heading = " > ".join(under[-1].path) if under else " > ".join(edit.section)
        if heading not in touched:
            touched.append(heading)
    return tuple(touched)


def _located(misfit: Misfit) -> str:
    return misfit.detail if misfit.edit is None else f"edit {misfit.edit}: {misfit.detail}"
