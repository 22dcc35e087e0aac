"""What a round's proposal rests on: train rollouts, and what was said of them.

Like the round's other results each is made once, from the ones before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.history.critique_recall import Settled, earlier_critiques, settled
from skillopt.core.history.run import Round
from skillopt.core.history.search import Search
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.sampling import observe
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.once import once
from skillopt.engine.steps.criticize import criticize
from skillopt.engine.steps.observe_train import Observed, observe_train
from skillopt.engine.steps.proposers import Proposer
from skillopt.engine.steps.recall import earlier_rounds, telling_tasks


class RoundEvidence:
    """The evidence of one round.

    Args:
        context: the run.
        search: where it stands.
        incumbent: the version that is run.
        proposer: who learns from it; None where nobody does, and then there is none.
    """

    def __init__(
        self,
        context: TuningContext,
        search: Search,
        incumbent: Skill,
        *,
        proposer: Proposer | None,
    ) -> None:
        self.context = context
        self.search = search
        self.incumbent = incumbent
        self.proposer = proposer

    @once
    async def earlier(self) -> tuple[Round, ...]:
        """The newest decided rounds of the skill, of all runs, oldest first."""
        return await earlier_rounds(self.context)

    @once
    async def observed(self) -> Observed:
        """The train tasks of this round, and what the optimizer is shown of them."""
        return await self._observe() if self.proposer else Observed()

    async def shown(self) -> tuple[Graded, ...]:
        """The train rollouts that the optimizer is shown."""
        return (await self.observed()).shown

    async def observations(self) -> tuple[Observation, ...]:
        """The same as prompts show them."""
        tasks, loads = self.context.validation_set, self.context.loaded_name(self.incumbent)
        return observe(await self.shown(), tasks.split("train"), loads=loads)

    @once
    async def critiques(self) -> tuple[Critique, ...]:
        """Why the failures failed."""
        asks = self.proposer is not None and self.proposer.criticizes
        return await self._criticize() if asks else ()

    async def alike(self, *, told: Sequence[Critique]) -> str:
        """What earlier rounds said of similar failures, beside the critiques ``told``."""
        conditioning = self.context.settings.conditioning
        if self.proposer is None or not (conditioning.enabled and conditioning.recall):
            return ""
        return earlier_critiques(await self.earlier(), await self.observations(), told=told)

    async def _observe(self) -> Observed:
        return await observe_train(
            self.context,
            self.search,
            self.incumbent,
            earlier=await self.earlier(),
            telling=await telling_tasks(self.context, self.incumbent),
        )

    async def _criticize(self) -> tuple[Critique, ...]:
        known = await self._settled()
        return await criticize(
            self.context,
            self.incumbent,
            await self.observations(),
            number=len(self.search.past) + 1,
            known=known,
            earlier=await self.alike(told=known.critiques),
        )

    async def _settled(self) -> Settled:
        """What earlier rounds said of the very rollouts that are shown."""
        if not self.context.settings.conditioning.recall:
            return Settled()
        shown = [rollout.key.digest for rollout in await self.shown()]
        return settled(await self.earlier(), shown)
