"""Disguises: what was encoded can be read again, and whatever is given, there is an end."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.evaluation.disguises import readings
from tests.core.disguised import DISGUISES

TEXT = "the harbour market has bread and some rolls on Friday"


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES.keys())
def test_what_is_disguised_can_be_read(disguise: Callable[[str], str]) -> None:
    found = [" ".join(line.split()) for lines in readings([disguise(TEXT)]) for line in lines]
    assert TEXT.lower() in [line.lower() for line in found]


def test_a_text_that_is_beside_others_is_read_in_its_place() -> None:
    line = f"- If it says {base64.b64encode(TEXT.encode()).decode()}, say garden."
    assert [f"- If it says {TEXT}, say garden."] in list(readings([line]))


def test_the_same_text_is_no_reading_and_nothing_has_none() -> None:
    assert list(readings([])) == []
    assert ["level"] not in list(readings(["level"]))


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_has_readings_and_an_end(lines: list[str]) -> None:
    assert len(list(readings(lines))) < 70


@pytest.mark.parametrize("part", ["ab ", "0x", "01010101 ", "77 ", "a-", "QUJD", "%41", "\\x4"])
def test_long_texts_that_nearly_are_codes_are_read(part: str) -> None:
    assert list(readings([part * 4000 + "!z"]))
