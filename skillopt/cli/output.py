"""Results to stdout, everything else to stderr."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO, runtime_checkable

from skillopt.cli.results import results
from skillopt.cli.terminal import folded, harmless, printable, wrapped
from skillopt.core.figures import count as count  # noqa: PLC0414 - commands take it from here
from skillopt.core.figures import money as money  # noqa: PLC0414
from skillopt.core.figures import percent as percent  # noqa: PLC0414
from skillopt.core.figures import points
from skillopt.core.figures import shown_usage as shown_usage  # noqa: PLC0414
from skillopt.core.history.endings import outcome_at as outcome_at  # noqa: PLC0414

if TYPE_CHECKING:
    from skillopt.core.history.listed_round import ListedRound
    from skillopt.core.history.views import RoundSummary


_SHORTEST_SECRET = 12
"""Characters of a variable's value that is shown nowhere; a shorter one may be a word."""
_DIFF_COLOURS = {"  + ": 32, "  - ": 31, "  @@": 36, "+": 32, "-": 31, "@@": 36}
"""ANSI colours by the beginning of a line, in a report and in a plain diff."""


@runtime_checkable
class Dumped(Protocol):
    """A pydantic model; not every command imports pydantic."""

    def model_dump(self, *, mode: str) -> dict[str, Any]:
        """Its fields."""


def print_json(result: Dumped | dict[str, Any]) -> None:
    """Print one JSON object to stdout; control characters are escaped."""
    content = result.model_dump(mode="json") if isinstance(result, Dumped) else result
    utf8 = results().encoding.lower().replace("-", "") == "utf8"
    text = json.dumps(without_secrets(content), ensure_ascii=not utf8, indent=2)
    shown = (char if harmless(char) else json.dumps(char)[1:-1] for char in text)
    _put(results(), "".join(shown))


def say(text: str = "") -> None:
    """Print a line to stdout."""
    _write(results(), printable(text))


def say_report(line: str) -> None:
    """Print a line of a report to stdout; on a terminal a diff's lines are coloured."""
    colour = next((code for mark, code in _DIFF_COLOURS.items() if line.startswith(mark)), None)
    for part in folded(line, results()):
        if colour is None or not is_coloured(results()):
            put(part)
        else:
            put(f"\x1b[{colour}m{part}\x1b[0m")


def say_folded(line: str, *, indent: str = "") -> None:
    """Print a line that may be long: wrapped on a terminal, whole in a pipe or a file."""
    for part in folded(indent + line, results()):
        put(part)


def say_wrapped(lines: Iterable[str]) -> None:
    """Print a report's lines, each wrapped under its own indent."""
    for line in lines:
        text = line.lstrip(" ")
        for part in wrapped(text, indent=line[: len(line) - len(text)]) or ("",):
            say(part)


def put(line: str) -> None:
    """Print a line to stdout as it is: its texts are printable, its colours are our own."""
    _write(results(), line)


def say_link(address: str) -> None:
    """Print an address to stdout with the token in it, which the person at this terminal needs."""
    _put(results(), printable(address))


def is_coloured(stream: TextIO) -> bool:
    """Colours are wanted: a terminal, and no `NO_COLOR` (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def tell(text: str) -> None:
    """Print a line to stderr, wrapped on a terminal."""
    for part in folded(text, sys.stderr):
        _write(sys.stderr, part)


def tell_warnings(warnings: Iterable[str]) -> None:
    """Print warnings to stderr, one a line."""
    for warning in warnings:
        tell(f"warning: {warning}")


def one_line(text: str) -> str:
    """``text`` on one printable line, so that no reply can imitate a line of the report."""
    return printable(" ".join(text.split()))


def without_secrets(content: Any) -> Any:
    """JSON-like content as it may be shown: what looks like a secret, or is known as one, is not.

    Whatever is printed passes here, so that no message has to think of it.
    """
    match content:
        case str():
            from skillopt.core.redaction import REDACTED, redacted

            for secret in _environment_secrets():
                content = content.replace(secret, REDACTED)
            return redacted(content)
        case dict():
            return {name: without_secrets(value) for name, value in content.items()}
        case list() | tuple():
            return [without_secrets(value) for value in content]
        case Dumped():
            return without_secrets(content.model_dump(mode="json"))
        case _:
            return content


@cache
def _environment_secrets() -> tuple[str, ...]:
    from skillopt.app.environment import environment_secrets

    return environment_secrets(shortest=_SHORTEST_SECRET)


def _write(stream: TextIO, line: str) -> None:
    _put(stream, without_secrets(line))


def _put(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def from_here(file: str | Path) -> Path:
    """A path as it is called in the working directory, where it lies in it."""
    path = Path(file).absolute()
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(file)


def tell_next(step: str) -> None:
    """Print what to type next to stderr; a command is never wrapped, so that it can be copied."""
    _write(sys.stderr, printable(f"next: {step}"))


def say_next(*steps: str) -> None:
    """Print what to type next, one command to a line."""
    if len(steps) == 1:
        say(f"next: {steps[0]}")
        return
    say("next:")
    for step in steps:
        say(f"  {step}")


def tell_rest(shown: int, total: int, *, most: int | None = None) -> None:
    """Say on stderr how many more there are, and how to see them; nothing where all are shown.

    Args:
        shown: entries that were printed.
        total: entries that there are.
        most: the largest value that `--limit` takes; None for no limit.
    """
    if shown < total:
        limit = total if most is None else min(total, most)
        which = "all" if limit == total else "more"
        tell(f"{shown:,} of {total:,} shown; --limit {limit} for {which}")


def local_minute(moment: datetime) -> str:
    """A moment in local time, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def local_time(moment: datetime) -> str:
    """A moment in local time with its zone: `2026-01-02 10:03 (UTC+01:00)`."""
    offset = f"{moment.astimezone():%z}"
    zone = "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:5]}"
    return f"{local_minute(moment)} ({zone})"


def shown_decision(round_: RoundSummary | ListedRound) -> str:
    """A proposal's verdict and idea."""
    gain = f" {points(round_.gain)}" if round_.gain is not None else ""
    outcome = outcome_of(round_)
    return f"{outcome} ({round_.code}{gain})  {shown_idea(round_)}"


def shown_idea(round_: RoundSummary | ListedRound) -> str:
    """A proposal's idea, or what stands in its place."""
    if round_.idea:
        return one_line(round_.idea)
    # What came as far as the gate can only lack a proposal if nobody was asked for one.
    return "(hand-written edit)" if round_.stage.value == "gate" else "(unreadable reply)"


def outcome_of(round_: RoundSummary | ListedRound) -> str:
    """A proposal's verdict with whose it is: `rejected by the gate`, `rejected, says my-agent`."""
    return outcome_by(round_.kept_by, round_.outcome, round_.stage.value)


def outcome_by(kept_by: str | None, outcome: str, stage: str) -> str:
    """A verdict with whose it is; ``kept_by`` is a loop that is not skillopt's, or None."""
    return f"{outcome}, says {one_line(kept_by)}" if kept_by else outcome_at(outcome, stage)
