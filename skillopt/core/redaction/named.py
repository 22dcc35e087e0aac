"""Credentials that are known by what stands before them: a scheme, a name, a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable

from skillopt.core.redaction.issued import START

REDACTED = "[redacted]"

_KEY = r"(?:api|access|secret|private|signing|encryption)[_-]?key(?:[_-]?id)?"
_WORDS = r"passw(?:or)?d|passphrase|pwd|credentials?|authorization"
_NAMES = (
    rf"{_KEY}|{_WORDS}|(?:client[_-]?)?secret|(?:x-amz-)?signature"
    r"|(?:(?:auth|access|refresh|id|session|bearer|api)[_-]?)?token"
)
_ENDINGS = rf"(?=[acepst]) (?: {_KEY}|{_WORDS}|secret|signature|token )"
"""How every name of a secret ends, whatever stands before it in one word."""

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
    r"""
    ( (?<![A-Za-z0-9])
      (?: co(?=_api_key) | cohere | mistral(?:ai)? | together(?:_?ai)? )
      (?: [_.\ -]? (?:api[_.\ -]?)? (?:key|token) [\\"']{0,3} \s{0,3} (?:[:=]|\bis\b) \s{0,3}
          [\\"']{0,3}
      | [\w.]{0,20} \( \s{0,3} (?: (?:api_key|token) \s? = \s? )? \\{0,3} ["']
      )
    )
    [A-Za-z0-9]{32,}+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Keys of issuers that put no sign of their own on them."""

_ASSIGNED = re.compile(
    rf"""
    ( {_ENDINGS} (?P<named> \\*["'] )? \s*+ [:=] \s*+ ) (?P<opened> \\*["'] )?
    (?= [^\s"',;]{{0,128}} \d ) (?P<value> [A-Za-z0-9._~+/!@\#$%^*-]{{8,}} =* )
    (?(opened)(?P=opened))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OPTION = re.compile(
    rf"""
    ( (?<![\w-]) -{{1,2}} (?: [a-z0-9]{{1,20}} - ){{0,3}} (?: {_NAMES} ) \s{{1,3}} [\\"']{{0,2}} )
    (?! [/~.$] )                            # the path of a file, a variable
    (?= [^\s"',;]{{0,128}} \d ) (?= [^\s"',;]{{0,128}} [A-Za-z] )
    [A-Za-z0-9._~+/!@\#$%^*-]{{8,}} =*
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The option of a command, and its value as the next word."""
SECRET_FIELD = re.compile(rf"(?:.*[_-])?(?:{_NAMES})\Z", re.IGNORECASE)
"""The name of a field whose text is a secret whatever it looks like."""


def without_named(text: str) -> str:
    """``text`` without the credentials that something beside them gives away."""
    lowered = text.lower()
    for hints, pattern, replacement in _NAMED:
        if any(hint in lowered for hint in hints):
            text = pattern.sub(replacement, text)
    return text


def _assigned(match: re.Match[str]) -> str:
    number = not match["value"].strip("0123456789.+-eE")
    quote = match["opened"] or (number and match["named"]) or ""  # in JSON it becomes a text
    return f"{match[1]}{quote}{REDACTED}{quote}"


_NAMED: tuple[tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]], ...]
_NAMED = (
    (("bearer", "basic"), _BEARER, rf"\1{REDACTED}"),
    ((":/", ":\\/"), _URL_PASSWORD, rf"\1{REDACTED}@"),
    (("=",), _QUERY, rf"\1{REDACTED}"),
    (("accountkey=", "sharedaccess", "sharedsecret"), _CONNECTION, rf"\1\2{REDACTED}"),
    (("co_api_key", "cohere", "mistral", "together"), _BARE, rf"\1{REDACTED}"),
    (("-",), _OPTION, rf"\1{REDACTED}"),
    (("key", "secret", "pass", "pwd", "token", "credential", "authorization", "signature"),
     _ASSIGNED, _assigned),
)  # fmt: skip
"""Each form with what stands beside it in lower case, and what is put in its place."""
