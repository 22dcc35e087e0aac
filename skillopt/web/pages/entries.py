"""The list of proposals."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from skillopt.core.history.views import RoundFilter
from skillopt.web.rendering import page
from skillopt.web.site import site_of

A_PAGE = 50


async def entries(request: Request) -> Response:
    """Proposals, newest first."""
    found = await site_of(request).ledger.list_rounds(RoundFilter(limit=A_PAGE))
    return page(request, "entries.html", rounds=found)


ROUTES = [Route("/entries", entries)]
