"""A run while it goes on: the ledger is looked at again and again, for those who watch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from skillopt.core.history.browsed import Activity
from skillopt.errors import SkilloptError
from skillopt.web.ids import id_of
from skillopt.web.rendering import render
from skillopt.web.site import Site, site_of

EVERY = 1.0
"""Seconds between two looks at the ledger."""
LOOKS_A_BEAT = 15
"""Looks without news after which a comment is sent, so that a connection that broke is noticed."""
MOST_WATCHERS = 20
"""Pages that are kept up to date at once."""


async def events(request: Request) -> Response:
    """The state of a run as server-sent events, one whenever it has changed, to its end."""
    site = site_of(request)
    if len(site.watchers) >= MOST_WATCHERS:
        raise HTTPException(503, f"{MOST_WATCHERS} pages are watching already; reload by hand")
    found = await site.ledger.run_row(id_of(request, "run"))  # an error is no stream
    stream = _events(request, site, found.record.id)
    return StreamingResponse(stream, media_type="text/event-stream")


async def _events(request: Request, site: Site, run: str) -> AsyncIterator[str]:
    watcher = object()
    site.watchers.add(watcher)
    try:
        known, quiet = "", 0
        while not site.leaving.is_set():
            now = await site.ledger.activity(run)
            shown = render(request, "activity.html", now=now)
            quiet = 0 if shown != known else quiet + 1
            if shown != known:
                known = shown
                yield message("state", shown)
            elif quiet % LOOKS_A_BEAT == 0:
                yield ": still here\n\n"
            if is_over(now):
                yield message("over", "")
                return
            await _wait(site.leaving)
    except SkilloptError:
        yield message("over", "")
    finally:
        site.watchers.discard(watcher)


def is_over(now: Activity) -> bool:
    """Whether nothing of the run is still to come."""
    return not now.record.pending


def message(event: str, data: str) -> str:
    """A server-sent event; every line of its data is marked as such."""
    lines = "".join(f"data: {line}\n" for line in data.splitlines() or [""])
    return f"event: {event}\n{lines}\n"


async def _wait(leaving: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(leaving.wait(), EVERY)
    except TimeoutError:
        return


ROUTES = [Route("/runs/{run}/events", events)]
