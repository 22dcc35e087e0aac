"""Secrets are taken out of whatever is stored; this is the one place that knows their looks.

Only what is plainly a credential is touched: a key in the form of a known issuer, a bearer token,
the password in a URL, a query parameter or a field that is named like a secret. A digest, a
model's name or an ordinary word never matches.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from skillopt.core.redaction.detectors import detected
from skillopt.core.redaction.issued import KEY, PRIVATE_KEY, WEB_TOKEN, WEBHOOK
from skillopt.core.redaction.named import REDACTED, SECRET_FIELD, without_named

__all__ = ["REDACTED", "redacted", "redacted_content"]

_SHORT = 100
_LONG_WORD = re.compile(r"[A-Za-z0-9_~+/=.:-]{16}")
"""Every key has one, and most lines of prose have none."""


def redacted(text: str) -> str:
    """``text`` with every secret in it replaced by ``[redacted]``."""
    return _redacted(text) if len(text) <= _SHORT else _redacted.__wrapped__(text)


@lru_cache(maxsize=4096)
def _redacted(text: str) -> str:
    """Kept for short texts: most of a ledger's are ids and words that come again and again."""
    if "PRIVATE KEY" in text:
        text = PRIVATE_KEY.sub(REDACTED, text)
    suspected = _LONG_WORD.search(text)
    if suspected:
        if "hooks" in text:
            text = WEBHOOK.sub(rf"\1{REDACTED}", text)
        if "eyJ" in text:
            text = WEB_TOKEN.sub(rf"\g<kept>{REDACTED}", text)
        text = KEY.sub(REDACTED, text)
    text = without_named(text)
    return detected(text, REDACTED) if suspected else text


def redacted_content(content: Any) -> Any:
    """JSON-like ``content`` with every text redacted, and with every field named like a secret."""
    match content:
        case str():
            return redacted(content)
        case dict():
            return {name: _field(name, value) for name, value in content.items()}
        case list() | tuple():
            return [redacted_content(value) for value in content]
        case _:
            return content


def _field(name: str, value: Any) -> Any:
    if isinstance(value, str) and value and SECRET_FIELD.match(str(name)):
        return REDACTED
    return redacted_content(value)
