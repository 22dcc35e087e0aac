"""A skill's files in a prompt: what a target reads of them, and what an optimizer is shown.

A target that is a chat model cannot open files, so the texts of the references follow the SKILL.md,
each under a line `=== references/terms.md ===`. Scripts, licences and what is no text are left
out; references beyond :data:`ROOM_FOR_TARGET` are named, and their size.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from skillopt.core.quoting import in_one_line
from skillopt.core.skill.edit_scope import EditScope
from skillopt.core.skill.file_names import is_reference, may_be_edited
from skillopt.core.skill.mentions import that_fit
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile

ROOM_FOR_TARGET = 100_000
"""Characters of reference files that a target is shown."""

ROOM_FOR_OPTIMIZER = 60_000
"""Characters of editable files that an optimizer is shown in full."""

MOST_LISTED = 200
"""Files that an optimizer is shown by name."""


@lru_cache(maxsize=8)
def shown_to_target(skill: Skill) -> str:
    """The SKILL.md's text; of a folder, with the texts of its reference files under it."""
    references = [path for path in skill.documents if path != SKILL_MD and is_reference(path)]
    if not references:
        return skill.text
    fit = that_fit(skill, references, room=ROOM_FOR_TARGET)
    parts = [skill.text.rstrip("\r\n")]
    for path in references:
        text = skill.documents[path].text
        shown = text.strip("\r\n") if path in fit else f"({len(text):,} characters, not shown)"
        parts.append(f"=== {path} ===\n\n{shown}")
    return "\n\n".join(parts) + "\n"


def shown_to_optimizer(skill: Skill, scope: EditScope) -> str:
    """The folder's other files: a list of all as JSON, then the texts of those that fit in full.

    Of each file the list says its size, and of one that may be edited so. The text of one that is
    shown stands under a line with its path, as long as the list says.
    """
    texts = skill.documents
    editable = [path for path in texts if path != SKILL_MD and may_be_edited(path, scope.patterns)]
    fit = that_fit(skill, editable, room=ROOM_FOR_OPTIMIZER)
    rows = [
        _row(file, texts[file.path].text if file.path in texts else None, editable, fit)
        for file in skill.files
    ]
    first = sorted(rows, key=lambda row: "shown" not in row)[:MOST_LISTED]
    lines = [in_one_line(json.dumps(row, ensure_ascii=False)) for row in first]
    if len(rows) > len(first):
        lines.append(json.dumps({"more_files": len(rows) - len(first)}))
    listed = "[\n" + ",\n".join(lines) + "\n]" if lines else "[]"
    bodies = [
        f"=== {row['file']} ===\n{texts[row['file']].text}" for row in first if "shown" in row
    ]
    return "\n\n".join([listed, *bodies])


def _row(
    file: SkillFile, text: str | None, editable: list[str], fit: frozenset[str]
) -> dict[str, Any]:
    if text is None:
        return {"file": file.path, "bytes": len(file.data)}
    marks = {"editable": file.path in editable, "shown": file.path in fit}
    said = {name: True for name, is_so in marks.items() if is_so}
    return {"file": file.path, "chars": len(text), **said}


def read_shown(block: str) -> Mapping[str, str]:
    """The texts that :func:`shown_to_optimizer` shows, by path; nothing if it is none."""
    try:
        rows, at = json.JSONDecoder().raw_decode(block)
    except (ValueError, RecursionError):
        return {}
    return dict(_texts(rows, block, at)) if isinstance(rows, list) else {}


def _texts(rows: list[Any], block: str, at: int) -> Iterator[tuple[str, str]]:
    for row in rows:
        if not (isinstance(row, dict) and row.get("shown")):
            continue
        path, size = row.get("file"), row.get("chars")
        head = f"\n\n=== {path} ===\n"
        if not isinstance(size, int) or not block.startswith(head, at):
            return
        at += len(head)
        yield str(path), block[at : at + size]
        at += size
