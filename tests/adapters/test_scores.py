"""What a check's callable may return."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.adapters.scores import LONGEST_FEEDBACK, scored


@pytest.mark.parametrize(
    ("returned", "found"),
    [
        (True, (1.0, "")),
        (0.25, (0.25, "")),
        ((0, "no"), (0.0, "no")),
        ((1, "x" * 30_000), (1.0, "x" * LONGEST_FEEDBACK)),
        (None, "None"),
        (1.5, "1.5"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (10**400, "1" + "0" * 79),
        ((1, 2), "(1, 2)"),
        ("x" * 200, "'" + "x" * 79),
    ],
)
def test_a_score_or_how_it_looks(returned: Any, found: Any) -> None:
    assert scored(returned) == found
