"""Coming in: the printed link's token, or the password, for a session's cookie."""

from __future__ import annotations

import math

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from skillopt.web.access import LIFETIME, Session, TooManyGuesses, WrongToken
from skillopt.web.rendering import page
from skillopt.web.site import form_of, session_of, site_of

HOME = "/skills"
LONGEST_NAME = 100


async def home(_request: Request) -> Response:
    """The first page."""
    return RedirectResponse(HOME, status_code=303)


async def link(request: Request) -> Response:
    """The printed link, or the form to type the token in."""
    token = request.query_params.get("token")
    return _form(request) if token is None else _come_in(request, token, name="")


async def typed(request: Request) -> Response:
    """A token or password that was typed."""
    form = form_of(request)
    name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
    return _come_in(request, form.get("token", "").strip(), name=name)


async def sign_out(request: Request) -> Response:
    """End the session."""
    serving, session = site_of(request).serving, session_of(request)
    if session is not None:
        serving.access.sign_out(session.key)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(serving.cookie, httponly=True, samesite="strict")
    return answer


def _come_in(request: Request, token: str, *, name: str) -> Response:
    access = site_of(request).serving.access
    address = request.client.host if request.client else ""
    try:
        session = access.sign_in(token, address=address, name=name)
    except WrongToken as error:
        return _form(request, says=str(error), status=401)
    except TooManyGuesses as error:
        answer = _form(request, says=str(error), status=429)
        answer.headers["Retry-After"] = str(math.ceil(error.seconds))
        return answer
    return _with_cookie(request, session)


def _with_cookie(request: Request, session: Session) -> Response:
    answer = RedirectResponse(HOME, status_code=303)
    answer.set_cookie(
        site_of(request).serving.cookie,
        session.key,
        max_age=int(LIFETIME),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def _form(request: Request, *, says: str = "", status: int = 200) -> Response:
    asks_name = site_of(request).serving.access.password is not None
    return page(request, "sign_in.html", status=status, says=says, asks_name=asks_name)


ROUTES = [
    Route("/", home),
    Route("/sign-in", link, methods=["GET"]),
    Route("/sign-in", typed, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
