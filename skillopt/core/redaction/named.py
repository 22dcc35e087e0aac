"""Credentials that are known by what stands before them: a scheme, a name, a parameter."""

from __future__ import annotations

import re

from skillopt.core.redaction.issued import END, START

REDACTED = "[redacted]"

_NAMES = (
    r"(?:api|access|secret|private|signing|encryption)[_-]?key(?:[_-]?id)?|client[_-]?secret|secret"
    r"|(?:auth|access|refresh|id|session|bearer|api)[_-]?token|token|passw(?:or)?d|passphrase|pwd"
    r"|credentials?|authorization|signature|x-amz-signature"
)
_BEARER = re.compile(
    rf"({START}(?:bearer|basic)\s++)(?:[A-Za-z0-9._~+/-]|\\/){{16,}}=*", re.IGNORECASE
)
_URL_PASSWORD = re.compile(
    r"""
    ( (?<=[A-Za-z0-9+.-]) :\\?/\\?/ [^\s/:@?\#"'`<>\\]*+ : )
    (?: [^\s/@"'`<>\\\[] | '(?=\w) | \[(?!redacted\]) )+ @
    """,
    re.VERBOSE,
)
_QUERY = re.compile(
    rf"""((?:[?&;]|\\u0026)(?:{_NAMES}|sig|key)=)"""
    r"""[^&;\s"'`<>)\\]*[^&;\s"'`<>)\\.,:!?]""",
    re.IGNORECASE,
)
_CONNECTION = re.compile(
    r"""((?:AccountKey|SharedAccessKey|SharedSecretValue)=)(?:[A-Za-z0-9+/]|\\/){16,}={0,2}"""
    r"""|(SharedAccessSignature=)[^\s;"'`<>\\]{16,}""",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"""
    ( (?<![A-Za-z0-9])(?: co | cohere | mistral(?:ai)? | together(?:_?ai)? )
      (?: [_.\ -]? (?:api[_.\ -]?)? (?:key|token) [\\"']{{0,3}} \s{{0,3}} (?:[:=]|\bis\b) \s{{0,3}}
        | [\w.]{{0,20}} \( \s{{0,3}} (?: (?:api_key|token) \s? = \s? )?
      )
      [\\"']{{0,3}}
    )
    [A-Za-z0-9]{{32,}}+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Keys of issuers that put no sign of their own on them."""

_ASSIGNED = re.compile(
    rf"""
    ( (?:{_NAMES}) (?P<named> \\*["'] )? \s*+ [:=] \s*+ ) (?P<opened> \\*["'] )?
    (?= [^\s"',;]{{0,128}} \d ) [A-Za-z0-9._~+/!@\#$%^*-]{{8,}} =* (?(opened)(?P=opened))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_HINTS = (
    "bearer", "basic", ":/", ":\\/", "key", "secret", "pass", "pwd", "token", "credential",
    "authorization", "signature", "sig=", "cohere", "mistral", "together",
)  # fmt: skip
"""Each of these credentials has one beside it, in lower case."""

SECRET_FIELD = re.compile(rf"(?:.*[_-])?(?:{_NAMES})\Z", re.IGNORECASE)
"""The name of a field whose text is a secret whatever it looks like."""


def without_named(text: str) -> str:
    """``text`` without the credentials that something beside them gives away."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    text = _BEARER.sub(rf"\1{REDACTED}", text)
    text = _URL_PASSWORD.sub(rf"\1{REDACTED}@", text)
    text = _QUERY.sub(rf"\1{REDACTED}", text)
    text = _CONNECTION.sub(rf"\1\2{REDACTED}", text)
    text = _BARE.sub(rf"\1{REDACTED}", text)
    return _ASSIGNED.sub(_assigned, text)


def _assigned(match: re.Match[str]) -> str:
    quote = match["opened"] or match["named"] or ""  # a number in JSON becomes a text
    return f"{match[1]}{quote}{REDACTED}{quote}"
