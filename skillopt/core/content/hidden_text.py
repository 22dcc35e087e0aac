"""Text that a person does not see in the rendered page, and an agent reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.content.finding import Hit, shown
from skillopt.core.content.reading import plain_letters

_COMMENT = re.compile(r"<!--(?!\s{0,20}skillopt:(?:un)?lock\s{0,20}-->)([^>]{0,2000})")
_UNSEEN = (
    r"\bhidden\b|display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden|"
    r"font-size\s{0,3}:\s{0,3}0|opacity\s{0,3}:\s{0,3}0|"
    r"(?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{3}|color\s{0,3}:\s{0,3}(?:white|#fff|transparent)|\bon[a-z]{3,20}\s{0,3}="
)
_TAG = re.compile(
    r"<(?:details|template|noscript|script|style|iframe|del|s|strike)\b(?=[\s>/])[^<>]{0,500}>?"
    r"|<(?:\?\w|!doctype|!\[cdata\[)[^<>]{0,500}>?|\[\]\([^)\n]{1,200}\)"
    r"|\\(?:color|textcolor)\{white\}|\\phantom\{"
    r"|<(?:object|embed|form|meta|link|base|svg)\s[^<>]{0,500}>?"
    rf"|<\w{{1,20}}\s[^<>]{{0,500}}?(?:{_UNSEEN})[^<>]{{0,500}}>?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^ {0,3}\[(?:[^\]\n]{0,200})\]:[ \t]{0,10}(?:<[^>\n]{0,200}>|\S{1,200})[ \t]{1,10}"
    r"[\"'(]([^\n]{1,2000})",
    re.MULTILINE,
)
_FAR_RIGHT = re.compile(r"(?<=\S)[ \t\u00a0]{80,}(?=[^\s|])")


def hidden_text(text: str) -> Iterator[Hit]:
    """Each piece of ``text`` that is in no rendered page."""
    plain = plain_letters(text)
    if "<" in plain:
        for match in _COMMENT.finditer(plain):
            said = " ".join(match[1].removesuffix("--").split())
            yield Hit("hidden_text", "an HTML comment", said, shown(said))
    if any(sign in plain for sign in ("<", "[](", "{")):
        for match in _TAG.finditer(plain):
            said = " ".join(match[0].split())
            yield Hit("hidden_text", "markup that hides or does something", said, shown(said))
    if "]:" in plain:
        for match in _REFERENCE.finditer(plain):
            yield Hit("hidden_text", "a link's title that no page shows", match[0], shown(match[1]))
    for match in _FAR_RIGHT.finditer(plain):
        after = plain[match.end() : match.end() + 200].partition("\n")[0]
        yield Hit("hidden_text", "text far to the right", after, shown(after))
