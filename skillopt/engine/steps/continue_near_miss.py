"""Continue a near miss where the optimizer has nothing better."""

from __future__ import annotations

from skillopt.core.history.near_miss import NOTHING_BETTER, to_continue
from skillopt.core.history.search import Search
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.proposals.screen import Known, Screened, screen, screen_content
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.screen_proposal import Screening, refused_try
from skillopt.engine.steps.select_candidate import Selection


def or_near_miss(
    context: TuningContext,
    search: Search,
    selection: Selection,
    *,
    incumbent: Skill,
    budget: EditBudget,
) -> Selection:
    """The selection, or the best near miss on ``incumbent`` where it holds nothing new.

    Args:
        context: the run.
        search: where it stands, with its near misses.
        selection: what the screen left of the round's proposals.
        incumbent: the version to beat.
        budget: the bounds of this round.
    """
    chosen, settings = selection.chosen, context.settings
    on = settings.conditioning.near_misses and settings.gate.no_worse_than is None
    if not on or not _holds_nothing_new(chosen):
        return selection
    near = to_continue(
        search.near_misses,
        parent=incumbent.digest,
        kind=settings.gate.kind,
        steady=context.deterministic or search.memory.noise.absent,
    )
    for one in near:
        # It has passed the screen; what it is known for is the contest that goes on.
        scope = context.edit_scope
        found = screen(one.proposal, skill=incumbent, budget=budget, known=Known(), scope=scope)
        found = screen_content(
            found, incumbent=incumbent, first=context.first, policy=settings.content_policy
        )
        if isinstance(found, Candidate):
            again = found.model_copy(update={"retests": one.retests})
            assert isinstance(chosen.result, Screened)
            tried = refused_try(chosen.proposal, chosen.result, repaired=chosen.repaired)
            screening = Screening(one.proposal, False, tried, again)
            return selection._replace(chosen=screening, continues=one)
    return selection


def _holds_nothing_new(chosen: Screening) -> bool:
    return isinstance(chosen.result, Screened) and chosen.result.code in NOTHING_BETTER
