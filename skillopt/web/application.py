"""The application: its routes behind the guard, and the ledger that is open while it runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TypedDict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from skillopt.app.ledger import open_ledger
from skillopt.errors import SkilloptError
from skillopt.pages import style
from skillopt.web.checking import Check
from skillopt.web.guard import Guard
from skillopt.web.pages import (
    approvals,
    audit,
    candidates,
    entries,
    live,
    refused,
    runs,
    sign_in,
    skills,
)
from skillopt.web.rendering import error_page, failed_page
from skillopt.web.site import Serving, Site

STATIC = Path(__file__).parent / "static"
SUBJECTS = (sign_in, skills, runs, live, entries, approvals, candidates, refused, audit)
"""The modules with routes; a further subject is one more of them."""


class State(TypedDict):
    """What every request's `state` has."""

    site: Site


def application(serving: Serving) -> Starlette:
    """The pages over a ledger, which is open while the application runs.

    Args:
        serving: how the server was started.

    Raises:
        LedgerError: at its start, where there is no ledger or it cannot be opened.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[State]:
        async with open_ledger(serving.where) as ledger:
            site = Site(serving, ledger, Check(serving.where))
            app.state.leave = site.leaving.set
            try:
                yield {"site": site}
            finally:
                site.leaving.set()
                await site.check.stop()

    return Starlette(
        routes=routes(),
        middleware=[Middleware(Guard, serving=serving)],
        exception_handlers={HTTPException: _refused, SkilloptError: _failed},
        lifespan=lifespan,
    )


def routes() -> list[BaseRoute]:
    """All routes."""
    subjects = (route for subject in SUBJECTS for route in subject.ROUTES)
    own = StaticFiles(directory=STATIC)
    return [*subjects, Route("/static/pages.css", _style), Mount("/static", own)]


async def _style(_request: Request) -> Response:
    return Response(style(), media_type="text/css")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    no_route = error.detail == HTTPStatus.NOT_FOUND.phrase  # Starlette's own word for it
    says = f"there is no page {request.url.path!r}" if no_route else error.detail
    return error_page(request, error.status_code, says)


async def _failed(request: Request, error: Exception) -> Response:
    return failed_page(request, error)
