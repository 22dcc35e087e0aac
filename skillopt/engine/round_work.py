"""A round in progress: each result is made once, from the ones before it.

Nothing here is saved on its own account. Rollouts and the optimizer's replies are in the ledger the
moment they are paid, and the rest follows from them; so a process that takes up a round in the
middle makes the same results again without paying for any.
"""

from __future__ import annotations

from typing import NamedTuple

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.events import GateDecided, GateOpened
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision, screen_decision
from skillopt.core.history.run import Decision, RefusedTry, Round
from skillopt.core.history.search import Search
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Candidate, Draft, Proposal
from skillopt.core.proposals.refusal import Part, Stage, TrainEffect
from skillopt.core.proposals.reopening import failing_now
from skillopt.core.proposals.sampling import observe
from skillopt.core.proposals.screen import Screened, screen
from skillopt.core.skill.edit import MisfitReason
from skillopt.core.skill.edit_budget import EditBudget, budget_at
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.ablate import ablate, is_worth_it
from skillopt.engine.steps.commit import commit
from skillopt.engine.steps.observe_train import observe_train
from skillopt.engine.steps.propose import Question, Try
from skillopt.engine.steps.proposers import proposer_of
from skillopt.engine.steps.recall import known_refusals, search_so_far, topic_of
from skillopt.engine.steps.run_contest import run_contest
from skillopt.engine.steps.try_on_train import try_on_train


class Screening(NamedTuple):
    """What the screen made of a round's proposal."""

    proposal: Proposal | None
    """None where the optimizer's reply could not be read."""
    repaired: bool
    """The JSON of its reply had errors of syntax that were fixed."""
    first_try: RefusedTry | None
    """The try before it, where the first one was refused."""
    result: Candidate | Screened
    """The candidate, or why there is none."""


