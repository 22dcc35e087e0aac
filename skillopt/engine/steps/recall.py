"""Ask the ledger what it knows that matters now: for the screen, and for the optimizer to read."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.history.digest import Now, search_digest
from skillopt.core.history.recall import (
    Recall,
    Topic,
    about_keys,
    failures_text,
    same_keys,
)
from skillopt.core.history.run import Round
from skillopt.core.history.search import Search
from skillopt.core.history.warm_start import accepted_elsewhere
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.lessons import telling
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.reopening import Failing, failing_now
from skillopt.core.proposals.screen import Known
from skillopt.core.skill.changes import changes_of, statements
from skillopt.core.skill.places import place_name
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext, Setup

MOST_TOPICS = 8
"""Sections and criteria that a digest asks for."""

MOST_CANDIDATES = 72
"""Refusals among which a digest chooses."""

MOST_ACCEPTED = 24
"""Accepted proposals of earlier runs and of siblings that a digest looks at: the newest."""

MOST_TALLIES = 40
"""Ideas that a digest counts."""

MOST_ROUNDS = 48
"""Decided rounds of a skill that are looked at for what its tasks and critiques tell."""

LEAST_QUOTED = 12
"""Characters of a statement that a critique must repeat to be about its section."""


async def known_refusals(
    context: RunContext, proposal: Proposal, *, incumbent: Skill, failing: Failing | None
) -> Known:
    """The refusals that may be of the same edits or the same idea; none without conditioning."""
    conditioning = context.settings.conditioning
    if not conditioning.enabled:
        return Known()
    changes = changes_of(incumbent, proposal.edits)
    keys = same_keys(context.skill_id, context.fact, proposal, changes)
    return Known(
        refusals=await context.ledger.recalled(Recall(keys)),
        run=context.run,
        context=context.fact,
        likeness=conditioning.likeness,
        failing=failing,
        reopen=conditioning.reopen,
    )


async def telling_tasks(context: Setup, incumbent: Skill) -> tuple[str, ...]:
    """Train tasks that tell how to repair refused candidates; none without lessons."""
    conditioning = context.settings.conditioning
    if not (conditioning.enabled and conditioning.lessons):
        return ()
    known = await context.ledger.recalled(Recall(about_keys(context.skill_id, Topic())))
    return telling(known, skill=incumbent, context=context.fact)


async def earlier_rounds(context: Setup) -> tuple[Round, ...]:
    """The newest decided rounds of the skill, of all runs, oldest first."""
    return await context.ledger.newest_rounds(context.skill_id, most=MOST_ROUNDS)


async def search_so_far(
    context: Setup,
    search: Search,
    *,
    run: str | None,
    incumbent: Skill,
    topic: Topic,
    observations: Sequence[Observation] = (),
) -> str:
    """The digest that the optimizer reads, exactly as it is sent; "" without conditioning."""
    conditioning = context.settings.conditioning
    if not conditioning.enabled:
        return ""
    siblings = await context.ledger.skills_named(conditioning.siblings)
    skills = tuple(dict.fromkeys((context.skill_id, *siblings)))
    keys = tuple(key for skill in skills for key in about_keys(skill, topic))
    now = Now(
        skill=incumbent,
        skill_id=context.skill_id,
        run=run,
        context=context.fact,
        line=search.line,
        topic=topic,
        reopen=conditioning.reopen,
        shown={one.task: one.rollout for one in observations} if conditioning.lessons else None,
    )
    if conditioning.warm_start:
        earlier = await context.ledger.accepted(skills, most=MOST_ACCEPTED)
        ancestors = {incumbent.digest, *(step.version for step in search.line)}
        ancestors |= {context.first.digest} if isinstance(context, RunContext) else set()
        proven = accepted_elsewhere(earlier, run=run, versions=ancestors)
        now = now._replace(proven=proven)
    return search_digest(
        await context.ledger.recalled(Recall(keys, most=MOST_CANDIDATES)),
        await context.ledger.tallies(skills, most=MOST_TALLIES),
        now=now,
    )


def topic_of(
    skill: Skill, observations: Sequence[Observation], critiques: Sequence[Critique]
) -> Topic:
    """What the current failures are about: criteria they miss, sections that are spoken of."""
    missed = {line.partition(":")[0] for seen in observations for line in seen.feedback}
    failures = failures_text(critiques)
    return Topic(
        sections=_sections_named(skill, failures)[:MOST_TOPICS],
        criteria=tuple(sorted(missed))[:MOST_TOPICS],
        failures=failures,
        failing=failing_now(observations),
    )


def _sections_named(skill: Skill, critiques: str) -> tuple[str, ...]:
    """The sections of which the critiques repeat a heading or a statement."""
    plain = " ".join(critiques.split())
    found: list[str] = []
    for file, document in skill.documents.items():
        for section in document.sections:
            text = document.text[section.content_start : section.span.end]
            quoted = (said for said in statements(text) if len(said) >= LEAST_QUOTED)
            if any(said in plain for said in (f"“{section.path[-1]}”", *quoted)):
                found.append(place_name(file, section.path))
    return tuple(reversed(found))  # inner sections come after the ones around them
