"""Ids as a part of an address: whatever an id holds, its page has one, and browsers keep it.

The guard leaves paths as they were sent, so that a slash in an id (`%2F`) parts nothing.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request

_MARK = ":"
"""Before `.` and `..`, which browsers resolve in every spelling; in an id it is `%3A`."""


def segment(given: str) -> str:
    """An id as one part of a path."""
    quoted = quote(given, safe="")
    return quoted if quoted.strip(".") else _MARK + quoted


def id_of(request: Request, name: str) -> str:
    """The id in a request's path, by the name that its route has for it."""
    return unquote(str(request.path_params[name]).removeprefix(_MARK))
