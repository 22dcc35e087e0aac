"""Numbers as people write them, read by one rule; what the rule cannot decide is said, not guessed.

1. Spaces (also no-break and thin ones), apostrophes, underscores, and a comma or full stop that
   occurs twice group digits: `1 234`, `1'234'567`, `1,234,567`, `1.234.567`. Groups have three
   digits, or two before the last one (`12,34,567`), and up to three before them.
2. Of a comma and a full stop in one number, the last is the decimal sign: `1,234.5`, `1.234,5`.
3. A single full stop is the decimal sign: `1.234`. So is a single comma (`3,14`), unless exactly
   three digits follow up to three others: `1,234` may be either. Then the other numbers of the
   answer decide, if they are written in one way; else it has both values.
4. A minus sign may be a hyphen (also one that does not break), a real minus or an en dash, before
   or after a currency sign. Marks of the direction of writing are passed over. Parentheses are
   none. Currency, per cent signs and units are not applied: `12 %` is 12, `5k` is 5.
5. A fraction in one character counts: `2½` is 2.5. So does a power of ten: `1.5 * 10^3` is 1500.

What does not fit together is several numbers, of which the last counts: `v1.2.3`, `1,2,3`.

With a decimal sign given, the other mark groups digits where it can, and rule 3 decides nothing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Literal, NamedTuple

DecimalSign = Literal[".", ","]

_SPACES = " \u00a0\u2002-\u200a\u202f"
_QUOTES = "'\u2019\u066c_"
_MINUS = "\u2010-\u2013\u2212\ufe63\uff0d-"
_PER_CENT = "%\u066a\uff05\ufe6a"
_FRACTIONS = "\u00bc-\u00be\u2150-\u215e\u2189"
_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_DIRECTION = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks of the direction of writing, which may stand between a sign and its digits."""
_WIDE = str.maketrans("\uff0e\uff0c\uff0b", ".,+", _DIRECTION)
_LOWERED = str.maketrans(f"{_RAISED}\u207a\u207b\u2212\u2013", "0123456789+---")
_CURRENCY = "$\u00a2\u00a3\u00a5\u20a0-\u20cf"
_TOKEN = re.compile(
    rf"(?:(?<![\w)])(?P<sign>[+{_MINUS}])(?:[{_CURRENCY}] ?)?)?"
    rf"(?P<digits>\d+(?:(?:[.,\u066b{_QUOTES}]|[{_SPACES}](?=\d{{3}}(?!\d)))\d+)*"
    rf"|(?<!\d)\.\d+|(?=[{_FRACTIONS}]))"
    rf"(?: ?(?P<fraction>[{_FRACTIONS}])"
    r"|(?P<exponent>[eE][-+]?\d+)"
    r"|[ \u00a0]?(?:[\u00d7\u00b7*x]|\\times|\\cdot)[ \u00a0]?10"
    rf"(?:(?:\^|\*\*)[{{(]?(?P<power>[-+\u2212\u2013]?\d{{1,3}})(?!\d)[)}}]?"
    rf"|(?P<raised>[\u207a\u207b]?[{_RAISED}]{{1,3}})))?"
)
_IS_MINUS = re.compile(f"[{_MINUS}]")
_IS_SPACE = re.compile(f"[{_SPACES}]")
_IS_PER_CENT = re.compile(f"[{_SPACES}]?[{_PER_CENT}]")
_MARK = re.compile(rf"[.,\u066b{_QUOTES}{_SPACES}]")
_MOST_GROUPS = 150
"""More digits are beyond every finite number."""


class ReadNumber(NamedTuple):
    """A number in a text."""

    text: str
    """As it is written."""
    values: tuple[Decimal, ...]
    """What it is: one value, or two where it is ambiguous."""
    per_cent: bool
    """A per cent sign follows, which is not applied."""


class _Form(NamedTuple):
    """A number's digits, in plain spelling."""

    spelled: tuple[str, ...]
    decimal: str | None
    """The decimal sign that its author uses, where it shows."""
    dropped: bool = False
    """Something before it is not part of it."""


