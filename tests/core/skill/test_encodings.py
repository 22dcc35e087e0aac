"""What a file that is not UTF-8 probably is."""

from __future__ import annotations

import pytest

from skillopt.core.skill.encodings import conversion, probable_encoding


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_probable_encoding_reads_the_text(codec: str) -> None:
    data = "# Größe der Wörter\n\nAntworte mit einem Wort.\n".encode(codec)
    assert data.decode(probable_encoding(data)).lstrip("\ufeff").startswith("# Größe")
    assert f"iconv -f {probable_encoding(data)} -t UTF-8" in conversion(data)


def test_a_stray_nul_is_no_utf_16() -> None:
    assert probable_encoding(b"# Title\n\0 and much text after it") == "WINDOWS-1252"
