"""What must hold of every reader, whatever the bytes: it refuses in its own words, or reads whole.

A target takes bytes and returns; an AssertionError, or any error that the reader does not promise,
is a find.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel

from skillopt.adapters.files.documents import Document, document_of
from skillopt.adapters.files.skill_file import skill_name
from skillopt.adapters.files.validation_entries import entry_at, header_of
from skillopt.core.evaluation.validation_set import ValidationSet, flaws
from skillopt.core.mining.drafts import TaskDrafts
from skillopt.core.proposals.critique import Critiques
from skillopt.core.proposals.proposal import Draft
from skillopt.core.proposals.rewriting import Rewrite
from skillopt.core.replies import BadReply, read_reply
from skillopt.core.skill.edit import Edit, Insert, Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.steps.compare_answers import Preference
from skillopt.errors import SkillError, ValidationSetError
from tests.fuzz.fields import skill_and_edits

Target = Callable[[bytes], bool]
"""Returns whether the input was taken."""

SHAPES: tuple[type[BaseModel], ...] = (Draft, Critiques, Preference, Rewrite, TaskDrafts)


def skills(data: bytes) -> bool:
    """Bytes come back as they were; the map of the text lies within it."""
    try:
        skill = Skill.from_bytes(data)
    except SkillError as error:
        assert str(error)
        return False
    assert skill.to_bytes() == data
    body, end = skill.body, len(skill.text)
    assert 0 <= body.start <= body.end == end
    assert body.start >= skill.front_matter_found.end
    for section in skill.sections:
        assert body.start <= section.span.start < section.span.end <= end
        assert section.span.start <= section.content_start <= section.span.end
        assert section.path
    for before, after in zip(skill.locked, skill.locked[1:], strict=False):
        assert before.end <= after.start
    assert len(skill.digest) == 64
    assert all(isinstance(warning, str) for warning in skill.warnings)
    assert skill_name(None, skill)
    return True


def edits(data: bytes) -> bool:
    """All are applied or none; locks, front matter and all but the anchors stay."""
    raw, asked = skill_and_edits(data)
    try:
        skill = Skill.from_bytes(raw)
    except SkillError:
        return False
    made = apply(skill, tuple(asked))
    if isinstance(made, Misfit):
        assert made.detail
        assert made.edit is None or 0 <= made.edit < len(asked)
        return False
    assert made.text != skill.text
    assert made.locked_texts == skill.locked_texts
    assert made.front_matter.rstrip("\r\n") == skill.front_matter.rstrip("\r\n")
    assert Skill(text=made.to_bytes().decode()) == made
    for edit in asked:
        text = getattr(edit, "text", "")
        assert skill.with_own_newlines(text) in made.text
    if len(asked) == 1:
        _only_there(skill, asked[0], made)
    return True


def _only_there(skill: Skill, edit: Edit, made: Skill) -> None:
    """Outside of one place the text is the same."""
    before, after = skill.text, made.text
    added = skill.with_own_newlines(getattr(edit, "text", ""))
    removed = len(before) + len(added) - len(after)
    assert removed >= 0
    if isinstance(edit, Insert):
        assert removed == 0
    starts = (at for at in range(len(before) - removed + 1) if after.startswith(added, at))
    assert any(before[:at] + added + before[at + removed :] == after for at in starts)


def validation_sets(data: bytes) -> bool:
    """The first byte says which kind of file; it is refused with its line, or read whole."""
    path = Path("/nowhere/set").with_suffix(".jsonl" if data[:1] == b"j" else ".yaml")
    try:
        read = _read(document_of(data[1:], path))
    except ValidationSetError as error:
        assert str(error).startswith(str(path))
        lines = data.count(b"\n") + data.count(b"\r") + 1
        assert error.line is None or 1 <= error.line <= max(lines, 1) + 1
        str(error).encode()
        return False
    again = ValidationSet.model_validate_json(read.model_dump_json())
    assert again == read
    assert len({task.id for task in read.tasks}) == len(read.tasks)
    assert all(len(task.digest) == 64 for task in read.tasks)
    read.model_dump_json().encode()
    return True


def _read(document: Document) -> ValidationSet:
    """As :func:`skillopt.adapters.files.validation_file.validation_set_of`, but for the programs
    and modules that checks name: those would be imported."""
    header = header_of(document)
    entries = [entry_at(document, index, raw) for index, raw in enumerate(header.tasks)]
    tasks = tuple(entry.task(header) for entry in entries)
    flaw = next(flaws(tasks, header.criteria), None)
    if flaw:
        raise document.error(flaw.message, flaw.place, first=flaw.first)
    return ValidationSet(name=header.name or "set", criteria=header.criteria, tasks=tasks)


def replies(data: bytes) -> bool:
    """A reply is bad, with a reason for the model, or a value that can be kept and shown."""
    text, taken = _said(data), False
    for shape in SHAPES:
        try:
            read = read_reply(text, shape=shape)
        except BadReply as error:
            assert str(error)
            assert len(str(error)) < 2_000
            continue
        assert isinstance(read.content, shape)
        kept = read.content.model_dump(mode="json")
        assert shape.model_validate(kept) == read.content
        assert len(content_hash(kept)) == 64
        assert shape.model_validate_json(json.dumps(kept)) == read.content
        taken = True
    return taken


def _said(data: bytes) -> str:
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
