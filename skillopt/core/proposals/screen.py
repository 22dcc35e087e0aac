"""The screen: what is refused before any rollout is paid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from skillopt.core.content.finding import Finding, why_not
from skillopt.core.content.policy import ContentPolicy
from skillopt.core.evaluation.leak_index import LeakIndex
from skillopt.core.figures import clipped
from skillopt.core.proposals.idea_leaks import leaks_in_idea
from skillopt.core.proposals.leak import Leak, LeakPolicy, is_held_out, leaks, reason
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Refusal, Stage
from skillopt.core.proposals.reopening import Failing, reason_to_retest
from skillopt.core.skill.changes import changes_of, is_rewritten, section_of, section_print
from skillopt.core.skill.edit import Edit, Misfit, MisfitReason, apply
from skillopt.core.skill.edit_budget import EditBudget, changed_in_all, within
from skillopt.core.skill.edit_scope import LEAST_SCOPE, EditScope, out_of_scope
from skillopt.core.skill.links import new_dead_link
from skillopt.core.skill.repeats import Repeat, first_repeat
from skillopt.core.skill.similarity import DEFAULT_SIMILARITY, similarity
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value

LONGEST_LINE = 200
"""Characters of a repeated line that a refusal quotes."""


class Screened(Value):
    """A proposal that goes no further, and why."""

    stage: Stage
    code: str
    """`known` for the same edits, `alike` for the same idea in other words, `repeated` for a
    statement that the skill has already, `leak` for text of tasks or checks, `content` for what the
    content policy refuses or holds, or the misfit."""
    reason: str
    known: str | None = None
    """Id of the ledger's entry that refused the same edits, or the same idea, before."""
    leaks: tuple[Leak, ...] = ()
    """What of tasks and checks the edits carry."""
    content: tuple[Finding, ...] = ()
    """What the content policy has found."""

    @property
    def can_be_repaired(self) -> bool:
        """Whether the optimizer gets a second try: not at what it knows of held-out tasks."""
        return self.code != MisfitReason.NO_EDITS and not is_held_out(self.leaks)


class Known(NamedTuple):
    """What a screen compares a proposal with."""

    refusals: Sequence[Refusal] = ()
    """Refusals that may be of the same edits or the same idea, oldest first."""
    run: str = ""
    """The run that asks."""
    context: str = ""
    """Digest of target, validation set and gate policy, as they are now."""
    likeness: float = DEFAULT_SIMILARITY
    """Similarity at which two proposals are the same idea."""
    failing: Failing | None = None
    """What fails with the incumbent; None where nobody knows."""
    reopen: bool = True
    """Whether a rejection may be tested again once the incumbent has moved."""


class Earlier(NamedTuple):
    """The rejections of the same idea in this context."""

    entries: tuple[Refusal, ...] = ()
    """The same edits first, then the same idea in other words; newest first."""
    block: Screened | None = None
    """Set where the newest of them, or one on this version, still stands."""


def screen(
    proposal: Proposal,
    *,
    skill: Skill,
    budget: EditBudget,
    known: Known,
    scope: EditScope = LEAST_SCOPE,
) -> Candidate | Screened:
    """The candidate that ``proposal`` makes of ``skill``, or why it goes no further.

    Args:
        proposal: what the optimizer wants.
        skill: the incumbent.
        budget: the bounds of this round.
        known: refusals that may be of the same idea. One of another context, one that was
            inconclusive, or that never came to the gate, does not block.
        scope: what edits may touch.
    """
    earlier = earlier_rejections(proposal, skill=skill, known=known)
    if earlier.block:
        return earlier.block
    after = _applied(proposal.edits, skill, budget=budget, scope=scope)
    if isinstance(after, Misfit):
        return Screened(stage=Stage.FIT, code=after.reason.value, reason=_located(after))
    repeat = first_repeat(skill, after)
    if repeat:
        return Screened(stage=Stage.SCREEN, code="repeated", reason=_of_repeat(repeat))
    return Candidate(
        proposal=proposal,
        skill=after,
        changed_chars=changed_in_all(skill, after),
        retests=tuple(dict.fromkeys(entry.id for entry in earlier.entries)),
    )


def _applied(
    edits: tuple[Edit, ...], skill: Skill, *, budget: EditBudget, scope: EditScope
) -> Skill | Misfit:
    misfit = out_of_scope(skill, edits, scope)
    after = misfit or apply(skill, edits)
    if isinstance(after, Misfit):
        return after
    # Not in `apply`: what the ledger has accepted before there was this rule replays.
    dead = new_dead_link(skill, after)
    if dead:
        return Misfit(reason=MisfitReason.BROKEN_LINK, detail=dead)
    return within(budget, before=skill, after=after, edits=len(edits)) or after


