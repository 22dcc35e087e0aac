"""What a round sets out from."""

from __future__ import annotations

from dataclasses import dataclass

from skillopt.core.history.search import Search
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.collapse import Leave
from skillopt.core.skill.calibrated_budget import Calibration
from skillopt.core.skill.edit_budget import EditBudget, budget_at
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.once import once
from skillopt.engine.steps.proposers import Proposer, proposer_of
from skillopt.engine.steps.weigh_forecasts import weigh_forecasts


@dataclass(frozen=True, eq=False)
class RoundStart:
    """The run, where its search stands, and what follows from the two for the next round."""

    context: TuningContext
    search: Search
    incumbent: Skill
    """The version that the round wants to improve."""
    leave: Leave | None = None
    """The mode that its proposal must leave."""
    shortens: bool = False
    """It only shortens the skill, in a run whose other rounds learn."""
    own: Waiting | None = None
    """What waited before, and a person has put a version of their own in its place."""

    @property
    def number(self) -> int:
        """The round in its run, from 1."""
        return len(self.search.past) + 1

    @property
    def proposer(self) -> Proposer:
        """Who proposes."""
        return proposer_of(self.context.settings.proposer)

    @property
    def rival(self) -> Skill:
        """What the candidate is compared with; losses cannot add up against the first version."""
        asks_gain = self.context.settings.gate.no_worse_than is None
        return self.incumbent if asks_gain else self.context.first

    @property
    def line(self) -> tuple[str, ...]:
        """Digests of the first version and of those that were accepted."""
        return (self.context.first.digest, *(step.version for step in self.search.line))

    @once
    async def calibration(self) -> Calibration | None:
        """What the optimizer's predictions were worth so far, where the budget follows that."""
        return await weigh_forecasts(self.context)

    async def budget(self) -> EditBudget:
        """The bounds of this round's proposal."""
        settings, calibration = self.context.settings, await self.calibration()
        return self.proposer.bounds(
            budget_at(
                settings.budget,
                first=self.context.first,
                past=self.search.learning,
                rounds=settings.rounds,
                factor=calibration.factor if calibration else 1.0,
            )
        )
