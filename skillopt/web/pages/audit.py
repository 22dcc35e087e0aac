"""Whether the ledger can be trusted, and taking it elsewhere: both read all of it."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from skillopt.core.figures import clipped
from skillopt.web.exporting import exported
from skillopt.web.rendering import error_page, page
from skillopt.web.site import form_of, site_of

PIN = re.compile(r"[0-9a-f]{64}")
FORMS = {"ledger.jsonl": ("jsonl", "application/x-ndjson"), "proposals.csv": ("csv", "text/csv")}


async def verify(request: Request) -> Response:
    """The result of the last check, or that one is under way."""
    return page(request, "verify.html", check=site_of(request).check)


async def start(request: Request) -> Response:
    """Start a check, unless one is under way."""
    pin = form_of(request).get("pin", "").strip()
    if pin and not PIN.fullmatch(pin):
        return error_page(request, 400, f"a head is 64 hex digits, not {clipped(pin, 80)!r}")
    site_of(request).check.start(pin)
    return RedirectResponse("/verify", status_code=303)


async def export(request: Request) -> Response:
    """What can be taken along."""
    return page(request, "export.html")


async def download(request: Request) -> Response:
    """The ledger as a file, written while it is read."""
    name = request.path_params["name"]
    if name not in FORMS:
        raise HTTPException(404, f"no file {name!r}; there are {' and '.join(FORMS)}")
    site = site_of(request)
    if site.exporting.locked():
        raise HTTPException(503, "another export is under way; try again when it is done")
    form, kind = FORMS[name]
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    stream = exported(site.serving.where, form, alone=site.exporting)
    return StreamingResponse(stream, media_type=kind, headers=headers)


ROUTES = [
    Route("/verify", verify, methods=["GET"]),
    Route("/verify", start, methods=["POST"]),
    Route("/export", export),
    Route("/export/{name}", download),
]
