"""What waits for a person: a list, and a page with the forms to approve, edit or refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from skillopt.app.approvals import Shown, aapprove, arefuse, show_approval
from skillopt.app.outdated import CLOSE, outdated_runs
from skillopt.core.approval.rules import person
from skillopt.core.history.browsed import WaitingRow
from skillopt.errors import AlreadyDecided, InputError
from skillopt.pages import diff_html
from skillopt.web.ids import id_of
from skillopt.web.rendering import page
from skillopt.web.site import check_writable, form_of, name_of, site_of

A_PAGE = 50
NAMES = ("incumbent", "proposal")


async def approvals(request: Request) -> Response:
    """What waits, and below it what was decided; a later page has one of the two lists."""
    ledger = site_of(request).ledger
    before, decided_before = (
        request.query_params.get(name) or None for name in ("before", "decided_before")
    )
    waiting = decided = Listed((), None)
    if decided_before is None:
        waiting = _listed(await ledger.waiting_rows(before=before, limit=A_PAGE + 1))
    if before is None:
        found = ledger.waiting_rows(decided=True, before=decided_before, limit=A_PAGE + 1)
        decided = _listed(await found)
    return page(
        request,
        "approvals.html",
        waiting=waiting,
        decided=decided,
        later=bool(before or decided_before),
        outdated=await outdated_runs(ledger, (one.run for one in waiting.rows)),
    )


class Listed(NamedTuple):
    """A page of a list."""

    rows: Sequence[WaitingRow]
    next: str | None
    """Id of the last one here, where there are more."""


def _listed(found: Sequence[WaitingRow]) -> Listed:
    return Listed(found[:A_PAGE], found[A_PAGE - 1].id if len(found) > A_PAGE else None)


async def approval(request: Request) -> Response:
    """One proposal that waits, or waited."""
    return _page(request, await _shown(request))


async def approve(request: Request) -> Response:
    """The form that approves it as it is."""
    return await _decided(request, "approve")


async def edit(request: Request) -> Response:
    """The form with the edited SKILL.md."""
    return await _decided(request, "edit")


async def refuse(request: Request) -> Response:
    """The form that refuses it, with a reason."""
    return await _decided(request, "refuse")


async def _decided(request: Request, what: str) -> Response:
    """Carry a form out, and lead back to the page; or the page with what is wrong."""
    site, shown = site_of(request), await _shown(request)
    check_writable(request, "skillopt approve")
    entry, form = shown.waiting.id, form_of(request)
    reason = form.get("reason", "")
    try:
        by = person(form.get("name", ""), "page")
        match what:
            case "refuse":
                await arefuse(entry, reason, by=by, ledger=site.ledger)
            case "edit":
                text = form.get("text", "").replace("\r\n", "\n")
                await aapprove(entry, edit=text, reason=reason, by=by, ledger=site.ledger)
            case _:
                await aapprove(entry, reason=reason, by=by, ledger=site.ledger)
    except AlreadyDecided as first:
        return _page(request, await _shown(request), says=str(first), status=409)
    except InputError as error:
        return _page(request, shown, says=str(error), status=422, text=form.get("text"))
    return RedirectResponse(f"/approvals/{entry}", status_code=303)


async def _shown(request: Request) -> Shown:
    return await show_approval(id_of(request, "entry"), ledger=site_of(request).ledger)


def _page(
    request: Request, shown: Shown, *, says: str = "", status: int = 200, text: str | None = None
) -> Response:
    form = form_of(request)
    return page(
        request,
        "approval.html",
        status=status,
        says=says,
        shown=shown,
        close=CLOSE,
        waiting=shown.waiting,
        diff=Markup(diff_html(shown.parent, shown.candidate, names=NAMES)),  # noqa: S704 - escaped
        text=escape(shown.candidate.text if text is None else text),  # exact: it is sent back
        reasons={request.url.path.rpartition("/")[2]: form.get("reason", "")},
        name=name_of(request),
    )


ROUTES = [
    Route("/approvals", approvals),
    Route("/approvals/{entry}", approval),
    Route("/approvals/{entry}/approve", approve, methods=["POST"]),
    Route("/approvals/{entry}/edit", edit, methods=["POST"]),
    Route("/approvals/{entry}/refuse", refuse, methods=["POST"]),
]
