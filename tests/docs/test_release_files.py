"""The hashed requirements file of a release."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))
from release_files import hashed, without_addresses


def entry(name: str, digest: str | None) -> dict[str, Any]:
    hashes = {} if digest is None else {"sha256": digest}
    url = "https://example.org/file.whl"
    return {
        "metadata": {"name": name, "version": "1.0"},
        "download_info": {"url": url, "archive_info": {"hashes": hashes}},
    }


def test_each_package_has_a_line_and_no_address() -> None:
    report = {"install": [entry("Zed", "b" * 64), entry("own", None), entry("a", "a" * 64)]}
    assert hashed(report, without="own") == (
        f"a==1.0 --hash=sha256:{'a' * 64}\nzed==1.0 --hash=sha256:{'b' * 64}\n"
    )


def test_a_file_without_a_hash_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a==1\.0: no SHA-256"):
        hashed({"install": [entry("a", None)]}, without="own")


def test_a_bill_of_materials_keeps_all_but_links() -> None:
    links = [{"type": "website", "url": "https://example.org"}]
    bom = {"components": [{"name": "a", "externalReferences": links}], "externalReferences": links}
    assert without_addresses(bom) == {"components": [{"name": "a"}]}
