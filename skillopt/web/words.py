"""How pages write figures, times and texts of others; the filters of the templates."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timezone
from typing import Any

from markupsafe import Markup

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.figures import clipped, points

SHORT = 12
"""Characters of a hash that are shown."""
_HARMLESS = frozenset("\n\t\u200d\ufe0f")
"""Of the characters that nobody sees: line breaks, and what emoji are joined with."""


def shown(value: Any) -> Any:
    """A value as a template writes it: characters that nobody sees, or that turn a line, escaped.

    Text that reads from right to left inside a line of code can hide what the line says.
    """
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return "".join(char if _harmless(char) else f"\\u{ord(char):04x}" for char in value)


def _harmless(char: str) -> bool:
    return char in _HARMLESS or char.isprintable() or unicodedata.category(char) == "Zs"


def when(moment: datetime | float | None) -> Markup:
    """A local time with its machine-readable form."""
    if moment is None:
        return Markup("")
    if not isinstance(moment, datetime):
        moment = datetime.fromtimestamp(moment, tz=timezone.utc)  # noqa: UP017 - 3.11 has both
    local = moment.astimezone()
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(timespec="seconds"), local.strftime("%Y-%m-%d %H:%M")
    )


def percent(share: float | None) -> str:
    """A share with one decimal, or `n/a`."""
    return "n/a" if share is None else f"{100 * share:.1f} %"


def gain(share: float | None) -> str:
    """A difference in points with its sign; nothing where it was not measured."""
    return "" if share is None else points(share)


def short(digest: str | None) -> str:
    """The first characters of a hash."""
    return (digest or "")[:SHORT]


def one_line(text: str, most: int = 200) -> str:
    """A text on one line, with an end."""
    return clipped(" ".join(text.split()), most)


def count(number: int, word: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {word if number == 1 else word + 's'}"


def money(cost: float | None) -> str:
    """US dollars, or that the price is unknown."""
    if cost is None:
        return "price unknown"
    return f"${cost:.4f}" if cost else "$0"


def usage(spent: Usage) -> str:
    """What was paid, in one line."""
    prompt, completion = f"{spent.prompt_tokens:,}", f"{spent.completion_tokens:,}"
    tokens = f"{prompt} prompt + {completion} completion tokens"
    return f"{count(spent.calls, 'call')}, {tokens}, {money(spent.cost)}"


def decision(outcome: str, stage: str) -> str:
    """A verdict with what reached it: `rejected by the gate`, `refused by the screen`."""
    match stage:
        case "gate" if outcome == "inconclusive":
            return "inconclusive at the gate"
        case "gate":
            return f"{outcome} by the gate"
        case "screen":
            return "refused by the screen"
        case "fit":
            return "refused: does not fit"
        case _:
            return "refused: unreadable reply"


FILTERS = {
    "when": when,
    "percent": percent,
    "gain": gain,
    "short": short,
    "one_line": one_line,
    "count": count,
    "money": money,
    "usage": usage,
}
