"""What all pages share: the ledger, and how the server was started."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request

from skillopt.app.candidate_files import CandidateFiles
from skillopt.web.access import Access, Session
from skillopt.web.checking import Check
from skillopt.web.origins import Hosts

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger


@dataclass(frozen=True)
class Serving:
    """How the server was started."""

    where: str | None
    """The ledger's path or URL; None for the one of this project."""
    shown: str
    """It, without a password."""
    access: Access
    hosts: Hosts
    candidates: CandidateFiles
    """Of candidate tasks."""
    read_only: bool = False
    """Nothing can be changed through the pages."""
    port: int = 0
    """In the cookie's name: cookies of one host go to all its ports."""

    @property
    def cookie(self) -> str:
        """The name of the session's cookie."""
        return f"skillopt_{self.port}"


@dataclass(frozen=True)
class Site:
    """What a page works with."""

    serving: Serving
    ledger: SqlLedger
    check: Check
    """Of the whole ledger, the last one."""
    exporting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one export at a time."""
    mining: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one decision on a candidate at a time: each writes two files."""
    watchers: set[object] = field(default_factory=set)
    """Pages that are kept up to date."""
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the server ends: nothing goes on sending then."""


def site_of(request: Request) -> Site:
    """What the pages of this request's server share."""
    return cast("Site", request.state.site)


def session_of(request: Request) -> Session | None:
    """Who asks; None on the pages that anybody sees."""
    return cast("Session | None", getattr(request.state, "session", None))


def form_of(request: Request) -> dict[str, str]:
    """The fields of the form that was sent; of one that is there twice the last."""
    return cast("dict[str, str]", getattr(request.state, "form", {}))


def name_of(request: Request) -> str:
    """Who decides: the name that was typed, or else that of the session."""
    session = session_of(request)
    return form_of(request).get("name") or (session.who if session else "")


def check_writable(request: Request, command: str) -> None:
    """Refuse a form where nothing may be changed; ``command`` is the way out.

    Raises:
        HTTPException: the server is read-only.
    """
    if site_of(request).serving.read_only:
        raise HTTPException(403, f"this server is read-only; decide with `{command}`")
