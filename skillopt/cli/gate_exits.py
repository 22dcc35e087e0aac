"""The exit codes of a verdict, for every command that gives one."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from skillopt.core.gate import Outcome

ACCEPTED, REJECTED, INCONCLUSIVE = 0, 1, 3


def exit_code(outcome: Outcome) -> int:
    """The exit code that stands for ``outcome``."""
    from skillopt.core.gate import Outcome

    match outcome:
        case Outcome.ACCEPTED:
            return ACCEPTED
        case Outcome.REJECTED:
            return REJECTED
        case Outcome.INCONCLUSIVE:
            return INCONCLUSIVE
        case _:
            assert_never(outcome)
