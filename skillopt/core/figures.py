"""How figures are written, wherever a sentence has them."""

from __future__ import annotations


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign; zero has none."""
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"
