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
    r"(?:left|top|text-indent)\s{0,3}:\s{0,3}-\d{3}|color\s{0,3}[:=]\s{0,3}[\"']?(?:white|#fff|transparent)|"
    r"\bsize\s{0,3}=\s{0,3}[\"']?0\b|\bon[a-z]{3,20}\s{0,3}="
)
_TAG = re.compile(
    r"<(?:details|template|noscript|script|style|iframe|del|s|strike)\b(?=[\s>/])[^<>]{0,500}>?"
    r"|<(?:\?\w|![a-z]|!\[cdata\[)[^<>]{0,500}>?|\[\]\([^)\n]{1,200}\)"
    r"|\\(?:color|textcolor)\{white\}|\\phantom\{"
    r"|\{#[^{}\n]{1,500}#\}|\{\{![^{}\n]{0,500}|\{%-?\s{0,3}comment\b|\{::comment"
    r"|<(?:object|embed|form|meta|link|base|svg)\s[^<>]{0,500}>?"
    rf"|<\w{{1,20}}\s[^<>]{{0,500}}?(?:{_UNSEEN})[^<>]{{0,500}}>?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^ {0,3}\[(?:[^\]\n]{0,200})\]:[ \t]{0,10}(?:<[^>\n]{0,200}>|\S{1,200})"
    r"(?:[ \t]{1,10}|[ \t]{0,10}\n[ \t]{0,10})[\"'(]([^\n]{1,2000})",
    re.MULTILINE,
)
_TITLE = re.compile(
    r"\]\(\s{0,5}(?:<[^<>\n]{0,300}>|[^()<>\s]{1,300})\s{1,10}"
    r"(\"[^\"]{1,500}\"|'[^']{1,500}'|\([^()]{1,500}\))\s{0,5}\)"
)
_INFO = re.compile(
    r"^[ >]{0,12}(?:`{3,}|~{3,})[ \t]{0,5}\S{1,60}[ \t]{1,5}"
    r"((?:[A-Za-z',.]{1,30}[ \t]{1,3}){2,20}[A-Za-z][^\n`]{0,300})",
    re.MULTILINE,
)
_FAR_RIGHT = re.compile(r"(?<=\S)[ \t\u00a0]{80,}(?=[^\s|])")
_FAR_DOWN = re.compile(r"(?:\n[ \t]{0,80}){30,}+(?=\S)")


def hidden_text(text: str) -> Iterator[Hit]:
    """Each piece of ``text`` that is in no rendered page."""
    plain = plain_letters(text)
    for sign, pattern, says in _UNRENDERED:
        for match in pattern.finditer(plain) if sign in plain else ():
            said = " ".join((match[1] if pattern.groups else match[0]).removesuffix("--").split())
            yield Hit("hidden_text", says, said, shown(said))
    for pattern, says in _FAR:
        for match in pattern.finditer(plain):
            after = plain[match.end() : match.end() + 200].partition("\n")[0]
            yield Hit("hidden_text", says, after, shown(after))


_UNRENDERED = (
    ("<", _COMMENT, "an HTML comment"),
    ("", _TAG, "markup that hides or does something"),
    ("]:", _REFERENCE, "a link's title that no page shows"),
    ("](", _TITLE, "a link's title that no page shows"),
    ("", _INFO, "words after a fence's language"),
)
"""Each with what it cannot do without; a group is what is said."""
_FAR = ((_FAR_RIGHT, "text far to the right"), (_FAR_DOWN, "text far down"))
