from __future__ import annotations

import hashlib

import pytest
from pydantic import ValidationError

from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.core.value import text_hash

TERMS = SkillFile(path="references/terms.md", data=b"# Terms\r\n")
RUN = SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n", executable=True)
PICTURE = SkillFile(path="assets/a.png", data=b"\x89PNG\0\xff")


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../x.md", "a/../b.md", "a//b.md", "./a.md", "a\\b.md", "a/", "\ud800", "a\0b"]
)  # fmt: skip
def test_a_path_stays_in_the_folder(path: str) -> None:
    with pytest.raises(ValidationError, match=r"no relative path|surrogates|unicode"):
        SkillFile(path=path, data=b"")


def test_text_and_bytes() -> None:
    assert TERMS.text == "# Terms\r\n"
    assert PICTURE.text is None
    assert SkillFile(path="x", data=b"a\0").text is None
    assert PICTURE.digest == hashlib.sha256(PICTURE.data).hexdigest()


def test_a_document_of_it_reads_back() -> None:
    skill = Skill(text="# x\n", files=(RUN, PICTURE, TERMS))
    assert Skill.model_validate_json(skill.model_dump_json()) == skill


def test_the_digest_is_that_of_the_whole_tree() -> None:
    alone = Skill(text="# x\n")
    assert alone.digest == text_hash("# x\n")
    assert "files" not in alone.model_dump()
    whole = Skill(text="# x\n", files=(RUN, TERMS))
    assert whole == Skill(text="# x\n", files=(TERMS, RUN))
    others = [
        alone,
        Skill(text="# y\n", files=(RUN, TERMS)),
        Skill(text="# x\n", files=(RUN,)),
        Skill(text="# x\n", files=(RUN.model_copy(update={"executable": False}), TERMS)),
        Skill(text="# x\n", files=(RUN.model_copy(update={"data": b""}), TERMS)),
        Skill(text="# x\n", files=(RUN.model_copy(update={"path": "scripts/go.sh"}), TERMS)),
    ]
    assert len({whole.digest, *(other.digest for other in others)}) == 7


@pytest.mark.parametrize("files", [(RUN, RUN), (SkillFile(path="SKILL.md", data=b""),)])
def test_a_path_names_one_file(files: tuple[SkillFile, ...]) -> None:
    with pytest.raises(ValidationError, match="is there twice; a path names one file"):
        Skill(text="", files=files)
