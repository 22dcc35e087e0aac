"""Runs: the list, one of them, its tree, and two compared."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from skillopt.app.browse.compared import compare
from skillopt.app.browse.growth import grown
from skillopt.app.report import run_report
from skillopt.core.history.tree import TreeVersion
from skillopt.core.history.views import RoundFilter
from skillopt.errors import InputError
from skillopt.web.ids import id_of
from skillopt.web.rendering import page
from skillopt.web.site import site_of

A_PAGE = 50
LARGEST_TREE = 400
"""Rounds of a run whose tree is drawn."""
LONGEST_REPORT = 100
"""Rounds of a run that a page goes through for its gaps."""


WAYS = {
    "another_section": "asked for another section",
    "deletion": "asked for a deletion",
    "way_back": "asked to branch off",
}


async def runs(request: Request) -> Response:
    """Runs, newest first."""
    skill = request.query_params.get("skill", "").strip()
    before = request.query_params.get("before")
    ledger = site_of(request).ledger
    found = await ledger.run_rows(skill=skill or None, before=before, limit=A_PAGE + 1)
    last = found[A_PAGE - 1].record.id if len(found) > A_PAGE else None
    return page(request, "runs.html", runs=found[:A_PAGE], skill=skill, next=last)


async def run(request: Request) -> Response:
    """One run: how it stands, and its newest proposals."""
    ledger = site_of(request).ledger
    found = await ledger.run_row(id_of(request, "run"))
    wanted = RoundFilter(run=found.record.id, limit=A_PAGE + 1)
    rounds = await ledger.list_rounds(wanted)
    accepted = await ledger.list_rounds(
        wanted.model_copy(update={"outcome": "accepted", "limit": A_PAGE})
    )
    return page(
        request,
        "run.html",
        found=found,
        record=found.record,
        usage=await ledger.usage(found.record.id),
        rounds=rounds[:A_PAGE],
        more=len(rounds) > A_PAGE,
        accepted=accepted,
        now=None if found.record.finished else await ledger.activity(found.record.id),
        waits=await ledger.waiting_id(found.record.id),
    )


async def tree(request: Request) -> Response:
    """A run's search: versions, what was tried on each, dead branches and ways back."""
    ledger = site_of(request).ledger
    found = await ledger.run_row(id_of(request, "run"))
    small = found.rounds <= LARGEST_TREE
    versions = versions_of(await grown(ledger, found.record)) if small else ()
    return page(
        request,
        "tree.html",
        found=found,
        record=found.record,
        versions=versions,
        ways=WAYS,
        most=LARGEST_TREE,
    )


async def known(request: Request) -> Response:
    """What a run has paid for what, and what its record does not show: two parts of its report."""
    ledger = site_of(request).ledger
    found = await ledger.run_row(id_of(request, "run"))
    short = found.rounds <= LONGEST_REPORT
    return page(
        request,
        "known.html",
        found=found,
        record=found.record,
        report=await run_report(ledger, found.record.id) if short else None,
        most=LONGEST_REPORT,
    )


def versions_of(first: TreeVersion) -> tuple[TreeVersion, ...]:
    """The versions of a tree, each before those that were made from it."""
    found, waiting = [], [first]
    while waiting:
        version = waiting.pop()
        found.append(version)
        waiting += [one.version for one in reversed(version.tried) if one.version]
    return tuple(found)


async def comparison(request: Request) -> Response:
    """Two runs beside each other."""
    given = [request.query_params.get(name, "").strip() for name in ("a", "b")]
    ledger = site_of(request).ledger
    found, says, status = None, "", 200
    if all(given):
        try:
            found = await compare(ledger, *given)
        except InputError as error:
            says, status = str(error), 400
    newest = await ledger.run_rows(limit=A_PAGE)
    return page(
        request,
        "compare.html",
        status=status,
        given=given,
        found=found,
        says=says,
        newest=newest,
    )


ROUTES = [
    Route("/runs", runs),
    Route("/runs/{run}", run),
    Route("/runs/{run}/tree", tree),
    Route("/runs/{run}/known", known),
    Route("/compare", comparison),
]
