"""Characters that a person does not see, or takes for others, by the Unicode standard's data.

What is looked for: every default-ignorable code point, every format and control character, the
separators of lines and paragraphs, spaces that are no space, blanks that are letters or symbols,
private and unassigned characters. Joiners and selectors are let through where a script or an emoji
needs them, one at a time: what such places can hide is a bit for each visible character.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator

import regex

from skillopt.core.content.finding import Hit, named

_SUSPECT = regex.compile(
    r"(?V1)[[\p{Default_Ignorable_Code_Point}\p{C}\p{Zl}\p{Zp}\p{Zs}\u2800\U0001D159\uFFFC]"
    r"--[\t\n\r \u00A0\u202F\u3000]]"
)
"""All but the spaces of French and East Asian typography."""

_FLAGS = regex.compile(
    "\U0001f3f4(?:" + "|".join(
        "".join(chr(0xE0000 + ord(letter)) for letter in region)
        for region in ("gbeng", "gbsct", "gbwls")
    ) + ")\U000e007f"
)  # fmt: skip
"""The flags of England, Scotland and Wales: all that is written with tag characters."""

_ENTITY = regex.compile(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z]{2,31});")
"""A character as HTML and Markdown spell it: what it stands for is as unseen as itself."""

_PICTURE = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Modifier}]")
_JOINS_NEXT = regex.compile(r"[\p{Joining_Type=D}\p{Joining_Type=L}]")
_JOINS_LAST = regex.compile(r"[\p{Joining_Type=D}\p{Joining_Type=R}]")
_LETTER = regex.compile(r"\p{L}")
_MONGOLIAN = regex.compile(r"\p{Script=Mongolian}")

_JOINER, _NON_JOINER = "\u200d", "\u200c"
_SELECTORS = "\ufe0e\ufe0f"
_VIRAMA = 9
"""The canonical combining class of a sign that joins two consonants."""
_MOST_MARKS = 8
"""Marks on one letter that are looked past."""


def hidden_characters(text: str) -> Iterator[Hit]:
    """Each character of ``text`` that is hidden or ambiguous, in order."""
    for entity in _ENTITY.finditer(text) if "&" in text else ():
        for char in html.unescape(entity[0]):
            if _SUSPECT.match(char):
                yield Hit("characters", _kind_of(char), entity[0], f"{entity[0]} {named(char)}")
    if text.isascii() and text.isprintable():
        return
    for _ in _LONE_RETURN.finditer(text):
        yield Hit("characters", "a separator of lines that is no line feed", "\r", named("\r"))
    flags = {at for match in _FLAGS.finditer(text) for at in range(*match.span())}
    for match in _SUSPECT.finditer(text):
        at = match.start()
        if at not in flags and not _is_needed(text, at):
            char = match[0]
            yield Hit("characters", _kind_of(char), char, named(char))


def visible(text: str) -> str:
    """``text`` with each hidden character spelled as `<U+202E>`, for pages that people read."""
    if text.isascii() and text.isprintable():
        return text
    text = _LONE_RETURN.sub("<U+000D>", text)
    flags = {at for match in _FLAGS.finditer(text) for at in range(*match.span())}

    def spelled(match: regex.Match[str]) -> str:
        seen = match.start() in flags or _is_needed(text, match.start())
        return match[0] if seen else f"<U+{ord(match[0]):04X}>"

    return _SUSPECT.sub(spelled, text)


_LONE_RETURN = regex.compile(r"\r(?!\n)")

_RULES = tuple(
    (regex.compile(pattern), says)
    for pattern, says in (
        (r"[\p{Zl}\p{Zp}\x0b\x0c\x1c-\x1e\x85]", "a separator of lines that is no line feed"),
        (r"\p{Cc}", "a control character"),
        (r"\p{Zs}", "a space of an odd width"),
        (r"[\p{Co}\p{Cs}]", "a private or lone character"),
        (r"\p{Bidi_Control}", "a control of the direction of text"),
        (
            r"[\p{Variation_Selector}\U000E0000-\U000E007F]",
            "a variation selector or tag where none is needed",
        ),
        (r"\p{Default_Ignorable_Code_Point}|\p{Cf}", "an invisible character"),
        (r"\p{Cn}", "an unassigned character"),
    )
)


def _kind_of(char: str) -> str:
    found = (says for pattern, says in _RULES if pattern.match(char))
    return next(found, "a blank that is a letter or a sign")


def _is_needed(text: str, at: int) -> bool:
    """Whether a script or an emoji is written with the character at ``at``."""
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in _SELECTORS:
        keycap = before in set("0123456789#*") and after == "\u20e3"
        return keycap or bool(before and _PICTURE.match(before))
    if char == _JOINER:
        return _joins_emoji(text, at) or _is_virama(before) or _shapes(before, after)
    if char == _NON_JOINER:
        return bool(after and _LETTER.match(after)) and (
            _is_virama(before) or _parts_cursive(text, at)
        )
    in_mongolian = "\u180b" <= char <= "\u180f" and before and _LETTER.match(before)
    return bool(in_mongolian and _MONGOLIAN.match(before))


def _joins_emoji(text: str, at: int) -> bool:
    before = text[at - 2 : at - 1] if text[at - 1 : at] == "\ufe0f" else text[at - 1 : at]
    after = text[at + 1 : at + 2]
    return bool(before and after and _PICTURE.match(before) and _PICTURE.match(after))


def _is_virama(char: str) -> bool:
    return bool(char) and unicodedata.combining(char) == _VIRAMA


def _shapes(before: str, after: str) -> bool:
    """Whether a joiner gives the Arabic letter before it the form it has inside a word."""
    alone = not after or not _JOINS_LAST.match(after)
    return alone and bool(before and _LETTER.match(before) and _JOINS_NEXT.match(before))


def _parts_cursive(text: str, at: int) -> bool:
    """Whether two letters would be joined without it (RFC 5892, appendix A.1)."""
    first, last = at - 1, at + 1
    while first > at - _MOST_MARKS and unicodedata.category(text[first : first + 1] or " ") == "Mn":
        first -= 1
    while last < at + _MOST_MARKS and unicodedata.category(text[last : last + 1] or " ") == "Mn":
        last += 1
    before, after = text[max(first, 0) : max(first, 0) + 1], text[last : last + 1]
    return bool(before and after and _JOINS_NEXT.match(before) and _JOINS_LAST.match(after))
