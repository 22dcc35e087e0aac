"""Candidate tasks that `skillopt mine` has found: a list, and a page to add, edit or refuse one."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from skillopt.app.candidate_files import CandidateFiles, state_of
from skillopt.app.review import Candidates
from skillopt.core.approval.rules import person
from skillopt.core.mining.candidate import Candidate, input_text
from skillopt.errors import AlreadyDecided, InputError
from skillopt.web.ids import id_of, segment
from skillopt.web.rendering import page
from skillopt.web.site import check_writable, form_of, name_of, site_of

MOST = 200
"""Candidates of a file that are listed; new ones come first."""
SPLITS = ("train", "validation", "test")
ORDER = ("new", "approved", "refused", "added")


class Listed(NamedTuple):
    """A file in the list."""

    name: str
    says: str
    """Why it cannot be shown; "" where it can."""
    candidates: tuple[Candidate, ...] = ()
    left_out: int = 0
    counts: Mapping[str, int] = {}
    validation_set: str = ""


async def candidates(request: Request) -> Response:
    """The candidates of every file, those that nobody has decided on first."""
    files = _files(request)
    found = await asyncio.to_thread(lambda: [_listed(files, name) for name in files.names()])
    return page(request, "candidates.html", files=found)


async def candidate(request: Request) -> Response:
    """One candidate, with the forms to decide on it."""
    return _page(request, *await _shown(request))


async def approve(request: Request) -> Response:
    """The form that adds it to the validation set with the answer that was typed."""
    return await _decided(request, "approve")


async def approve_recorded(request: Request) -> Response:
    """The form that says that the recorded answer is right."""
    return await _decided(request, "recorded")


async def edit(request: Request) -> Response:
    """The form that changes it."""
    return await _decided(request, "edit")


async def refuse(request: Request) -> Response:
    """The form that refuses it."""
    return await _decided(request, "refuse")


async def _decided(request: Request, what: str) -> Response:
    """Carry a form out, and lead back to the page; or the page with what is wrong."""
    site = site_of(request)
    file, one = await _shown(request)
    check_writable(request, "skillopt mine")
    try:
        job = _job(request, what, one)
        async with site.mining:
            await asyncio.to_thread(job)
    except AlreadyDecided as first:
        return _page(request, *await _shown(request), says=str(first), status=409)
    except InputError as error:
        return _page(request, file, one, says=str(error), status=422)
    return RedirectResponse(_address(request), status_code=303)


def _job(request: Request, what: str, one: Candidate) -> Any:
    """What a form asks for, to be called.

    Raises:
        InputError: a field has a value that the page did not offer.
    """
    files, form = _files(request), form_of(request)
    names = (id_of(request, "file"), one.id)
    seen = form.get("seen", "")
    split: Any = form.get("split") or None
    if split not in (None, *SPLITS):
        raise InputError(f"split {split[:80]!r}: one of {', '.join(SPLITS)}")
    text = partial(_typed, form, one)
    if what == "edit":  # the file keeps nobody's name for it
        given = {"input": text("input"), "expected": text("expected"), "split": split}
        changes = {name: value for name, value in given.items() if value is not None}
        return partial(files.edit, *names, seen=seen, changes=changes)
    by = person(form.get("name", ""), "page").name
    match what:
        case "refuse":
            return partial(files.refuse, *names, seen=seen, by=by, reason=form.get("reason", ""))
        case _:
            answer = None if what == "recorded" else text("expected")
            return partial(
                files.approve,
                *names,
                seen=seen,
                by=by,
                expected=answer,
                recorded=what == "recorded",
                split=split,
            )


def _typed(form: Mapping[str, str], one: Candidate, name: str) -> str | None:
    """A text that was typed; None where it is what the page had, or nothing."""
    typed = form.get(name, "").replace("\r\n", "\n")
    return None if not typed.strip() or typed == as_text(getattr(one, name)) else typed


def as_text(value: Any) -> str:
    """An input or an answer as a text to edit."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, tuple):
        return input_text(value)
    return json.dumps(value, ensure_ascii=False)


def _listed(files: CandidateFiles, name: str) -> Listed:
    try:
        found = files.listed(name)
    except InputError as error:
        return Listed(name, str(error))
    ordered = sorted(found.candidates, key=lambda one: ORDER.index(one.status))
    counts = Counter[str](one.status for one in ordered)
    validation_set = files.within(found.validation_set)
    return Listed(name, "", tuple(ordered[:MOST]), len(ordered[MOST:]), counts, validation_set)


def _files(request: Request) -> CandidateFiles:
    return site_of(request).serving.candidates


async def _shown(request: Request) -> tuple[Candidates, Candidate]:
    names = (id_of(request, "file"), id_of(request, "candidate"))
    return await asyncio.to_thread(_files(request).one, *names)


def _address(request: Request) -> str:
    names = (segment(id_of(request, name)) for name in ("file", "candidate"))
    return "/candidates/{}/{}".format(*names)


def _page(
    request: Request, file: Candidates, one: Candidate, *, says: str = "", status: int = 200
) -> Response:
    form = form_of(request)
    what = request.url.path.rpartition("/")[2] if form else ""
    typed = {**form, "in": what}
    return page(
        request,
        "candidate.html",
        status=status,
        says=says,
        file=id_of(request, "file"),
        address=_address(request),
        validation_set=_files(request).within(file.validation_set),
        one=one,
        seen=state_of(one),
        asked=as_text(one.input),
        expected=as_text(one.expected),
        recorded=as_text(one.recorded),
        editable=isinstance(one.input, str),
        splits=SPLITS,
        typed=typed,
        exact=escape,
        name=name_of(request),
    )


ROUTES = [
    Route("/candidates", candidates),
    Route("/candidates/{file}/{candidate}", candidate),
    Route("/candidates/{file}/{candidate}/approve", approve, methods=["POST"]),
    Route("/candidates/{file}/{candidate}/recorded", approve_recorded, methods=["POST"]),
    Route("/candidates/{file}/{candidate}/edit", edit, methods=["POST"]),
    Route("/candidates/{file}/{candidate}/refuse", refuse, methods=["POST"]),
]
