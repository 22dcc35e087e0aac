"""The forms that pages send: their size and type, read before anything is done with them."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST_BYTES = 2_000_000
"""Of a request's body: the text of a skill that was edited in the page, and some."""
MOST_FIELDS = 200
URLENCODED = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; of one that is there twice the last.

    Raises:
        HTTPException: it is too large, of another type, or no form.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _body(request)
    if body and kind != URLENCODED:
        raise HTTPException(415, f"the body must be {URLENCODED}, not {kind or 'of no type'}")
    try:
        fields = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise HTTPException(400, "the body is no form in UTF-8") from None
    if any("\0" in part for field in fields for part in field):
        raise HTTPException(400, "the form holds the character NUL (U+0000); leave it out")
    return dict(fields)


async def _body(request: Request) -> bytes:
    said = request.headers.get("content-length", "0")
    known = said.isascii() and said.isdigit() and len(said) <= len(str(MOST_BYTES))
    if not known or int(said) > MOST_BYTES:
        raise HTTPException(413, f"the body has more than {MOST_BYTES:,} bytes")
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:  # whatever was said: it may come in pieces
            raise HTTPException(413, f"the body has more than {MOST_BYTES:,} bytes")
        parts.append(part)
    return b"".join(parts)
