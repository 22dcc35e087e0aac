"""The live view of a run, drawn by rich on stderr; it leaves nothing behind."""

from __future__ import annotations

import time

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from skillopt.cli.run_state import RunState, pace, spend_lines, title

PER_SECOND = 8
"""Redraws in a second."""


class LiveView:
    """A few lines at the bottom of the terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)
        self._live = Live(
            console=self._console,
            refresh_per_second=PER_SECOND,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._live.start()

    def show(self, state: RunState) -> None:
        """Draw the state; rich redraws at its own pace."""
        self._live.update(view(state, now=time.monotonic()))

    def stop(self) -> None:
        """Take it off the terminal."""
        self._live.stop()


def view(state: RunState, *, now: float) -> RenderableType:
    """The state as a few lines, none of them wider than the terminal."""
    head = Text(title(state), "bold")
    parts: list[RenderableType] = [_cut(head)]
    if state.total:
        parts.append(_bar(state, now=now))
    if state.waiting_until > now:
        parts.append(_cut(Text(state.waiting, "yellow")))
    if state.score:
        parts.append(_cut(Text(f"first version: {state.score}")))
    parts.append(_cut(Text("spent: " + ", ".join(spend_lines(state)))))
    parts += [_cut(Text(line, "dim")) for line in state.verdicts]
    return Group(*parts)


def _bar(state: RunState, *, now: float) -> RenderableType:
    row = Table.grid(padding=(0, 1), expand=False)
    row.add_column(width=20)
    row.add_column(no_wrap=True, overflow="ellipsis")
    bar = ProgressBar(total=state.total, completed=state.done, width=20)
    row.add_row(bar, Text(f"{state.done}/{state.total}  {pace(state, now=now)}"))
    return row


def _cut(text: Text) -> Text:
    text.no_wrap, text.overflow = True, "ellipsis"
    return text
