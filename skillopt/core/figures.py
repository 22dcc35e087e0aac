"""How figures and long texts are written, wherever a sentence has them."""

from __future__ import annotations


def margin_points(margin: float) -> str:
    """A margin in points, without a sign, with as many decimals as it has and at least one."""
    return f"{margin:.1f}" if round(margin, 1) == margin else f"{margin:g}"


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign; zero has none."""
    rounded = round(100 * share, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def clipped(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters; an ellipsis stands for what is left out."""
    return text if len(text) <= most else text[: most - 1] + "…"
