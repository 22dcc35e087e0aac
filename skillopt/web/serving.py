"""Serving the pages: a socket, uvicorn, and an end that leaves nobody waiting."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from skillopt.app.candidate_files import CandidateFiles
from skillopt.app.person import login_name
from skillopt.errors import InputError
from skillopt.web.access import Access
from skillopt.web.origins import LOOPBACK, Hosts, is_everywhere
from skillopt.web.site import Serving

AT_ONCE = 100
"""Connections beyond which the server answers 503."""
PATIENCE = 3
"""Seconds that answers under way have when the server is stopped."""
LONGEST_HEAD = 32_000
"""Bytes of a request's line and headers."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Args:
        host: address or name.
        port: 0 for one that is free.

    Raises:
        InputError: it cannot listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError) as error:
        raise InputError(f"--host {host!r}: {_why(error)}") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen()
    except OSError as error:
        made.close()
        raise InputError(
            f"cannot listen on {host} port {port}: {_why(error)}; --port 0 takes a free port"
        ) from None
    return made


def serving_of(
    at: socket.socket,
    *,
    where: str | None,
    shown: str,
    host: str,
    password: str | None,
    read_only: bool,
    candidates: CandidateFiles,
) -> Serving:
    """How a server is started, with a token of its own.

    Args:
        at: the socket that listens.
        where: the ledger's path or URL; None for the one of this project.
        shown: it, without a password.
        host: what it was asked to listen on.
        password: what others sign in with; None where nobody else may.
        read_only: nothing can be changed through the pages.
        candidates: files of candidate tasks.
    """
    who = login_name() or "unknown"
    machine = (socket.gethostname(), socket.getfqdn()) if is_everywhere(host) else ()
    return Serving(
        where=where,
        shown=shown,
        access=Access(who=who, clock=time.monotonic, password=password),
        hosts=Hosts.of(host, machine=machine),
        read_only=read_only,
        candidates=candidates,
        port=at.getsockname()[1],
    )


def url_of(at: socket.socket, host: str, *, token: str) -> str:
    """The link to print; where the server listens everywhere, the one for this machine."""
    name = LOOPBACK if is_everywhere(host) else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{at.getsockname()[1]}/sign-in?token={token}"


def serve(app: Starlette, at: socket.socket) -> None:
    """Serve until Ctrl-C or a signal to end."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=AT_ONCE,
        timeout_graceful_shutdown=PATIENCE,
        h11_max_incomplete_event_size=LONGEST_HEAD,
        http="h11",
        ws="none",
        lifespan="on",
    )
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    asyncio.run(_Server(config, app).serve(sockets=[at]))


class _Server(uvicorn.Server):
    """Tells the pages that it ends: those that go on sending stop then."""

    def __init__(self, config: uvicorn.Config, app: Starlette) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if leave := getattr(self._app.state, "leave", None):
            asyncio.get_running_loop().call_soon_threadsafe(leave)
        super().handle_exit(sig, frame)


def _why(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
