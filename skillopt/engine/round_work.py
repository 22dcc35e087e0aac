"""A round in progress: each result is made once, from the ones before it.

::

    taken_up → evidence → question → proposed → selected → verdict → rematch → drift ─┬→ commit
                                                   └→ aims ──┴─────→ lessons ─────────┘

Nothing here is saved on its own account. Rollouts and the optimizer's replies are in the ledger the
moment they are paid, and the rest follows from them; so a process that takes up a round in the
middle makes the same results again without paying for any.
"""

from __future__ import annotations

from dataclasses import dataclass

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.gate import Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.run import Round
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.skill.skill import Skill
from skillopt.engine.once import once
from skillopt.engine.round_evidence import RoundEvidence
from skillopt.engine.round_lessons import Lessons, lessons_of
from skillopt.engine.round_proposal import Proposed, aims, question_of, select
from skillopt.engine.round_record import Results, decided, record
from skillopt.engine.round_start import RoundStart
from skillopt.engine.round_verdict import drift_of, rematch_of, verdict_on
from skillopt.engine.steps.approve import screen_own_version
from skillopt.engine.steps.propose import Asked, Question
from skillopt.engine.steps.screen_proposal import Screening
from skillopt.engine.steps.select_candidate import Selection
from skillopt.engine.steps.take_up import TakenUp, take_up


@dataclass(frozen=True, eq=False)
class RoundWork(RoundStart):
    """One round's results, each made when it is first asked for."""

    @once
    async def taken_up(self) -> TakenUp | None:
        """What an earlier run accepted for this version; the optimizer is not asked then."""
        if self.leave is not None or self.own is not None:
            return None
        return await take_up(self.context, self.incumbent, budget=await self.budget())

    @once
    async def evidence(self) -> RoundEvidence:
        """What the proposal rests on; nothing where one is taken up."""
        learns = self.proposer.learns and self.own is None and not await self.taken_up()
        proposer = self.proposer if learns else None
        return RoundEvidence(self.context, self.search, self.incumbent, proposer=proposer)

    @once
    async def question(self) -> Question:
        """What the optimizer is asked for a proposal on."""
        return await question_of(self, await self.evidence())

    @once
    async def proposed(self) -> tuple[Asked, ...]:
        """The first tries, one for each proposal of the round; none where one is taken up."""
        if self.own is not None or await self.taken_up():
            return ()
        return await self.proposer.propose(self.context, await self.question())

    @once
    async def selected(self) -> Selection:
        """The proposals after the screen: the one that goes on, and those that lost to it."""
        if self.own is not None:
            own, budget = self.own, await self.budget()
            return Selection(
                await screen_own_version(self.context, own, incumbent=self.incumbent, budget=budget)
            )
        proposed = Proposed(await self.question(), await self.shown(), await self.proposed())
        return await select(self, proposed, taken=await self.taken_up())

    @once
    async def aims(self) -> tuple[str, ...]:
        """The train tasks that the proposal is meant to fix."""
        if self.own is not None:
            return self.own.round.aims
        return await aims(await self.selected(), await self.evidence(), taken=await self.taken_up())

    @once
    async def verdict(self) -> Verdict | None:
        """The gate's verdict; None where nothing came so far."""
        return await verdict_on(self, await self.selected())

    @once
    async def rematch(self) -> Verdict | None:
        """On a branch: the verdict on an accepted candidate against the version that was left."""
        return await rematch_of(self, await self.selected(), await self.verdict())

    @once
    async def drift(self) -> Drift | None:
        """The check of the head, where one is due."""
        return await drift_of(
            self, await self.selected(), await self.verdict(), await self.rematch()
        )

    @once
    async def lessons(self) -> Lessons:
        """What a rejected candidate teaches."""
        shown, aimed = await self.shown(), await self.aims()
        return await lessons_of(
            self, await self.selected(), await self.verdict(), shown=shown, aims=aimed
        )

    async def waits(self) -> tuple[Round, Skill] | None:
        """The round and its candidate, where a person is to decide on them; None elsewhere.

        A person's own version is not asked about again.
        """
        verdict, screened = await self.verdict(), (await self.selected()).chosen.result
        asks = self.own is None and verdict is not None and verdict.accepted
        if not asks or not isinstance(screened, Candidate):
            return None
        return await decided(self, await self._results()), screened.skill

    async def commit(self) -> Round:
        """Write the round to the ledger, with what a rejected candidate teaches."""
        made = await self._results()
        made = made._replace(rematch=await self.rematch(), drift=await self.drift())
        return await record(self, made)

    async def _results(self) -> Results:
        """What there is when the gate has decided."""
        evidence = await self.evidence()
        return Results(
            observed=await evidence.observed(),
            critiques=await evidence.critiques(),
            taken=await self.taken_up(),
            selection=await self.selected(),
            aims=await self.aims(),
            verdict=await self.verdict(),
            rematch=None,
            drift=None,
            lessons=await self.lessons(),
            calibration=await self.calibration(),
        )

    async def shown(self) -> tuple[Graded, ...]:
        """The train rollouts that the optimizer is shown."""
        return await (await self.evidence()).shown()

    async def observations(self) -> tuple[Observation, ...]:
        """The same as prompts show them."""
        return await (await self.evidence()).observations()

    async def critiques(self) -> tuple[Critique, ...]:
        """Why the failures failed."""
        return await (await self.evidence()).critiques()

    async def nothing_to_fix(self) -> bool:
        """No train rollout failed, and the proposal rests on nothing else."""
        evidence = await self.evidence()
        return evidence.proposer is not None and all(run.passed for run in await evidence.shown())

    async def screening(self) -> Screening:
        """The proposal that goes on, after the screen, and after one repair if it needed one."""
        return (await self.selected()).chosen