def last_number(text: str, *, decimal: DecimalSign | None = None) -> ReadNumber | None:
    """The last number in ``text``, or None; an infinite one is none.

    Args:
        text: an answer.
        decimal: the decimal sign, where it is known.
    """
    text = text.translate(_WIDE)
    last = None
    signs: set[str] = set()
    for match in _TOKEN.finditer(text):
        if last is not None:
            signs |= _sign_used(last)
        last = match
    if last is None:
        return None
    form = _form(last["digits"], decimal)
    known = next(iter(signs)) if len(signs) == 1 else None
    if len(form.spelled) > 1 and known:
        form = _form(last["digits"], "." if known == "." else ",")
    values = tuple(_values(last, form))
    per_cent = _IS_PER_CENT.match(text, last.end()) is not None
    return ReadNumber(last.group(), values, per_cent) if values else None


def _values(match: re.Match[str], form: _Form) -> Iterator[Decimal]:
    negative = _IS_MINUS.match(match["sign"] or "") and not form.dropped
    power = (match["power"] or match["raised"] or "").translate(_LOWERED)
    exponent = f"e{power}" if power else match["exponent"] or ""
    for whole in form.spelled:
        part = match["fraction"]
        spelled = f"{float(whole) + unicodedata.numeric(part)}" if part else whole
        number = f"{'-' if negative else ''}{spelled}{exponent}"
        try:
            if math.isfinite(float(number)):
                yield Decimal(number)
        except (InvalidOperation, ValueError):
            continue


def _sign_used(match: re.Match[str]) -> set[str]:
    sign = _form(match["digits"], None).decimal
    return {sign} if sign else set()


def _form(digits: str, decimal: DecimalSign | None) -> _Form:
    """The reading of digits and marks; where they do not fit together, of those after a space."""
    if not digits:  # a fraction by itself
        return _Form(("0",), None)
    parts = _MARK.split(digits)[-_MOST_GROUPS:]
    marks = [_kind(mark) for mark in _MARK.findall(digits)][-(_MOST_GROUPS - 1) :]
    marks = marks[len(marks) - len(parts) + 1 :]
    starts = [0, *(at + 1 for at, mark in enumerate(marks) if mark == " ")]
    for start in starts:
        form = _regular(parts[start:], marks[start:], decimal)
        if form:
            return form._replace(dropped=start > 0)
    return _Form((parts[-1],), None, dropped=True)


def _kind(mark: str) -> str:
    if _IS_SPACE.match(mark):
        return " "
    if mark in _QUOTES:
        return "'"
    return "." if mark == "\u066b" else mark


def _regular(parts: list[str], marks: list[str], decimal: DecimalSign | None) -> _Form | None:
    if not marks:
        return _Form((parts[0],), None)
    last, before = marks[-1], marks[:-1]
    if last in before or last in " '":
        whole = _grouped(parts, marks)
        other = {".": ",", ",": "."}.get(last)
        return _Form((whole,), other) if whole else None
    if before:
        whole = _grouped(parts[:-1], before)
        return _Form((f"{whole}.{parts[-1]}",), last) if whole else None
    return _single(parts[0], last, parts[1], decimal)


def _single(first: str, mark: str, rest: str, decimal: DecimalSign | None) -> _Form:
    """Digits, one comma or full stop, digits."""
    fraction = f"{first or '0'}.{rest}"
    whole = _grouped([first, rest], [mark])
    if decimal is not None and decimal != mark and whole:
        return _Form((whole,), decimal)
    if decimal is None and mark == "," and whole:
        return _Form((whole, fraction), None)
    return _Form((fraction,), mark)


def _grouped(parts: list[str], marks: list[str]) -> str | None:
    """The digits of a whole number in regular groups, or None."""
    first, *groups = parts
    if len(set(marks)) > 1 or not 1 <= len(first) <= 3 or first.startswith("0"):  # noqa: PLR2004
        return None
    sizes = {len(group) for group in groups[:-1]}
    if len(groups[-1]) != 3 or not (sizes <= {3} or (sizes == {2} and marks[0] == ",")):  # noqa: PLR2004
        return None
    return "".join(parts)
