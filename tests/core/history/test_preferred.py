"""The sentence on a version that is not the best by score."""

from __future__ import annotations

from skillopt.core.history.preferred import Preferred


def test_the_sentence_says_what_was_shown() -> None:
    why = Preferred(prefer="cheaper", over="0123456789abcdef", lost=0.01, p_value=0.0456)
    assert why.told() == (
        "ended with a cheaper version than 0123456789ab, which scores best: it loses less than "
        "5 points (difference -1.0 points, p = 0.046)"
    )
