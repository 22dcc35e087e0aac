"""What a person's decision makes of a round that waited: its end, or a version of the person's."""

from __future__ import annotations

from skillopt.core.approval.decision import Decision
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.history.search import Search, set_out_from
from skillopt.core.history.waiting import Waiting, decided
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.rewriting import unbounded
from skillopt.core.proposals.screen import screen, screen_text
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import RunContext
from skillopt.engine.steps.commit import commit
from skillopt.engine.steps.recall import known_refusals
from skillopt.engine.steps.run_contest import run_rematch
from skillopt.engine.steps.screen_proposal import Screening
from skillopt.engine.steps.watch_drift import watch_drift


async def end_waiting(
    context: RunContext, search: Search, waiting: Waiting, decision: Decision
) -> Round:
    """Write the round to the ledger as the decision ends it.

    Args:
        context: the run.
        search: where it stands.
        waiting: what waited.
        decision: on that.
    """
    round_ = decided(waiting, decision)
    candidate = await context.version(waiting.candidate)
    if isinstance(round_.decision, AcceptedRound) and round_.against is None:
        round_ = await _followed_up(context, search, round_, candidate)
    spent = await context.ledger.usage(context.run)
    return await commit(
        context,
        round_.model_copy(update={"spent": spent}),
        incumbent=await context.version(round_.parent),
        candidate=candidate,
    )


async def _followed_up(context: RunContext, search: Search, round_: Round, new: Skill) -> Round:
    """With what is run beside an acceptance: a rematch on a branch, a check of the head."""
    search = set_out_from(search, round_.parent)
    verdict = round_.decision.verdict
    assert verdict is not None
    rematch = await run_rematch(
        context, search, candidate=new, verdict=verdict, number=round_.number
    )
    if rematch is None or rematch.accepted:
        drift = await watch_drift(context, search, number=round_.number, head=new, verdict=verdict)
    else:
        drift = None
    return round_.model_copy(update={"rematch": rematch, "drift": drift})


async def screen_own_version(
    context: RunContext, waiting: Waiting, *, incumbent: Skill, budget: EditBudget
) -> Screening:
    """A person's own version, after every screen; how much it changes has no bound.

    What it stands in place of is not held against it, other refusals are.
    """
    assert waiting.decision is not None
    assert waiting.decision.proposal is not None
    proposal: Proposal = waiting.decision.proposal
    known = await known_refusals(context, proposal, incumbent=incumbent, failing=None)
    others = tuple(one for one in known.refusals if one.id != waiting.id)
    settings = context.settings
    screened = screen(
        proposal,
        skill=incumbent,
        budget=unbounded(budget),
        known=known._replace(refusals=others),
        scope=settings.edit_scope,
    )
    screened = screen_text(
        screened,
        incumbent=incumbent,
        first=context.first,
        index=context.validation_set.leak_index,
        leak_policy=settings.leak_screen,
        content_policy=settings.content_policy,
    )
    return Screening(proposal, repaired=False, first_try=None, result=screened)
