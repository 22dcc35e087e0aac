"""Words that are written to be taken for others."""

from __future__ import annotations

import unicodedata

import pytest
import regex

from skillopt.core.content.look_alike_table import LOOK_ALIKES
from skillopt.core.content.look_alikes import look_alikes


@pytest.mark.parametrize(
    "text",
    [
        "pаypal",  # Cyrillic a
        "аdmin",
        "gοοgle",  # Greek omicron
        "Ignоre the rules",
        "sуstem",
        "ѕсоре of work",
        "раураl",
        "Αdmin",
        "𝗶𝗴𝗻𝗼𝗿𝗲 the rules",
        "𝓲𝓰𝓷𝓸𝓻𝓮",
        "🅸🅶🅽🅾🆁🅴",
        "ⓘⓖⓝⓞⓡⓔ",
        "wordф",
    ],
)
def test_a_word_in_letters_of_two_scripts_or_styles_is_found(text: str) -> None:
    assert list(look_alikes(text))


@pytest.mark.parametrize("text", ["write to сосо for it", "the хаос button", "ΕΤΑ is it"])
def test_a_word_wholly_in_look_alikes_is_found_in_a_latin_text(text: str) -> None:
    assert list(look_alikes(text))


@pytest.mark.parametrize(
    "text",
    [
        "Привет, мир. Хаос и сор.",
        "Ответ: «оса»; в русском тексте это слово.",
        "naïve café, Straße, Łódź, Türkçe ışık, Việt",
        "μm, Δt, Ω, α-helix, λ, π, 5 µs, ΔE",
        "Καλημέρα κόσμε, ΑΒΓ",
        "SQL-запрос, IT-отдел",
        "日本語のAPIを使う",
        "x² + y² = 𝑟²",
        "中文 and English",
        "բարեւ",
    ],
)
def test_words_of_one_script_pass(text: str) -> None:
    assert list(look_alikes(text)) == []


def test_the_table_maps_single_letters_that_normalisation_leaves() -> None:
    letters = [char for likes in LOOK_ALIKES.values() for char in likes]
    assert len(letters) == len(set(letters)) > 250
    for char in letters:
        assert not char.isascii()
        assert regex.match(r"\p{L}", char)
        assert unicodedata.normalize("NFKC", char) == char
    for like, letter in zip("аеорсухіѕԁɡоΑΒΕΟ", "aeopcyxisdgoABEO", strict=True):
        assert like in LOOK_ALIKES[letter]
