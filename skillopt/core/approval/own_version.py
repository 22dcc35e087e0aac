"""A person's own version of what waits: the SKILL.md as they want it, as edits of the incumbent."""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.proposal import Candidate, Draft, Proposal
from skillopt.core.proposals.rewriting import LARGEST_BODY, Rewrite, draft_of, unbounded
from skillopt.core.proposals.screen import Known, Screened, screen, screen_content
from skillopt.core.replies import BadReply
from skillopt.core.skill.edit import Describe, Edit, Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD
from skillopt.errors import InputError


class Waits(NamedTuple):
    """What waits."""

    proposal: Proposal
    parent: Skill
    """The incumbent."""
    skill: Skill
    """The version that it makes."""


def own_version(waits: Waits, text: str, *, settings: LoopSettings) -> Candidate:
    """What waits, with ``text`` as its SKILL.md; edits of other files stay as they were proposed.

    What can be checked without the tasks is checked here; the run screens and tests it in full.

    Args:
        waits: the proposal that waits, and its versions.
        text: the SKILL.md as the person wants it.
        settings: the run's.

    Raises:
        InputError: nothing was changed, or the text changes what no edit may.
    """
    parent = waits.parent
    own = Skill(text=parent.with_own_newlines(text))
    if own.text == waits.skill.text:
        raise InputError("the edited text is the one that waits; approve it without --edit")
    if own.text == parent.text:
        raise InputError("the edited text is that of the incumbent; refuse the proposal instead")
    draft = waits.proposal.draft
    said = {"idea": draft.idea, "criteria": draft.criteria}
    edits = (*_kept(waits, own), *_of_body(own, parent))
    proposal = Proposal(parent=parent.digest, draft=Draft(**said, edits=edits))
    return _screened(proposal, parent, settings)


def _kept(waits: Waits, own: Skill) -> tuple[Edit, ...]:
    """The proposed edits of other files, and of the description where that is as proposed."""
    as_proposed = own.front_matter == waits.skill.front_matter
    if not as_proposed and own.front_matter != waits.parent.front_matter:
        raise InputError(
            "the edited text has another front matter than the incumbent and the proposal; "
            "edit only what comes after it"
        )
    return tuple(
        edit
        for edit in waits.proposal.edits
        if (as_proposed if isinstance(edit, Describe) else edit.file != SKILL_MD)
    )


def _of_body(own: Skill, parent: Skill) -> tuple[Edit, ...]:
    body = own.text[own.body.start : own.body.end]
    if len(body) > LARGEST_BODY:
        raise InputError(f"a body of {len(body)} characters; an edit has at most {LARGEST_BODY}")
    try:
        return draft_of(Rewrite(idea="", body=body), parent).edits
    except BadReply as error:
        raise InputError(f"the edited text cannot be used: {error}") from None


def _screened(proposal: Proposal, parent: Skill, settings: LoopSettings) -> Candidate:
    made = apply(parent, proposal.edits)
    if isinstance(made, Misfit):
        raise InputError(f"the edited text cannot be used: {made.detail}")
    screened = screen(
        proposal,
        skill=parent,
        budget=unbounded(settings.budget.widest(parent)),
        known=Known(),
        scope=settings.edit_scope,
    )
    screened = screen_content(
        screened, incumbent=parent, first=parent, policy=settings.content_policy
    )
    if isinstance(screened, Screened):
        raise InputError(
            f"the edited text does not pass the screen: {screened.reason} ({screened.code})"
        )
    return screened
