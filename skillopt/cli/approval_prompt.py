"""What `skillopt tune` does where a proposal waits: it asks on a terminal, or says how to go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from skillopt.app.sync import run_to_end
from skillopt.cli.approvals import next_steps, told_change
from skillopt.cli.editor import edited
from skillopt.cli.output import say, say_next, say_report, tell
from skillopt.cli.store import named
from skillopt.errors import AlreadyDecided, ApprovalNeeded, InputError

if TYPE_CHECKING:
    from skillopt.app.approvals import Shown
    from skillopt.app.inputs import Inputs

HELP = """\
  a  approve it
  e  edit it: opens the proposed SKILL.md in your editor; the gate tests what you save
  r  refuse it, with a reason that later proposals are shown
  l  leave it: the run pauses, and the same command continues it"""


def say_needed(entry: str, inputs: Inputs) -> None:
    """Say how to decide on what waits."""
    from skillopt.app.approvals import show_approval

    ledger = _ledger(inputs)
    waiting = run_to_end(show_approval(entry, ledger=ledger)).waiting
    say_next(f"skillopt approvals show {entry}{named(ledger)}", *next_steps(waiting, ledger))


def _ledger(inputs: Inputs) -> str:
    from skillopt.app.ledger import project_ledger

    return str(inputs.settings.ledger or project_ledger(inputs.file or inputs.project))


def waiter(
    inputs: Inputs, clear: Callable[[], None], *, asks: bool
) -> Callable[[str, str], Awaitable[None]]:
    """What the run awaits where a proposal waits: an answer on a terminal, else a decision.

    Args:
        inputs: the run's.
        clear: takes the progress line away.
        asks: the terminal may be asked.
    """
    from skillopt.app.approvals import show_approval, until_decided

    ledger = _ledger(inputs)

    async def wait(run: str, entry: str) -> None:
        clear()
        if not (asks and sys.stdin.isatty()):
            tell(f"run {run} waits for approval of proposal {entry}: skillopt approvals")
            await until_decided(entry, ledger=ledger)
            return
        found = await show_approval(entry, ledger=ledger)
        for line in told_change(found):
            say_report(line)
        say(HELP)
        while not await _answered(found, ledger):
            continue

    return wait


async def _answered(found: Shown, ledger: str) -> bool:
    """Whether there is a decision now.

    It is asked in a thread, so that Ctrl-C ends the run at once.

    Raises:
        ApprovalNeeded: the person leaves it, or the input has ended.
    """
    from typer import Abort

    from skillopt.app.approvals import aapprove, arefuse

    entry = found.waiting.id
    try:
        match (await _typed("a, e, r or l", default="l")).strip().casefold():
            case "a":
                await aapprove(entry, ledger=ledger)
            case "e" if found.waiting.fixed:
                tell(found.waiting.fixed)
                return False
            case "e":
                text = edited(found.candidate.text, name="SKILL.md")
                if text is None:
                    tell("nothing was saved")
                    return False
                await aapprove(entry, edit=text, ledger=ledger)
            case "r":
                reason = await _typed("reason")
                await arefuse(entry, reason, ledger=ledger)
            case "l":
                raise ApprovalNeeded(run=found.run.id, entry=entry)
            case _:
                tell(HELP)
                return False
    except Abort:
        raise ApprovalNeeded(run=found.run.id, entry=entry) from None
    except AlreadyDecided as first:
        tell(f"skillopt: {first}")
    except InputError as error:
        tell(f"skillopt: {error}")
        return False
    return True


async def _typed(text: str, *, default: str | None = None) -> str:
    import typer

    typed = await asyncio.to_thread(typer.prompt, text, default=default, err=True)
    return str(typed)