def screen_leaks(
    screened: Candidate | Screened, *, before: Skill, index: LeakIndex, policy: LeakPolicy
) -> Candidate | Screened:
    """The candidate, or its refusal where it carries text of single tasks or checks.

    Args:
        screened: what :func:`screen` made of the proposal.
        before: the version whose text is no leak: in a run the first one, so that what several
            proposals carry in piece by piece is found.
        index: of the validation set.
        policy: what is screened.
    """
    if isinstance(screened, Screened):
        return screened
    found = leaks(before, screened.skill, index=index, policy=policy, edits=screened.proposal.edits)
    idea = screened.proposal.draft.idea
    found = found or leaks_in_idea(idea, screened.skill, index=index, policy=policy)
    if not found:
        return screened
    return Screened(stage=Stage.SCREEN, code="leak", reason=reason(found), leaks=found)


def screen_content(
    screened: Candidate | Screened, *, incumbent: Skill, first: Skill, policy: ContentPolicy
) -> Candidate | Screened:
    """The candidate with what is to be warned of, or its refusal by the content policy.

    Args:
        screened: what the screens before made of the proposal.
        incumbent: the version that it edits.
        first: the version that the run started from.
        policy: what is looked for, and what happens then.
    """
    if isinstance(screened, Screened):
        return screened
    # Its patterns take long to compile, and what only reads the ledger needs the shapes above.
    from skillopt.core.content.screening import content_added

    edits = screened.proposal.edits
    found = content_added(incumbent, screened.skill, first=first, policy=policy, edits=edits)
    if any(one.blocks for one in found):
        why = why_not(found)
        return Screened(stage=Stage.SCREEN, code="content", reason=why, content=found)
    return screened.model_copy(update={"content": found}) if found else screened


def screen_text(
    screened: Candidate | Screened,
    *,
    incumbent: Skill,
    first: Skill,
    index: LeakIndex,
    leak_policy: LeakPolicy,
    content_policy: ContentPolicy,
) -> Candidate | Screened:
    """The result of :func:`screen` after both looks at what the proposal's text says.

    Args:
        screened: what :func:`screen` made of the proposal.
        incumbent: the version that it edits.
        first: the version that the run started from, whose text is no leak and nothing added.
        index: of the validation set.
        leak_policy: see :func:`screen_leaks`.
        content_policy: see :func:`screen_content`.
    """
    screened = screen_leaks(screened, before=first, index=index, policy=leak_policy)
    return screen_content(screened, incumbent=incumbent, first=first, policy=content_policy)


def earlier_rejections(proposal: Proposal, *, skill: Skill, known: Known) -> Earlier:
    """What was rejected before of these edits, or this idea, in this context, and what blocks it.

    A rejection on the same version blocks. Otherwise the newest decides: it blocks unless there is
    a reason to test again (:func:`skillopt.core.proposals.reopening.reason_to_retest`).
    """
    rejected = [
        refusal
        for refusal in reversed(known.refusals)
        if refusal.blocks and refusal.context == known.context
    ]
    wanted = proposal.edits_digest
    same = [refusal for refusal in rejected if refusal.proposal.edits_digest == wanted]
    changes = changes_of(skill, proposal.edits) if len(same) < len(rejected) else ()
    alike = [
        refusal
        for refusal in rejected
        if refusal.proposal.edits_digest != wanted
        and similarity(refusal.changes, changes) >= known.likeness
    ]
    entries = (*same, *alike)
    if not entries:
        return Earlier()
    here = (entry for entry in entries if entry.proposal.parent == skill.digest)
    decisive = next(here, entries[0])
    if known.reopen and reason_to_retest(decisive, skill=skill, failing=known.failing):
        return Earlier(entries)
    code = "known" if decisive in same else "alike"
    return Earlier(entries, _blocked(decisive, known.run, code=code))


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


def _blocked(refusal: Refusal, run: str, *, code: str) -> Screened:
    """The pointer to the entry. Its own reason has the gate's numbers in it; this one is shown."""
    what = "the same edits were" if code == "known" else "the same idea, in other words, was"
    alone = "" if refusal.part is None else ", in a bundle and alone"
    where = "this run" if refusal.run == run else f"run {refusal.run}"
    idea = refusal.proposal.draft.idea
    reason = f"{what} rejected before, in round {refusal.number} of {where}{alone}: {idea}"
    return Screened(stage=Stage.SCREEN, code=code, reason=reason, known=refusal.id)


def _of_repeat(repeat: Repeat) -> str:
    where = f"under “{repeat.section}”" if repeat.section else "above the first heading"
    same = " ".join(repeat.added.split()) == " ".join(repeat.present.split())
    says = "" if same else f", which says the same as “{clipped(repeat.added, LONGEST_LINE)}”"
    return f"the skill already has the line “{clipped(repeat.present, LONGEST_LINE)}” {where}{says}"


def _located(misfit: Misfit) -> str:
    return misfit.detail if misfit.edit is None else f"edit {misfit.edit}: {misfit.detail}"
