"""The next step that shortens the skill, by what the ledger knows of its rules."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

from skillopt.core.history.rule_record import rule_record
from skillopt.core.history.search import Search
from skillopt.core.history.shrunk import is_due, margin_left
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rule_order import Known
from skillopt.core.proposals.shrinking import shrinking
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.context import RunContext, TuningContext
from skillopt.engine.steps.recall import earlier_rounds
from skillopt.engine.steps.run_contest import gate_tasks


async def next_shrinking(context: RunContext, skill: Skill) -> Draft:
    """A deletion or a merge that this run has not tried; no edits where none is left.

    Args:
        context: a run that shrinks its first version.
        skill: what has come of that so far.
    """
    rounds = await context.ledger.rounds(context.run)
    return shrinking(
        context.first,
        skill,
        tried={round_.proposal.edits for round_ in rounds if round_.proposal},
        known=Known(
            record=rule_record(await earlier_rounds(context)),
            tasks=context.validation_set.split("train"),
        ),
    )


class Shortened(NamedTuple):
    """What a round works with that shortens the skill, in a run that learns as well."""

    context: TuningContext
    """As of a run that shrinks the last version that was accepted for a gain."""
    search: Search
    """With the record of that version."""


async def shortening(
    context: TuningContext,
    search: Search,
    incumbent: Skill,
    *,
    is_idle: Callable[[], Awaitable[bool]],
) -> Shortened | None:
    """What the next round works with where it is to shorten the skill; None where it is not.

    It is not on a branch, nor where nothing is left to delete or to merge, nor where the validation
    tasks are too few to show that no more than the rest of the margin is lost.

    Args:
        context: the run.
        search: where it stands.
        incumbent: its version.
        is_idle: tells whether nothing is left to fix; asked where it is not the round's turn.
    """
    settings, number = context.settings, len(search.past) + 1
    if settings.shrink_every is None or search.head is not None:
        return None
    if not is_due(settings, number=number, silent=search.silent) and not await is_idle():
        return None
    anchor = search.shrunk.anchor
    book = search.shelf[anchor].book if anchor else search.book
    tasks = gate_tasks(context.validation_set.split("validation"), book)
    margin = margin_left(settings, search.shrunk, tasks=tasks)
    if margin is None:
        return None
    own = settings.shrinking(margin)
    first = await context.version(anchor) if anchor else incumbent
    fact = content_hash([context.fact, own.gate.model_dump(mode="json")])
    shrinking_ = replace(context, first=first, settings=own, fact=fact)
    if not (await next_shrinking(shrinking_, incumbent)).edits:
        return None
    return Shortened(shrinking_, search.model_copy(update={"book": book}))
