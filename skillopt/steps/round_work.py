"""A round in progress: each result is made once, from the ones before it.

Nothing here is saved on its own account. Rollouts and the optimizer's replies are in the ledger the
moment they are paid, and the rest follows from them; so a process that takes up a round in the
middle makes the same results again without paying for any.
"""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.budget import EditBudget, budget_at
from skillopt.core.critique import Critique, Observation
from skillopt.core.digest import refused_digest
from skillopt.core.edit import MisfitReason
from skillopt.core.events import GateDecided, GateOpened
from skillopt.core.gate import Verdict
from skillopt.core.proposal import Candidate, Draft, Proposal
from skillopt.core.refusal import Refusal, Stage
from skillopt.core.rollout import Graded
from skillopt.core.run import RefusedTry, Round
from skillopt.core.sampling import observe
from skillopt.core.screen import Screened, screen
from skillopt.core.search import Search
from skillopt.core.skill import Skill
from skillopt.steps.commit import Decided, commit
from skillopt.steps.compete import compete
from skillopt.steps.context import RunContext
from skillopt.steps.criticize import criticize
from skillopt.steps.observe import observe_train
from skillopt.steps.propose import Question, Try, propose, repair


class RoundWork:
    """One round's results, each made when it is first asked for."""

    def __init__(self, context: RunContext, search: Search, incumbent: Skill) -> None:
        self.context = context
        self.search = search
        self.incumbent = incumbent
        self.number = len(search.past) + 1
        self._shown: tuple[Graded, ...] | None = None
        self._critiques: tuple[Critique, ...] | None = None
        self._refusals: tuple[Refusal, ...] | None = None
        self._first: Try | None = None
        self._final: tuple[Proposal | None, RefusedTry | None, Candidate | Screened] | None = None
        self._verdict: Verdict | None = None

    async def shown(self) -> tuple[Graded, ...]:
        """The train rollouts that the optimizer is shown."""
        if self._shown is None:
            self._shown = await observe_train(self.context, self.incumbent, number=self.number)
        return self._shown

    async def observations(self) -> tuple[Observation, ...]:
        """The same as prompts show them."""
        return observe(await self.shown(), self.context.validation_set.split("train"))

    async def nothing_to_fix(self) -> bool:
        """No train rollout failed."""
        return all(rollout.passed for rollout in await self.shown())

    async def critiques(self) -> tuple[Critique, ...]:
        """Why the failures failed."""
        if self._critiques is None:
            seen = await self.observations()
            self._critiques = await criticize(
                self.context, self.incumbent, seen, number=self.number
            )
        return self._critiques

    async def proposed(self) -> Try:
        """The optimizer's first try."""
        if self._first is None:
            self._first = await propose(self.context, await self._question())
        return self._first

    async def screened(self) -> Candidate | Screened:
        """The candidate, after one repair where it was needed, or why there is none."""
        if self._final is None:
            self._final = await self._screen_and_repair()
        return self._final[2]

    async def verdict(self) -> Verdict | None:
        """The gate's verdict; None where nothing came so far."""
        screened = await self.screened()
        if self._verdict is None and isinstance(screened, Candidate):
            idea = screened.proposal.draft.idea
            self.context.emit(GateOpened(number=self.number, idea=idea))
            self._verdict = await compete(
                self.context,
                self.search,
                incumbent=self.incumbent,
                candidate=screened.skill,
                number=self.number,
            )
            self.context.emit(GateDecided(number=self.number, verdict=self._verdict))
        return self._verdict

    async def committed(self) -> Round:
        """The round, entered in the ledger."""
        screened = await self.screened()
        assert self._final is not None
        proposal, first_try, _ = self._final
        decided = Decided(
            number=self.number,
            incumbent=self.incumbent,
            shown=await self.shown(),
            critiques=await self.critiques(),
            proposal=proposal,
            first_try=first_try,
            screened=screened,
            verdict=await self.verdict(),
            spent=await self.context.ledger.usage(self.context.run),
        )
        return await commit(self.context, decided)

    def budget(self) -> EditBudget:
        """The bounds of this round's proposal."""
        settings = self.context.settings
        return budget_at(settings.budget, past=self.search.past, rounds=settings.rounds)

    async def _known(self) -> tuple[Refusal, ...]:
        """The refusals known before this round; its own is not among them when it is made again."""
        if self._refusals is None:
            self._refusals = await self.context.ledger.refusals(self.context.skill_name)
        return self._refusals

    async def _question(self) -> Question:
        observations = await self.observations()
        missed = {line.split(":")[0] for seen in observations for line in seen.feedback}
        refused = refused_digest(
            await self._known(),
            accepted=self.search.ideas,
            criteria=sorted(missed),
            context=self.context.fact,
        )
        return Question(
            number=self.number,
            skill=self.incumbent,
            budget=self.budget(),
            observations=observations,
            critiques=await self.critiques(),
            refused=refused,
        )

    async def _screen_and_repair(
        self,
    ) -> tuple[Proposal | None, RefusedTry | None, Candidate | Screened]:
        first = await self.proposed()
        proposal, screened = self._screen(first, await self._known())
        if isinstance(screened, Candidate) or screened.code == MisfitReason.NO_EDITS:
            return proposal, None, screened
        refused = RefusedTry(
            proposal=proposal, stage=screened.stage, code=screened.code, reason=screened.reason
        )
        second = await repair(self.context, self.number, first, screened.reason)
        proposal, screened = self._screen(second, await self._known())
        return proposal, refused, screened

    def _screen(
        self, tried: Try, refusals: Sequence[Refusal]
    ) -> tuple[Proposal | None, Candidate | Screened]:
        if not isinstance(tried.draft, Draft):
            complaint = Screened(stage=Stage.REPLY, code="bad_reply", reason=str(tried.draft))
            return None, complaint
        proposal = Proposal(parent=self.incumbent.digest, draft=tried.draft)
        screened = screen(
            proposal,
            skill=self.incumbent,
            budget=self.budget(),
            refusals=refusals,
            context=self.context.fact,
        )
        return proposal, screened
