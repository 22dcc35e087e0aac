from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from skillopt.core.redaction.detectors import _DETECTORS, _patterns, detected

SQUARE = "sq0csp-" + "aB3_" * 10 + "xyz"


@pytest.mark.parametrize("detector", _DETECTORS)
def test_the_library_has_every_detector(detector: str) -> None:
    """Its next version may name them otherwise; then this fails, and not a run that meets a key."""
    assert _patterns(detector)


@pytest.mark.parametrize("detector", [name for name in _DETECTORS if not name.startswith("aws")])
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_what_a_detector_finds_has_one_of_its_hints(detector: str, data: st.DataObject) -> None:
    """So no key is missed for want of a hint; AWS secrets between quotes are known by their name."""
    pattern = data.draw(st.sampled_from(_patterns(detector)))
    key = data.draw(st.from_regex(pattern, fullmatch=True))
    assume(key.isascii())
    assert any(hint.lower() in key.lower() for hint in _DETECTORS[detector])


def test_a_key_is_replaced_where_it_stands_by_itself() -> None:
    assert detected(f"({SQUARE}), {SQUARE}.", "-") == "(-), -."
    assert detected(rf'"\n{SQUARE}\n"', "-") == r'"\n-\n"'


@pytest.mark.parametrize("text", [f"x{SQUARE}", f"{SQUARE}x", f"x_{SQUARE}", "sq0csp-short", ""])
def test_a_part_of_a_word_stays(text: str) -> None:
    assert detected(text, "-") == text
