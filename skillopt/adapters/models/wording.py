"""A provider's failure in one line: its own sentence, without the wrapping around it."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

_KEYS = ("message", "msg", "error_description", "detail", "error", "reason", "title")
"""Where providers put their sentence, the likeliest first."""
_DEEPEST = 6
_TRACEBACK = re.compile(r"Traceback \(most recent call last\).*", re.DOTALL)
_PREFIX = re.compile(
    r"(?:(?:litellm\.)?\w*(?:Error|Exception|Timeout)(?:: | - )|Error code: \d+ - |"
    r"(?:litellm\.)?(?:Timeout): )"
)
_NO_JSON = re.compile(r"^(?:Expecting |Unterminated string |Extra data: |Invalid control )")
"""How Python's reader of JSON begins."""
_NO_COMPLETION = re.compile(r"Invalid response object|^LiteLLM: provider returned 'choices'")
"""How LiteLLM speaks of JSON that is something else."""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What would change the terminal that it is shown on."""
_HTML = re.compile(r"<(?:!doctype|html|head|body)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]*+>([^<]*+)</title>", re.IGNORECASE)


def sentence(error: Exception) -> str:
    """What the provider said; without LiteLLM's prefixes, tracebacks and JSON around it."""
    text = " ".join(_CONTROL.sub("", _TRACEBACK.sub("", str(error))).split())
    at = 0
    while found := _PREFIX.match(text, at):
        at = found.end()
    text = text[at:]
    if _HTML.search(text):
        title = _TITLE.search(text)
        return f"a web page{': ' + title[1].strip() if title else ''}"
    if _NO_JSON.match(text):
        return f"the answer is not JSON, empty or cut off ({text})"
    if _NO_COMPLETION.search(text):
        return (
            "the answer is JSON, but no chat completion: it has no choices with a message of text"
        )
    return " ".join((_inner(text) or text).split())


def _inner(text: str) -> str | None:
    """The sentence in a body that is JSON, or Python's writing of it."""
    if not text.startswith(("{", "[", "b'", 'b"')):
        return None
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        try:
            body = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    return _found(body, depth=0)


def _found(body: Any, *, depth: int) -> str | None:
    if depth > _DEEPEST:
        return None
    match body:
        case bytes():
            return _inner(body.decode("utf-8", "replace")) or body.decode("utf-8", "replace")
        case str():
            return body.strip() or None
        case list():
            return next((said for one in body if (said := _found(one, depth=depth + 1))), None)
        case dict():
            said = next((s for k in _KEYS if (s := _found(body.get(k), depth=depth + 1))), None)
            where = body.get("loc")
            return f"{said}: {where[-1]}" if said and isinstance(where, list) and where else said
        case _:
            return None
