"""Structure in a fuzzer's bytes: fields between NULs, so that a case can be read and written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from skillopt.core.skill.edit import Edit

_EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
_KINDS = {
    "i": ("insert", "after"),
    "b": ("insert", "before"),
    "r": ("replace", ""),
    "d": ("delete", ""),
}
_SPAN = re.compile(r"@(\d{1,5})\+(\d{1,5})")
MOST_EDITS = 8


def skill_and_edits(data: bytes) -> tuple[bytes, list[Edit]]:
    """A skill's bytes and edits: `SKILL NUL KIND ANCHOR NUL TEXT NUL SECTION NUL KIND ANCHOR ...`.

    KIND is one of `i`, `b`, `r`, `d`. An anchor `@START+LENGTH` stands for that stretch of the
    skill. Headings in SECTION stand between `>`.
    """
    skill, _, rest = data.partition(b"\0")
    text = skill.decode("utf-8", "replace")
    fields = [_text(field) for field in rest.split(b"\0")][: 3 * MOST_EDITS]
    return skill, list(_edits(text, fields))


def written(skill: str, *edits: tuple[str, str, str, str]) -> bytes:
    """The bytes that stand for a skill and edits (kind, anchor, text, section)."""
    fields = [skill]
    for kind, anchor, text, section in edits:
        fields += [kind + anchor, text, section]
    return "\0".join(fields).encode("utf-8", "surrogatepass")


def _edits(skill: str, fields: list[str]) -> Iterator[Edit]:
    for at in range(0, len(fields), 3):
        head, text, section = (*fields[at : at + 3], "", "")[:3]
        kind, where = _KINDS.get(head[:1], ("insert", "after"))
        made: dict[str, Any] = {"kind": kind, "anchor": _anchor(skill, head[1:])}
        made["section"] = [part for part in section.split(">") if part]
        if kind != "delete":
            made["text"] = text
        if where:
            made["where"] = where
        try:
            yield _EDIT.validate_python(made)
        except ValidationError:
            continue


def _anchor(skill: str, spelled: str) -> str:
    span = _SPAN.fullmatch(spelled)
    if span is None:
        return spelled
    start = int(span[1])
    return skill[start : start + int(span[2])]


def _text(data: bytes) -> str:
    """UTF-8, lone surrogates included: a model's JSON may hold them."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
