"""Links between a skill's files: an edit may not leave one without its file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from skillopt.core.skill.document import Document
from skillopt.core.skill.left_out import Surroundings
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import with_folders

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_FILE = re.compile(r"[./]")
_STANDS_FOR = re.compile(r"[<>{}*$\[\]…]")


class Link(NamedTuple):
    """A link of a skill's text to a place in its folder."""

    path: str
    """The file that the link is in."""
    target: str
    """The place, as it is written from the folder."""


def broken_link(before: Skill, after: Skill) -> str | None:
    """The first link of ``after`` whose file ``before`` has and it has not, in one sentence."""
    gone = _places(before) - _places(after)
    if not gone:
        return None
    for path, document in after.documents.items():
        target = next((one for one in link_targets(document, path) if one in gone), None)
        if target:
            return (
                f"{path} links to {target}, which would be gone; "
                "remove the link as well, or keep the file"
            )
    return None


def new_dead_link(before: Skill, after: Skill, *, around: Surroundings | None = None) -> str | None:
    """The first link of ``after`` to no file that ``before`` has not, in one sentence.

    Args:
        before: where it links to the same place in vain, that is nothing new.
        after: the edited version.
        around: see :func:`dead_links`.
    """
    dead = dead_links(after, around=around)
    known = {link.target for link in dead_links(before, around=around)} if dead else set()
    link = next((link for link in dead if link.target not in known), None)
    if link is None:
        return None
    return (
        f"{link.path} links to {link.target}, and the skill has no such file; create it, or remove "
        "the link (one that is an example is written as code)"
    )


def dead_links(skill: Skill, *, around: Surroundings | None = None) -> tuple[Link, ...]:
    """The links to places in the folder where the skill has no file, each once.

    A place is looked for from the file that the link is in and from the SKILL.md, as agents do.
    What is no name of a file (`[text](url)`), or stands for one (`<name>.md`), is left aside, and
    so are links to what is no part of a skill: nobody knows here whether that is there.

    Args:
        skill: all its Markdown is read.
        around: the folder's surroundings; None where they are not known.
    """
    there = _places(skill)
    found = (
        Link(path, target)
        for path, document in skill.documents.items()
        for target, name in _targets(document, path)
        if not {target, posixpath.normpath(name)} & there
        and _FILE.search(name)
        and not _STANDS_FOR.search(name)
        and not _is_left_out(target, skill, around)
    )
    return tuple(dict.fromkeys(found))


def _is_left_out(target: str, skill: Skill, around: Surroundings | None) -> bool:
    if around is not None:
        return around.why_left_out(target) is not None
    alone, in_repository = Surroundings(folder=""), Surroundings(folder="", repository=True)
    if alone.why_left_out(target) is not None:
        return True
    has_others = any(in_repository.why_left_out(path) is not None for path in skill.paths)
    return not has_others and in_repository.why_left_out(target) is not None


def link_targets(document: Document, path: str) -> Iterator[str]:
    """The places in the folder that a Markdown text at ``path`` links to, as written from there."""
    return (target for target, _ in _targets(document, path))


def _targets(document: Document, path: str) -> Iterator[tuple[str, str]]:
    """The place of each link in the folder, and its own spelling."""
    if not document.markdown:
        return
    for href in _hrefs(document):
        name = unquote(re.split(r"[?#]", href, maxsplit=1)[0])
        if not name or _SCHEME.match(name) or name.startswith("/"):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if not target.startswith(".."):
            yield target, name


def _hrefs(document: Document) -> Iterator[str]:
    if "](" not in document.body_text and "]:" not in document.body_text:
        return
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(document.body_text)
    for token in (child for block in tokens for child in block.children or ()):
        href = token.attrGet("src" if token.type == "image" else "href")
        if isinstance(href, str):
            yield href


def _places(skill: Skill) -> set[str]:
    """Its files and the folders they are in."""
    return {place for path in skill.paths for place in with_folders(path)}
