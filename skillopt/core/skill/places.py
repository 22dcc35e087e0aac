"""Places: the sections of all of a skill's texts, each by one name.

A section of the SKILL.md has its heading path as its name, joined by ` > `; one of another file has
that file's path before it, as if it were the outermost heading.
"""

from __future__ import annotations

from skillopt.core.skill.document import Document
from skillopt.core.skill.edit import Create, Delete, Describe, Edit, Insert, Remove, Replace
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD

DESCRIPTION = "description"
"""The name of the place that a `describe` edit writes at."""


def place_name(file: str, headings: tuple[str, ...]) -> str:
    """The name of a section; without headings that of what stands above the first one."""
    return " > ".join(headings if file == SKILL_MD else (file, *headings))


def claimed_place(edit: Edit) -> str:
    """The place that an edit names, whether it is there or not."""
    match edit:
        case Insert() | Replace() | Delete():
            return place_name(edit.file, edit.section)
        case Create() | Remove():
            return place_name(edit.file, ())
        case Describe():
            return DESCRIPTION


def places(skill: Skill) -> tuple[str, ...]:
    """The sections of all its texts, by name."""
    return tuple(
        place_name(file, section.path)
        for file, document in skill.documents.items()
        for section in document.sections
    )


def own_text(skill: Skill, place: str) -> str:
    """What stands at ``place`` up to the next heading, whatever its level; "" where it is none."""
    for file, document in skill.documents.items():
        if file != SKILL_MD and (place == file or place.startswith(f"{file} > ")):
            return _own_text(document, place[len(file) + len(" > ") :])
    return _own_text(skill.document, place)


def _own_text(document: Document, heading: str) -> str:
    starts = [part.span.start for part in document.sections]
    if not heading:
        return document.text[document.body.start : min(starts, default=document.body.end)]
    named = (part for part in document.sections if " > ".join(part.path) == heading)
    section = next(named, None)
    if section is None:
        return ""
    end = min((at for at in starts if at > section.span.start), default=document.body.end)
    return document.text[section.content_start : end]
