"""Results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic import BaseModel


def print_json(result: BaseModel | dict[str, Any]) -> None:
    """One JSON object on stdout."""
    content = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")


def say(text: str = "") -> None:
    """A line on stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def tell(text: str) -> None:
    """A line on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def percent(share: float | None) -> str:
    """A share of 1 as a percentage with one decimal."""
    return "n/a" if share is None else f"{100 * share:.1f} %"


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{100 * share:+.1f}"


def money(cost: float | None) -> str:
    """US dollars; an unknown price is said to be unknown."""
    if cost is None:
        return "price unknown"
    return f"${cost:.4f}" if cost else "$0"
