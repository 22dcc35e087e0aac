"""Addresses: URLs, hosts and mail addresses that a text names."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters

_DISARMED = re.compile(r" ?[\[({] ?(?:\.|dot) ?[\])}] ?", re.IGNORECASE)
_SPELLED = re.compile(
    r"(?<=[a-z0-9]) dot (?=(?:com|org|net|io|dev|app|ru|cn|xyz)\b)", re.IGNORECASE
)
"""A dot as it is written to keep an address from being one."""
_WIDE_DOT = re.compile(r"(?<=[\w-])\u3002(?=[a-z0-9])", re.IGNORECASE)
"""A full stop of East Asian typography, which a browser takes for a dot."""
_PASSED_OVER = re.compile(
    r"&(?:tab|newline|#0{0,8}(?:9|10);|#x0{0,8}[9a];);?|(?<=\w)[*~]{1,3}(?=\w)", re.IGNORECASE
)
"""What may stand inside an address without changing it: white space as entities, emphasis."""

_URL = re.compile(
    r"(?<![a-z0-9])(?:h(?:tt|xx)ps?|ftps?|sftp|wss?|ssh|git|file|ldaps?|gopher)"
    r"(?:\+[a-z]{1,8})?:(?:[\\/]{2}|(?<=http:)|(?<=https:))[^\s<>\"'`|]{1,2000}",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"(?<![a-z0-9])(?:javascript|vbscript|data):(?=\S)[^\s<>\"'`)]{1,200}", re.IGNORECASE
)
_NO_SCHEME = re.compile(r"(?<=[(\"'=\s])//[a-z0-9-]{1,63}\.[^\s<>\"'`|)]{1,500}", re.IGNORECASE)
_SHARE = re.compile(r"(?<![\\\w])\\\\[a-z0-9.-]{2,63}\\[a-z$][^\s<>\"'`|]{0,200}", re.IGNORECASE)
_LABELS = r"(?<![\w.@/:-])(?:(?:(?!_)[\w-]){1,63}\.){1,5}"
"""The parts of a host before its last one, in any script and case."""
_PATH = re.compile(
    rf"{_LABELS}(?!(?:py|js|ts|md|json|yaml|yml|html|txt|d|git)\b)"
    r"[a-z]{2,24}/[\w?][^\s<>\"'`|)]{0,500}"
)
_BARE = re.compile(
    rf"{_LABELS}(?:com|org|net|io|dev|app|xyz|ru|cn|top|site|online|"
    r"co|eu|de|uk|gg|me|link|click|tk|onion|COM|ORG|DEV|APP|XYZ|TOP|SITE|ONLINE|CLICK|ONION)"
    r"(?:(?::\d{1,5})?/[^\s<>\"'`|)]{0,500}|(?![\w(/-]|\.\w))"
)
"""In capitals without endings that are words, as in ASP.NET. It may end a sentence."""
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})(?![\w-])", re.IGNORECASE
)
_NUMBERS = re.compile(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5}|/)\S{0,200}")
_HOST = re.compile(r"[^/\\]{0,20}[/\\]{2}(\[[^\]]{1,60}\]|[^/\\?#:\s]{1,253})")
_TRAILING = ".,;:!?)]}*_"
_RESERVED = ("example", "test", "invalid", "example.com", "example.org", "example.net")
"""Hosts that lead nowhere (RFC 2606)."""


def addresses(text: str, *, allowed: Collection[str] = ()) -> Iterator[Hit]:
    """Each address in ``text``, but for those of hosts that are ``allowed`` or lead nowhere."""
    plain = html.unescape(_PASSED_OVER.sub("", plain_letters(text)))
    for dot in (_DISARMED, _SPELLED, _WIDE_DOT):
        plain = dot.sub(".", plain)
    for host, address in _named(plain):
        if not _is_under(host, (*_RESERVED, *allowed)):
            yield Hit("urls", "an address", address.lower(), shown(address))


def _named(plain: str) -> Iterator[tuple[str, str]]:
    """Hosts and addresses."""
    if "//" in plain or "\\\\" in plain or "http" in plain.lower():
        for pattern in (_URL, _NO_SCHEME, _SHARE):
            for match in pattern.finditer(plain):
                yield _host(match[0]), match[0].rstrip(_TRAILING)
    if "script:" in plain.lower() or "data:" in plain.lower():
        for match in _SCHEME.finditer(plain):
            yield "", match[0]
    for match in (*_PATH.finditer(plain), *_BARE.finditer(plain)):
        yield match[0].partition("/")[0].partition(":")[0].lower(), match[0].rstrip(_TRAILING)
    if "@" in plain:
        for match in _MAIL.finditer(plain):
            yield match[1].lower(), match[0]
    for match in _NUMBERS.finditer(plain):
        yield match[1], match[0].rstrip(_TRAILING)


def _host(url: str) -> str:
    authority = url.partition("//")[2].partition("/")[0]
    if "@" in authority or "\\" in authority:
        return ""  # which part is the host depends on who reads it
    found = _HOST.match(url)
    return found[1].lower().rstrip(_TRAILING) if found else ""


def _is_under(host: str, domains: Collection[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
