"""Secrets are taken out of whatever is stored; this is the one place that knows their looks.

Only what is plainly a credential is touched: a key in the form of a known issuer, a bearer token,
the password in a URL, a query parameter or a field that is named like a secret. A digest, a
model's name or an ordinary word never matches.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

REDACTED = "[redacted]"

_HINTS = (
    "sk-", "sk_", "rk_", "pk_", "bearer", "basic", "://", "key", "secret", "pass", "pwd", "token",
    "credential", "authorization", "signature", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_",
    "ghr_", "github_pat_", "glpat-", "xox", "aiza", "eyj", "hf_",
)  # fmt: skip
"""Every secret has one of them, in lower case: a text without any is not looked at twice."""

_ISSUED = re.compile(
    r"""
    \b(?: sk-[A-Za-z0-9_-]{16,}                      # OpenAI, Anthropic and those who copy them
        | (?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,} # Stripe
        | (?:AKIA|ASIA)[0-9A-Z]{16}                  # AWS
        | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_[A-Za-z0-9_]{20,}
        | glpat-[A-Za-z0-9_-]{20,}
        | xox[abeprs]-[A-Za-z0-9-]{10,}              # Slack
        | AIza[0-9A-Za-z_-]{30,}                     # Google
        | hf_[A-Za-z0-9]{20,}                        # Hugging Face
        | eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}  # JSON web token
    )
    """,
    re.VERBOSE,
)
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
)
_BEARER = re.compile(r"\b(bearer|basic)(\s+)[A-Za-z0-9._~+/-]{16,}=*", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s/:@?#]*):[^\s/@]+@", re.IGNORECASE)
_NAMES = (
    r"(?:api|access|secret|private|signing|encryption)[_-]?key(?:[_-]?id)?|client[_-]?secret|secret"
    r"|(?:auth|access|refresh|id|session|bearer|api)[_-]?token|token|passw(?:or)?d|passphrase|pwd"
    r"|credentials?|authorization|signature|x-amz-signature"
)
_QUERY = re.compile(rf"([?&;](?:{_NAMES}|sig|key)=)[^&;\s\"'<>]+", re.IGNORECASE)
_ASSIGNED = re.compile(
    rf"""((?<![A-Za-z0-9])["']?[A-Za-z0-9_-]*?(?:{_NAMES})["']?\s*[:=]\s*)(["']?)"""
    r"""(?=[^\s"',;]*\d)[A-Za-z0-9._~+/!@#$%^*-]{8,}=*\2""",
    re.IGNORECASE,
)
_SECRET_FIELD = re.compile(rf"(?:.*[_-])?(?:{_NAMES})\Z", re.IGNORECASE)


def redacted(text: str) -> str:
    """``text`` with every secret in it replaced by ``[redacted]``."""
    if not _hinted(text):
        return text
    text = _PRIVATE_KEY.sub(REDACTED, text)
    text = _ISSUED.sub(REDACTED, text)
    text = _BEARER.sub(rf"\1\2{REDACTED}", text)
    text = _URL_PASSWORD.sub(rf"\1:{REDACTED}@", text)
    text = _QUERY.sub(rf"\1{REDACTED}", text)
    return _ASSIGNED.sub(rf"\1\2{REDACTED}\2", text)


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
    if isinstance(value, str) and value and _SECRET_FIELD.match(str(name)):
        return REDACTED
    return redacted_content(value)


def _hinted(text: str) -> bool:
    return _looked_at(text) if len(text) <= _SHORT else _looked_at.__wrapped__(text)


@lru_cache(maxsize=4096)
def _looked_at(text: str) -> bool:
    """Kept for short texts: most of a ledger's are ids and words that come again and again."""
    lowered = text.lower()
    return any(hint in lowered for hint in _HINTS)


_SHORT = 100
