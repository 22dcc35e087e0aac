"""Skills: the list, one of them, and where each of its lines comes from."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from skillopt.core.history.views import RoundFilter
from skillopt.errors import InputError
from skillopt.web.rendering import page
from skillopt.web.site import site_of

A_PAGE = 30
NEWEST = 20


async def skills(request: Request) -> Response:
    """The skills that the ledger has runs of, a page of them."""
    first = _digits(request, "from") or 0
    found = await site_of(request).ledger.skill_rows(start=first, limit=A_PAGE + 1)
    more = first + A_PAGE if len(found) > A_PAGE else None
    return page(request, "skills.html", skills=found[:A_PAGE], first=first, next=more)


async def skill(request: Request) -> Response:
    """One skill: its accepted versions, runs and refusals."""
    ledger = site_of(request).ledger
    one = await ledger.one_skill(_given(request))
    accepted = await ledger.list_rounds(RoundFilter(skill=one, outcome="accepted", limit=NEWEST))
    refused = await ledger.list_rounds(RoundFilter(skill=one, refused=True, limit=NEWEST))
    runs = await ledger.run_rows(skill=one, limit=NEWEST)
    return page(
        request,
        "skill.html",
        skill=one,
        name=runs[0].record.skill_name if runs else one,
        accepted=accepted,
        refused=refused,
        runs=runs,
    )


async def lines(request: Request) -> Response:
    """Each line of a skill's newest version, with the proposal that put it there."""
    ledger = site_of(request).ledger
    one = await ledger.one_skill(_given(request))
    file = request.query_params.get("file") or "SKILL.md"
    number = _digits(request, "line")
    found = await ledger.skill_lines(one, line=number, file=file)
    return page(
        request,
        "lines.html",
        skill=one,
        file=file,
        found=found.every,
        told=found.one,
        number=number,
    )


def _given(request: Request) -> str:
    given = request.query_params.get("skill", "")  # an id is exact: spaces may be part of it
    if not given.strip():
        raise InputError("no skill is named; choose one on the page Skills")
    return given


def _digits(request: Request, name: str) -> int | None:
    given = request.query_params.get(name, "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):  # noqa: PLR2004 - far enough
        raise InputError(f"{name} {given!r}: write a whole number")
    return int(given)


ROUTES = [
    Route("/skills", skills),
    Route("/skills/one", skill),
    Route("/skills/lines", lines),
]
