"""Proposals as a table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from skillopt.cli.output import local_minute, outcome_of, shown_idea
from skillopt.cli.tables import Column, say_table
from skillopt.core.figures import points

if TYPE_CHECKING:
    from skillopt.core.history.listed_round import ListedRound
    from skillopt.core.history.views import RoundSummary

COLUMNS = (
    Column("id"),
    Column("when"),
    Column("skill"),
    Column("verdict"),
    Column("points", right=True),
    Column("idea"),
)


def say_proposals(rounds: Iterable[RoundSummary | ListedRound]) -> None:
    """Print proposals to stdout, one to a row."""
    say_table(COLUMNS, [proposal_row(round_) for round_ in rounds])


def proposal_row(round_: RoundSummary | ListedRound) -> tuple[str, ...]:
    """A proposal's cells, for :data:`COLUMNS`."""
    decided = f"{outcome_of(round_)} ({round_.code})"
    return (
        round_.id,
        local_minute(round_.created),
        round_.skill,
        f"{decided}, target {round_.target}" if round_.identity_unknown else decided,
        "" if round_.gain is None else points(round_.gain),
        shown_idea(round_),
    )