class RoundWork:
    """One round's results, each made when it is first asked for."""

    def __init__(self, context: TuningContext, search: Search, incumbent: Skill) -> None:
        self.context = context
        self.search = search
        self.incumbent = incumbent
        self.number = len(search.past) + 1
        self.proposer = proposer_of(context.settings.proposer)
        self._shown: tuple[Graded, ...] | None = None
        self._critiques: tuple[Critique, ...] | None = None
        self._first: Try | None = None
        self._screening: Screening | None = None
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
            self._critiques = await self.proposer.criticize(
                self.context, self.incumbent, seen, number=self.number
            )
        return self._critiques

    async def proposed(self) -> Try:
        """The optimizer's first try."""
        if self._first is None:
            self._first = await self.proposer.propose(self.context, await self.question())
        return self._first

    async def screening(self) -> Screening:
        """The proposal after the screen, and after one repair where it needed one."""
        if self._screening is None:
            self._screening = await self._screen_and_repair()
        return self._screening

    async def verdict(self) -> Verdict | None:
        """The gate's verdict; None where nothing came so far."""
        screened = (await self.screening()).result
        if self._verdict is None and isinstance(screened, Candidate):
            idea = screened.proposal.draft.idea
            self.context.emit(GateOpened(number=self.number, idea=idea))
            self._verdict = await run_contest(
                self.context,
                self.search,
                incumbent=self.incumbent,
                candidate=screened.skill,
                number=self.number,
                earlier_tests=len(screened.retests),
            )
            self.context.emit(GateDecided(number=self.number, verdict=self._verdict))
        return self._verdict

    async def commit(self) -> Round:
        """Write the round to the ledger, with what a rejected candidate teaches."""
        screening, verdict = await self.screening(), await self.verdict()
        train, parts = await self._lessons(screening.result, verdict)
        evidence = Evidence(
            rollouts=tuple(rollout.key.digest for rollout in await self.shown()),
            critiques=await self.critiques(),
            repaired=screening.repaired,
            first_try=screening.first_try,
            aims=await self._aims(screening.proposal),
            train=train,
            parts=parts,
            retests=_retests(screening.result),
        )
        round_ = decided_round(
            self.context.run,
            self.number,
            incumbent=self.incumbent,
            proposal=screening.proposal,
            decision=_decision(screening.result, verdict),
            context=self.context.fact,
            spent=await self.context.ledger.usage(self.context.run),
            evidence=evidence,
        )
        candidate = screening.result.skill if isinstance(screening.result, Candidate) else None
        return await commit(self.context, round_, incumbent=self.incumbent, candidate=candidate)

    def budget(self) -> EditBudget:
        """The bounds of this round's proposal."""
        settings, first = self.context.settings, self.context.first
        return self.proposer.bounds(
            budget_at(settings.budget, first=first, past=self.search.past, rounds=settings.rounds)
        )

    async def _lessons(
        self, screened: Candidate | Screened, verdict: Verdict | None
    ) -> tuple[TrainEffect | None, tuple[Part, ...]]:
        """What a refused candidate did on train tasks, and how its edits fare alone."""
        if not isinstance(screened, Candidate) or verdict is None:
            return None, ()
        if verdict.outcome is not Outcome.REJECTED:
            return None, ()
        train = await try_on_train(
            self.context,
            screened.skill,
            shown=await self.shown(),
            aims=await self._aims(screened.proposal),
        )
        if not is_worth_it(self.context, screened.proposal):
            return train, ()
        alone = await ablate(
            self.context,
            self.search,
            incumbent=self.incumbent,
            proposal=screened.proposal,
            number=self.number,
        )
        return train, tuple(one.part for one in alone)

    async def _aims(self, proposal: Proposal | None) -> tuple[str, ...]:
        """The train tasks that the proposal says it answers."""
        cited = set(proposal.draft.rollouts) if proposal else set()
        seen = await self.observations()
        return tuple(dict.fromkeys(one.task for one in seen if one.rollout in cited))

    async def question(self) -> Question:
        """What the optimizer is asked for a proposal on."""
        observations, critiques = await self.observations(), await self.critiques()
        refused = await search_so_far(
            self.context,
            self.search,
            run=self.context.run,
            incumbent=self.incumbent,
            topic=topic_of(self.incumbent, observations, critiques),
        )
        return Question(
            number=self.number,
            skill=self.incumbent,
            budget=self.budget(),
            observations=observations,
            critiques=critiques,
            refused=refused,
        )

    async def _screen_and_repair(self) -> Screening:
        first = await self.proposed()
        proposal, screened = await self._screen(first)
        if isinstance(screened, Candidate) or screened.code == MisfitReason.NO_EDITS:
            return Screening(proposal, first.repaired, None, screened)
        refused = RefusedTry(
            proposal=proposal,
            repaired=first.repaired,
            stage=screened.stage,
            code=screened.code,
            reason=screened.reason,
            known=screened.known,
        )
        second = await self.proposer.repair(
            self.context, await self.question(), first, screened.reason
        )
        proposal, screened = await self._screen(second)
        return Screening(proposal, second.repaired, refused, screened)

    async def _screen(self, tried: Try) -> tuple[Proposal | None, Candidate | Screened]:
        if not isinstance(tried.draft, Draft):
            complaint = Screened(stage=Stage.REPLY, code="bad_reply", reason=str(tried.draft))
            return None, complaint
        proposal = Proposal(parent=self.incumbent.digest, draft=tried.draft)
        screened = screen(
            proposal,
            skill=self.incumbent,
            budget=self.budget(),
            known=await known_refusals(
                self.context,
                proposal,
                incumbent=self.incumbent,
                failing=failing_now(await self.observations()),
            ),
        )
        return proposal, screened


def _decision(screened: Candidate | Screened, verdict: Verdict | None) -> Decision:
    if isinstance(screened, Screened):
        return screen_decision(screened)
    assert verdict is not None, "the gate decides on every candidate"
    return gate_decision(verdict, screened.skill)


def _retests(screened: Candidate | Screened) -> tuple[str, ...]:
    return screened.retests if isinstance(screened, Candidate) else ()
