"""Refused ideas: which rule or person refused what, and which ideas come again and again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from skillopt.web.rendering import page
from skillopt.web.site import site_of

MOST_IDEAS = 50
MOST_PEOPLE = 100
"""Proposals of those that have waited for a person among which refusals are looked for."""


async def refused(request: Request) -> Response:
    """Refusals by rule and by people, and the most frequent ideas, of one skill or of all."""
    ledger = site_of(request).ledger
    names = await ledger.skill_names()
    given = request.query_params.get("skill", "")
    chosen = await ledger.skills_named([given]) if given else list(names)
    tallies = await ledger.tallies(list(chosen)[:MOST_IDEAS], most=MOST_IDEAS)
    waited = await ledger.list_waiting(skill=given or None, decided=True, limit=MOST_PEOPLE)
    ideas = sorted((one for one in tallies if one.idea), key=lambda one: -one.count)
    return page(
        request,
        "refused.html",
        names=names,
        given=given,
        groups=await ledger.refused_groups(skill=given or None),
        ideas=ideas[:MOST_IDEAS],
        people=[one for one in waited if one.decision and one.decision.kind != "approved"],
    )


ROUTES = [Route("/refused", refused)]
