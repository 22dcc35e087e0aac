"""Results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from typing import TYPE_CHECKING, Any, TextIO

from pydantic import BaseModel

if TYPE_CHECKING:
    from skillopt.adapters.ledger.schema.views import RoundSummary
    from skillopt.core.evaluation.rollout import Usage


def print_json(result: BaseModel | dict[str, Any]) -> None:
    """One JSON object on stdout; what a terminal would act on is escaped."""
    content = result.model_dump(mode="json") if isinstance(result, BaseModel) else result
    utf8 = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    text = json.dumps(content, ensure_ascii=not utf8, indent=2)
    shown = (char if _harmless(char) else json.dumps(char)[1:-1] for char in text)
    _write(sys.stdout, "".join(shown))


def say(text: str = "") -> None:
    """A line on stdout, made printable."""
    _write(sys.stdout, printable(text))


def tell(text: str) -> None:
    """A line on stderr, made printable."""
    _write(sys.stderr, printable(text))


def printable(text: str) -> str:
    """``text`` with control characters made visible, so that no reply can steer a terminal."""
    return "".join(char if _harmless(char) else f"\\x{ord(char):02x}" for char in text)


def one_line(text: str) -> str:
    """``text`` in one printable line, so that no reply can pass for a line of ours."""
    return printable(" ".join(text.split()))


def _harmless(char: str) -> bool:
    return char.isprintable() or char in "\n\t" or unicodedata.category(char) == "Zs"


def _write(stream: TextIO, line: str) -> None:
    """A line; a reader that went away does not stop a run that is paid for."""
    try:
        stream.write(line + "\n")
        stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def percent(share: float | None) -> str:
    """A share of 1 as a percentage with one decimal."""
    return "n/a" if share is None else f"{100 * share:.1f} %"


def points(share: float) -> str:
    """A difference of two shares in percentage points, with its sign."""
    return f"{100 * share:+.1f}"


def told_decision(round_: RoundSummary) -> str:
    """What became of a proposal, and its idea."""
    gain = f" {points(round_.gain)}" if round_.gain is not None else ""
    idea = one_line(round_.idea) or "(no proposal)"
    return f"{round_.outcome} at {round_.stage.value} ({round_.code}{gain})  {idea}"


def money(cost: float | None) -> str:
    """US dollars; an unknown price is said to be unknown."""
    if cost is None:
        return "price unknown"
    return f"${cost:.4f}" if cost else "$0"


def told_usage(usage: Usage) -> str:
    """Calls, tokens and money."""
    tokens = f"{usage.prompt_tokens:,} + {usage.completion_tokens:,} tokens"
    return f"{usage.calls:,} calls, {tokens}, {money(usage.cost)}"
