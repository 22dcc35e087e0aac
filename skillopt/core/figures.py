"""How figures and long texts are written, wherever a sentence has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillopt.core.evaluation.rollout import Usage


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


def percent(share: float | None) -> str:
    """A share of 1 as a percentage with one decimal."""
    return "n/a" if share is None else f"{100 * share:.1f} %"


def count(number: int, word: str) -> str:
    """A number with its noun: `1 run`, `2 runs`."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def money(cost: float | None) -> str:
    """US dollars, or that the price is unknown."""
    if cost is None:
        return "price unknown"
    return f"${cost:.4f}" if cost else "$0"


def shown_usage(usage: Usage) -> str:
    """Calls, tokens and money."""
    tokens = f"{usage.prompt_tokens:,} prompt + {usage.completion_tokens:,} completion tokens"
    return f"{count(usage.calls, 'call')}, {tokens}, {money(usage.cost)}"
