"""The files around a SKILL.md: references, scripts, assets."""

from __future__ import annotations

import hashlib
from functools import cached_property

from pydantic import ConfigDict, field_validator

from skillopt.core.foreign_text import flaw
from skillopt.core.skill.skill_md import SKILL_MD, is_skill_md
from skillopt.core.value import Value

__all__ = ["SKILL_MD", "SkillFile", "is_skill_md", "stays_inside", "with_folders"]


def stays_inside(path: str) -> bool:
    """Whether a path with `/` between its parts is relative, and leads nowhere else."""
    return "\\" not in path and not {"", ".", ".."} & set(path.split("/"))


def with_folders(path: str) -> tuple[str, ...]:
    """The folders on the way to ``path``, the outermost first, and ``path`` itself."""
    parts = path.split("/")
    return tuple("/".join(parts[:end]) for end in range(1, len(parts) + 1))


class SkillFile(Value):
    """One file beside the SKILL.md, byte for byte."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    path: str
    """Relative to the skill's folder, with `/` between its parts."""
    data: bytes
    executable: bool = False

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, path: str) -> str:
        if not stays_inside(path) or flaw(path):
            raise ValueError(f"{path!r} is no relative path with `/`; write `references/terms.md`")
        return path

    @cached_property
    def text(self) -> str | None:
        """Its content; None where that is no UTF-8 text."""
        try:
            text = self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, 64 hex digits."""
        return hashlib.sha256(self.data).hexdigest()
