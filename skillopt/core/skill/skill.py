"""A skill: its exact text, the files around it, and the map of them that edits need.

Bytes are kept: reading and writing are inverse, and nothing is ever re-serialised
(:mod:`skillopt.core.skill.document`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any

from pydantic import Field, field_validator

from skillopt.core.skill.document import Document, Section, Span
from skillopt.core.skill.encodings import conversion, probable_encoding
from skillopt.core.skill.file_names import is_markdown
from skillopt.core.skill.format_rules import format_flaws
from skillopt.core.skill.front_matter import FrontMatter, read_fields
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.core.value import Value, content_hash, is_empty, text_hash
from skillopt.errors import SkillError

LARGEST_SKILL = 1_000_000
"""Characters. Clients cap skills far lower; beyond this a file is not a skill."""

_SPELLING = "write `<!-- skillopt:lock -->` and `<!-- skillopt:unlock -->`, without further spaces"


class Skill(Value):
    """A skill: the text of its SKILL.md and the files around it, exactly as they are."""

    text: str
    """The SKILL.md, a byte order mark included."""
    files: tuple[SkillFile, ...] = Field(default=(), exclude_if=is_empty)
    """The folder's other files, by path."""

    @field_validator("files")
    @classmethod
    def _each_once(cls, files: tuple[SkillFile, ...]) -> tuple[SkillFile, ...]:
        ordered = sorted(files, key=lambda file: file.path)
        paths = [SKILL_MD, *(file.path for file in ordered)]
        twice = next((path for path, next_ in pairwise(sorted(paths)) if path == next_), None)
        if twice:
            raise ValueError(f"{twice!r} is there twice; a path names one file")
        return tuple(ordered)

    @classmethod
    def from_bytes(cls, data: bytes) -> Skill:
        """Read a file's content.

        Raises:
            SkillError: not UTF-8, a NUL byte, or larger than :data:`LARGEST_SKILL`.
        """
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SkillError(
                f"byte {error.start} is not UTF-8; a skill is a UTF-8 text file: {conversion(data)}"
            ) from None
        if "\0" in text:
            utf_16 = probable_encoding(data).startswith("UTF-16")
            raise SkillError(
                f"NUL byte at {text.index(chr(0))}; a skill is a UTF-8 text file: "
                f"{conversion(data) if utf_16 else 'remove that byte'}"
            )
        if len(text) > LARGEST_SKILL:
            raise SkillError(f"{len(text)} characters; a skill has at most {LARGEST_SKILL}")
        return cls(text=text)

    def to_bytes(self) -> bytes:
        """The file's content; the inverse of :meth:`from_bytes`."""
        return self.text.encode("utf-8")

    @cached_property
    def digest(self) -> str:
        """64 hex digits: SHA-256 of the SKILL.md's bytes; with other files, of the tree."""
        if not self.files:
            return text_hash(self.text)
        others = [[file.path, file.digest, file.executable] for file in self.files]
        return content_hash({"skill": text_hash(self.text), "files": others})

    @cached_property
    def document(self) -> Document:
        """The SKILL.md."""
        return Document(text=self.text)

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The SKILL.md, then the other files that are texts, by path."""
        texts = {file.path: file.text for file in self.files}
        return {SKILL_MD: self.document} | {
            path: Document(text=text, markdown=is_markdown(path))
            for path, text in texts.items()
            if text is not None and len(text) <= LARGEST_SKILL
        }

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The paths of all its files, the SKILL.md first."""
        return (SKILL_MD, *(file.path for file in self.files))

    @cached_property
    def chars(self) -> int:
        """Characters of all its texts."""
        return sum(len(document.text) for document in self.documents.values())

    @cached_property
    def all_text(self) -> str:
        """All that it says: the SKILL.md, then each other text under a line with its path."""
        others = [
            f"{path}\n{document.text}"
            for path, document in self.documents.items()
            if path != SKILL_MD
        ]
        return "\n\n".join([self.text, *others])

    @property
    def front_matter_found(self) -> FrontMatter:
        """Where the front matter is, what it says, and what is odd about its place."""
        return self.document.front_matter_found

    @property
    def front_matter(self) -> str:
        """The front matter with its fences and all before it, or "" where there is none."""
        return self.document.front_matter

    @property
    def body(self) -> Span:
        """Everything after the front matter."""
        return self.document.body

    @cached_property
    def fields(self) -> dict[str, Any]:
        """The front matter's keys, read leniently, as clients do: it is never written back."""
        return read_fields(self.front_matter_found.content)

    @property
    def name(self) -> str | None:
        """The front matter's `name`."""
        name = self.fields.get("name")
        return name if isinstance(name, str) and name else None

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What a validator of the Agent Skills format objects to, and marks that lock nothing."""
        found = self.front_matter_found
        flaws = (*found.flaws, *format_flaws(found, self.fields)) if found.end else ()
        return (*flaws, *self._lock_flaws())

    def _lock_flaws(self) -> list[str]:
        return [
            f"`{mark}` locks nothing{'' if path == SKILL_MD else f' in {path}'}: {_SPELLING}"
            for path, document in self.documents.items()
            for mark in document.unread_marks
        ]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Every heading outside code fences, in order (CommonMark's rules)."""
        return self.document.sections

    @property
    def locked(self) -> tuple[Span, ...]:
        """Regions between lock and unlock comments, marks included; an open one goes to the end."""
        return self.document.locked

    @property
    def locked_texts(self) -> tuple[str, ...]:
        """The locked regions' texts, in order."""
        return self.document.locked_texts

    def with_own_newlines(self, text: str) -> str:
        """``text`` with the line endings the SKILL.md uses most."""
        return self.document.with_own_newlines(text)

    def as_written(self, text: str) -> str:
        """``text`` as it stands in the SKILL.md: with its line endings, or as it is given."""
        return self.document.as_written(text)
