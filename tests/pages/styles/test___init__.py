"""The style sheet: nothing from elsewhere, and contrast that can be read."""

from __future__ import annotations

import re
from itertools import product

import pytest

from skillopt.pages.styles import parts_style, style, style_source

GROUNDS = ("ground", "raised")
TEXTS = ("ink", "muted", "link", "good", "bad", "unsure")
PAIRS = (
    *product(TEXTS, GROUNDS),
    *(("ink", ground) for ground in ("added", "added-word", "deleted", "deleted-word")),
    *(("muted", ground) for ground in ("added", "deleted")),
    *((name, f"{name}-ground") for name in ("good", "bad", "unsure")),
)


def themes() -> list[dict[str, str]]:
    """The colours by name: light, dark, and on paper."""
    found: list[dict[str, str]] = []
    for block in re.findall(r"\.skillopt \{(.*?)\}", parts_style(), re.DOTALL):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
        if "ground" in colours:
            found.append(colours)
    return found


def luminance(colour: str) -> float:
    """By WCAG 2.2's definition of relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark", "paper"])
def test_text_has_the_contrast_of_wcag_aa(theme: dict[str, str]) -> None:
    low = {pair: contrast(theme[pair[0]], theme[pair[1]]) for pair in PAIRS}
    assert {pair: round(ratio, 2) for pair, ratio in low.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", themes(), ids=["light", "dark", "paper"])
def test_marks_stand_out_from_the_ground(theme: dict[str, str]) -> None:
    for name in ("pass", "part", "fail", "mark", "focus"):
        if name in theme:
            assert contrast(theme[name], theme["ground"]) >= 3, name


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert not re.search(r"url\(|@import|https?:|expression", style())
    assert "</" not in style()
    assert style_source().startswith("'sha256-")
