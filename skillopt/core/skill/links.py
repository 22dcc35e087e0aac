"""Links between a skill's files: an edit may not leave one without its file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from skillopt.core.skill.document import Document
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import with_folders

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


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


def link_targets(document: Document, path: str) -> Iterator[str]:
    """The places in the folder that a Markdown text at ``path`` links to, as written from there."""
    if not document.markdown:
        return
    for href in _hrefs(document):
        name = unquote(re.split(r"[?#]", href, maxsplit=1)[0])
        if not name or _SCHEME.match(name) or name.startswith("/"):
            continue
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
        if not target.startswith(".."):
            yield target


def _hrefs(document: Document) -> Iterator[str]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(document.body_text)
    for token in (child for block in tokens for child in block.children or ()):
        href = token.attrGet("src" if token.type == "image" else "href")
        if isinstance(href, str):
            yield href


def _places(skill: Skill) -> set[str]:
    """Its files and the folders they are in."""
    return {place for path in skill.paths for place in with_folders(path)}
