"""What every request passes before a page sees it, and what every answer carries."""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from skillopt.web.access import is_session_of
from skillopt.web.forms import read_form
from skillopt.web.origins import may_read, may_write
from skillopt.web.rendering import error_page
from skillopt.web.site import Serving

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with `no-referrer` browsers send `Origin: null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
OPEN = ("/sign-in", "/static/")
"""What one sees without a session."""
LONGEST_URL = 8_000
"""Bytes of path and query."""

log = logging.getLogger("skillopt.web")


class Guard:
    """Hosts, origins, sessions, forms, headers; and no traceback leaves the server."""

    def __init__(self, app: ASGIApp, serving: Serving) -> None:
        self._app = app
        self._serving = serving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a websocket: there are none
            await send({"type": "websocket.close", "code": 1008})
            return
        # As it was sent: a decoded `%2F` would part an id in two (`skillopt.web.ids`).
        scope = {**scope, "path": scope["raw_path"].decode("latin-1")}
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        request = Request(scope, receive)
        try:
            answer = await self._looked_at(request)
            if answer is None:
                await self._app(scope, receive, sending)
                return
        except HTTPException as error:
            answer = error_page(request, error.status_code, error.detail)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets no traceback
            log.warning("%s %s: %r", request.method, request.url.path, error)
            if started:
                return
            answer = error_page(request, 500, "something went wrong; the terminal says what")
        await answer(scope, receive, sending)

    async def _looked_at(self, request: Request) -> Response | None:
        """The answer to a request that may not pass; None where it may."""
        if not self._serving.hosts.has(request.headers.get("host")):
            return error_page(request, 421, _wrong_host(request.headers.get("host")))
        if len(request.scope["path"]) + len(request.scope["query_string"]) > LONGEST_URL:
            return error_page(request, 414, f"the address has more than {LONGEST_URL:,} bytes")
        request.state.session = self._serving.access.session(
            request.cookies.get(self._serving.cookie)
        )
        path = request.url.path
        is_open = any(path == one or (one[-1] == "/" and path.startswith(one)) for one in OPEN)
        match request.method:
            case "GET" | "HEAD":
                if not may_read(request.headers):
                    return error_page(request, 403, "another site may not load this page")
            case "POST":
                await self._check_write(request, is_open=is_open)
            case other:
                return error_page(request, 405, f"{other} is not allowed; use GET or POST")
        if request.state.session is None and not is_open:
            return error_page(request, 401, "sign in first")
        return None

    async def _check_write(self, request: Request, *, is_open: bool) -> None:
        """Check that a form comes from a page of ours, was made for this session, and may change.

        Raises:
            HTTPException: it does not.
        """
        if not may_write(request.headers):
            raise HTTPException(403, "a form of another site may not be sent here")
        session = request.state.session
        if session is None and not is_open:
            raise HTTPException(401, "sign in first")
        form = request.state.form = await read_form(request)
        if not is_open and not is_session_of(session, form.get("csrf", "")):
            raise HTTPException(403, "the form was not made for this session; reload its page")


def _wrong_host(host: str | None) -> str:
    named = f"the host {host!r}" if host else "no host"
    return (
        f"the request names {named}, which is not this server's; use the address that "
        "`skillopt serve` has printed"
    )
