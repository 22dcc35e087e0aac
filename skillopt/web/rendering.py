"""Values into pages: the templates, and the answers made with them."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse

from skillopt.core.history.endings import outcome_at
from skillopt.errors import InputError, LedgerError, SkilloptError
from skillopt.pages import environment
from skillopt.web.site import session_of, site_of
from skillopt.web.words import FILTERS

NAVIGATION = (
    ("/skills", "Skills"),
    ("/runs", "Runs"),
    ("/entries", "Proposals"),
    ("/approvals", "Approvals"),
    ("/candidates", "Candidate tasks"),
    ("/refused", "Refused ideas"),
    ("/verify", "Verify"),
    ("/export", "Export"),
)
"""The pages that every page leads to; a further one is one line."""


@cache
def templates() -> Environment:
    """The templates of this package; whatever a value holds, it is written as text."""
    made = environment("skillopt.web")
    made.filters.update(FILTERS)
    made.globals.update(outcome_at=outcome_at, navigation=NAVIGATION)
    return made


def render(request: Request, template: str, /, **values: Any) -> str:
    """A template's text, with what every page has."""
    session = session_of(request)
    shared = {
        "path": request.url.path,
        "session": session,
        "csrf": session.csrf if session else "",
        "site": site_of(request) if session else None,
    }
    return templates().get_template(template).render({**shared, **values})


def page(request: Request, template: str, /, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page.

    Args:
        request: what is answered.
        template: its file in `templates/`.
        status: of the answer.
        values: by the names that the template has for them.
    """
    return HTMLResponse(render(request, template, **values), status_code=status)


def error_page(request: Request, status: int, says: str) -> HTMLResponse:
    """A page that says what was wrong, and what to do."""
    return page(request, "error.html", status=status, title=HTTPStatus(status).phrase, says=says)


def failed_page(request: Request, error: Exception) -> HTMLResponse:
    """What was asked for is not there (404), or the ledger failed (503)."""
    assert isinstance(error, SkilloptError)
    match error:
        case InputError():
            status = 404
        case LedgerError():
            status = 503
        case _:
            status = 500
    return error_page(request, status, str(error))
