"""What the names of a skill's files say: which are texts to read, and which may be written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from skillopt.core.skill.skill_file import SKILL_MD, stays_inside, with_folders

MARKDOWN = (".md", ".markdown", ".mdx")
TEXT = (*MARKDOWN, ".txt", ".text", ".rst", ".adoc", ".org")
"""Suffixes of files that are written for a reader, and not for a machine."""

LONGEST_PATH = 200
"""Characters of a new file's path."""

_LEGAL = re.compile(r"(?:licen[cs]e\b.*|third[-_]party.*|copying|notice|copyright)", re.IGNORECASE)
"""What others have signed is neither shown to a target nor edited."""
_UNPORTABLE = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


def is_markdown(path: str) -> bool:
    """Whether the file at ``path`` is Markdown, by its suffix."""
    return path.lower().endswith(MARKDOWN)


def is_reference(path: str) -> bool:
    """Whether the file is a text written for a reader: Markdown or plain, and no licence."""
    *_, name = path.split("/")
    hidden = any(part.startswith(".") for part in path.split("/"))
    return name.lower().endswith(TEXT) and not hidden and not is_legal(name)


def is_legal(name: str) -> bool:
    """Whether a file of that name is a licence or a notice."""
    return _LEGAL.fullmatch(name.partition(".")[0]) is not None


def may_be_edited(path: str, patterns: Iterable[str] = ()) -> bool:
    """Whether an edit may write the text at ``path``: a reference, or what a pattern names."""
    return path == SKILL_MD or is_reference(path) or any(fits(path, one) for one in patterns)


def fits(path: str, pattern: str) -> bool:
    """Whether a glob pattern names ``path``: `*` and `?` stop at a `/`, `**/` is any folders."""
    return _pattern(pattern).fullmatch(path) is not None


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    """`*` and `?` stand for characters but `/`, `**` for any folders."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    signs = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(signs.get(part) or re.escape(part) for part in parts), re.DOTALL)


def flaw_of_name(path: str) -> str | None:
    """What keeps a new file from being called ``path``; None where nothing does."""
    parts = path.split("/")
    if len(path) > LONGEST_PATH:
        return f"it has {len(path)} characters, and a path has at most {LONGEST_PATH}"
    if not stays_inside(path):
        return "it does not stay inside the skill's folder; write `references/terms.md`"
    if any(part.startswith((".", "-", " ")) or part.endswith((".", " ")) for part in parts):
        return "a name may not begin with `.`, `-` or a space, nor end with `.` or a space"
    if _UNPORTABLE.search(path) or not path.isprintable() or any(map(_DEVICE.match, parts)):
        return "not every system can write that name; use letters, digits, `-` and `_`"
    return None


def collision_with(path: str, paths: Iterable[str]) -> str | None:
    """What stands in the way of a new file at ``path`` beside the files at ``paths``.

    A path has to mean the same file on every system: names that only differ by case or by Unicode
    form are one file on some.
    """
    taken = {name: is_file for each in paths for name, is_file in _names(each)}
    spelled = {_folded(name): name for name in taken}
    for name, is_file in _names(path):
        there = spelled.get(_folded(name))
        if there is None:
            continue
        if there != name:
            return f"{there!r} is there, which is the same name on some systems"
        if is_file or taken[there]:
            return f"{there!r} is there already"
    return None


def _names(path: str) -> list[tuple[str, bool]]:
    """The folders on the way to ``path``, and itself; True for the file."""
    *folders, file = with_folders(path)
    return [*((folder, False) for folder in folders), (file, True)]


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
