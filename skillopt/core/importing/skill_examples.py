"""Tasks drafted from a skill's own text: its examples, then its headings, to be finished."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skillopt.core.importing.values import Draft
from skillopt.core.mining.markdown import FENCE, without_code

MOST = 6
"""Tasks that are drafted."""
FEWEST = 3
"""One for each split; what the text does not give is left to the person."""
LONGEST = 2_000
"""Characters of an example."""

_ASKS = "input|user|prompt|question|request|query|q"
_SAYS = "output|assistant|response|answer|expected|reply|a"
_LABEL = re.compile(
    rf"[\s>*_#-]*(?:example\s+)?(?:(?P<asks>{_ASKS})|(?P<says>{_SAYS}))(?:\s*\d{{1,3}})?"
    r"[*_\s]{0,4}:[*_]{0,4}\s*(?P<rest>.*)\Z",
    re.IGNORECASE,
)
_HEADING = re.compile(r" {0,3}#{2,6}\s+(?P<title>\S.*)\Z")
_TODO = "TODO: what a good answer does here, in a sentence."


def drafts_of(body: str) -> list[Draft]:
    """Up to :data:`MOST` drafts, the examples of the text first; at least :data:`FEWEST`."""
    drafts: list[Draft] = []
    for asked, said in pairs_in(body):
        if len(drafts) < MOST:
            drafts.append(_draft(len(drafts), asked, said))
    for title in _titles(body):
        if len(drafts) < MOST:
            drafts.append(_draft(len(drafts), f"TODO: a request that needs {title!r}", None))
    while len(drafts) < FEWEST:
        drafts.append(_draft(len(drafts), f"TODO: request {len(drafts) + 1}", None))
    return drafts


def pairs_in(body: str) -> list[tuple[str, str | None]]:
    """Examples as `Input:` and `Output:` (or alike), each on its line, in lines or in a fence."""
    found: list[tuple[str, str | None]] = []
    asked: str | None = None
    for kind, text in _labelled(body):
        if kind == "asks":
            if asked:
                found.append((asked, None))
            asked = text
        elif asked:
            found.append((asked, text or None))
            asked = None
    if asked:
        found.append((asked, None))
    short = [pair for pair in found if all(len(part or "") <= LONGEST for part in pair)]
    return list({asked: (asked, said) for asked, said in reversed(short)}.values())[::-1]


def _labelled(body: str) -> Iterator[tuple[str, str]]:
    """Each label with what stands under it: up to an empty line, a heading or the next label."""
    kind, lines, fence, around = "", list[str](), "", ""
    for row in [*body.splitlines(), ""]:
        mark = FENCE.match(row)
        if fence:
            fence = "" if mark and mark.group(1).startswith(fence) else fence
            lines += [row] if fence else []
            continue
        label = _LABEL.match(row)
        closes = bool(mark and around and mark.group(1).startswith(around))
        if label or closes or (not row.strip() and lines) or _HEADING.match(row):
            if kind and lines:
                yield kind, _text(lines)
                kind, lines = "", []
            if label:
                kind = "asks" if label["asks"] else "says"
                lines = [label["rest"]] if label["rest"] else []
            around = "" if closes else around
        elif mark:
            fence, around = (mark.group(1)[:3], around) if kind else ("", mark.group(1)[:3])
        elif kind and row.strip():
            lines.append(row)
    if kind and lines:
        yield kind, _text(lines)


def _text(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "`\"'"
    return text[1:-1].strip() if quoted else text


def _titles(body: str) -> Iterator[str]:
    for row in without_code(body.splitlines()):
        found = _HEADING.match(row)
        title = found["title"].rstrip().rstrip("#").rstrip() if found else ""
        if title and not re.match(r"(?i)examples?\b", title):
            yield title[:80]


def _draft(number: int, asked: str, said: str | None) -> Draft:
    judged = {"type": "rubric", "criteria": [_TODO]}
    return Draft(
        place=(number,),
        record=number + 1,
        input=asked,
        expected=said,
        checks=None if said else (judged,),
    )
