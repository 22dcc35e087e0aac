"""Pictures of the docs: there, small, light and dark, with words for who does not see them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SHOWN = re.compile(
    r'<picture>\n  <source media="\(prefers-color-scheme: dark\)" srcset="(?P<dark>[^"]+)">\n'
    r'  <img src="(?P<light>[^"]+)" alt="(?P<alt>[^"]+)">\n</picture>\n'
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_picture_is_there_in_light_and_dark(page: Path) -> None:
    text = page.read_text("utf-8")
    found = list(SHOWN.finditer(text))
    assert len(found) == text.count("<picture>")
    for one in found:
        assert one["dark"] == one["light"].replace("-light.", "-dark.")
        assert len(one["alt"].split()) > 5
        for name in (one["dark"], one["light"]):
            assert (page.parent / name).stat().st_size < 150_000


def test_every_picture_is_shown() -> None:
    shown = {
        Path(name).name
        for page in PAGES
        for one in SHOWN.finditer(page.read_text("utf-8"))
        for name in (one["light"], one["dark"])
    }
    assert {path.name for path in (ROOT / "docs/images").glob("*.png")} == shown
