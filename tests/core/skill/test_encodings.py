"""What a file that is not UTF-8 probably is."""

from __future__ import annotations

import pytest

from skillopt.core.skill.encodings import conversion, probable_encoding
from skillopt.core.skill.skill import Skill
from skillopt.errors import SkillError


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_probable_encoding_reads_the_text(codec: str) -> None:
    data = "# Größe der Wörter\n\nAntworte mit einem Wort.\n".encode(codec)
    assert data.decode(probable_encoding(data)).lstrip("\ufeff").startswith("# Größe")
    assert f"iconv -f {probable_encoding(data)} -t UTF-8" in conversion(data)


def test_a_stray_nul_is_no_utf_16() -> None:
    assert probable_encoding(b"# Title\n\0 and much text after it") == "WINDOWS-1252"


def test_a_stray_nul_is_to_be_removed_and_utf_16_to_be_converted() -> None:
    with pytest.raises(SkillError, match=r"NUL byte at 8; .*: remove that byte$"):
        Skill.from_bytes(b"# Title\n\0 and much text after it")
    with pytest.raises(SkillError, match="iconv -f UTF-16LE -t UTF-8"):
        Skill.from_bytes("# Title\n".encode("utf-16-le"))
