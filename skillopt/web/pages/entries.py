"""Proposals: the list with its filters, and one of them with all that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from skillopt.app.browse.proposed import difference
from skillopt.core.proposals.critique_groups import grouped
from skillopt.errors import InputError
from skillopt.pages import diff_html
from skillopt.web.filters import OUTCOMES, STAGES, filter_of
from skillopt.web.ids import id_of, segment
from skillopt.web.rendering import page
from skillopt.web.site import site_of

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.views import RoundEntry

A_PAGE = 50


async def entries(request: Request) -> Response:
    """Proposals that pass the filters, newest first."""
    given = dict(request.query_params)
    says, status = "", 200
    try:
        wanted = filter_of(given, limit=A_PAGE + 1)
        found = await site_of(request).ledger.list_rounds(wanted)
    except InputError as error:
        found, says, status = (), str(error), 400
    return page(
        request,
        "entries.html",
        status=status,
        given=given,
        says=says,
        rounds=found[:A_PAGE],
        next=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        outcomes=OUTCOMES,
        stages=STAGES,
    )


async def entry(request: Request) -> Response:
    """One proposal."""
    ledger, given = site_of(request).ledger, id_of(request, "entry")
    try:
        found = await ledger.show_round(given)
    except InputError:
        if waits := await _waits(ledger, given):
            return RedirectResponse(f"/approvals/{segment(waits)}")
        raise
    skill, tried = found.summary, await difference(ledger, found)
    source = await _source(ledger, found)
    names = (f"incumbent {skill.parent[:12]}", f"candidate {(skill.candidate or '')[:12]}".strip())
    shown = diff_html(tried.before, tried.after, names=names) if tried else ""
    return page(
        request,
        "entry.html",
        found=found,
        round=skill,
        whole=found.round,
        run=found.run,
        diff=Markup(shown),  # noqa: S704 - made by a template of `skillopt.pages`, which escapes
        source=source,
        critiques=grouped(source.round.critiques, source.critiqued),
    )


async def _source(ledger: SqlLedger, found: RoundEntry) -> RoundEntry:
    """The entry whose critiques a proposal answers: an earlier one where it was taken up."""
    earlier = found.round.taken_from
    if found.round.critiques or earlier is None:
        return found
    try:
        return await ledger.show_round(earlier)
    except InputError:  # it is in another ledger
        return found


async def _waits(ledger: SqlLedger, given: str) -> str | None:
    """Id of a proposal that is no entry yet, since it waits for a person."""
    try:
        return (await ledger.show_waiting(given)).id
    except InputError:
        return None


async def evidence(request: Request) -> Response:
    """What the optimizer was shown, and what it replied."""
    ledger = site_of(request).ledger
    found = await ledger.show_round(id_of(request, "entry"))
    shown = await ledger.evidence(found.summary.id)
    quoted = {critique.rollout for critique in found.round.critiques}
    return page(
        request, "evidence.html", round=found.summary, run=found.run, shown=shown, quoted=quoted
    )


ROUTES = [
    Route("/entries", entries),
    Route("/entries/{entry}", entry),
    Route("/entries/{entry}/evidence", evidence),
]
