"""A round in progress: each result is made once, from the ones before it.

Nothing here is saved on its own account. Rollouts and the optimizer's replies are in the ledger the
moment they are paid, and the rest follows from them; so a process that takes up a round in the
middle makes the same results again without paying for any.
"""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Graded
from skillopt.core.events import GateDecided, GateOpened
from skillopt.core.gate import Outcome, Verdict
from skillopt.core.gate.drift_result import Drift
from skillopt.core.history.rounds import Evidence, decided_round, gate_decision, screen_decision
from skillopt.core.history.run import Decision, Round
from skillopt.core.history.search import Search
from skillopt.core.proposals.aims import aims_of
from skillopt.core.proposals.collapse import Leave, Move, move_of
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Candidate, Proposal
from skillopt.core.proposals.refusal import Part, TrainEffect
from skillopt.core.proposals.screen import Screened
from skillopt.core.skill.changes import changes_of
from skillopt.core.skill.edit_budget import EditBudget, budget_at
from skillopt.core.skill.skill import Skill
from skillopt.engine.context import TuningContext
from skillopt.engine.round_evidence import RoundEvidence
from skillopt.engine.steps.ablate import ablate, is_worth_it
from skillopt.engine.steps.commit import commit
from skillopt.engine.steps.continue_near_miss import or_near_miss
from skillopt.engine.steps.propose import Asked, Question
from skillopt.engine.steps.proposers import proposer_of
from skillopt.engine.steps.recall import search_so_far, topic_of
from skillopt.engine.steps.rehearse import rehearse
from skillopt.engine.steps.run_contest import run_contest, run_rematch
from skillopt.engine.steps.screen_proposal import Screening, as_screened
from skillopt.engine.steps.select_candidate import Selection, select_candidate
from skillopt.engine.steps.take_up import TakenUp, take_up
from skillopt.engine.steps.try_on_train import Refused, try_on_train
from skillopt.engine.steps.watch_drift import watch_drift


class RoundWork:
    """One round's results, each made when it is first asked for."""

    def __init__(
        self,
        context: TuningContext,
        search: Search,
        incumbent: Skill,
        *,
        leave: Leave | None = None,
    ) -> None:
        self.context = context
        self.search = search
        self.incumbent = incumbent
        self.leave = leave
        self.number = len(search.past) + 1
        self.proposer = proposer_of(context.settings.proposer)
        self._evidence: RoundEvidence | None = None
        self._question: Question | None = None
        self._asked: tuple[Asked, ...] | None = None
        self._selection: Selection | None = None
        self._verdict: Verdict | None = None
        self._rematch: Verdict | None = None
        self._taken_up: TakenUp | None = None
        self._looked = False

    async def taken_up(self) -> TakenUp | None:
        """What an earlier run accepted for this version; the optimizer is not asked then."""
        if not self._looked:
            self._looked = True
            self._taken_up = None if self.leave else await self._earlier()
        return self._taken_up

    async def evidence(self) -> RoundEvidence:
        """What the proposal rests on; nothing where one is taken up."""
        if self._evidence is None:
            learns = self.proposer.learns and not await self.taken_up()
            self._evidence = RoundEvidence(
                self.context,
                self.search,
                self.incumbent,
                proposer=self.proposer if learns else None,
            )
        return self._evidence

    async def shown(self) -> tuple[Graded, ...]:
        """The train rollouts that the optimizer is shown."""
        return await (await self.evidence()).shown()

    async def observations(self) -> tuple[Observation, ...]:
        """The same as prompts show them."""
        return await (await self.evidence()).observations()

    async def nothing_to_fix(self) -> bool:
        """No train rollout failed, and the proposal rests on nothing else."""
        evidence = await self.evidence()
        return evidence.proposer is not None and all(run.passed for run in await evidence.shown())

    async def critiques(self) -> tuple[Critique, ...]:
        """Why the failures failed."""
        return await (await self.evidence()).critiques()

    async def proposed(self) -> tuple[Asked, ...]:
        """The first tries, one for each proposal of the round; none where one is taken up."""
        if self._asked is None and await self.taken_up():
            self._asked = ()
        if self._asked is None:
            self._asked = await self.proposer.propose(self.context, await self.question())
        return self._asked

    async def selected(self) -> Selection:
        """The proposals after the screen: the one that goes on, and those that lost to it."""
        if self._selection is None and (taken := await self.taken_up()):
            self._selection = Selection(as_screened(taken.candidate))
        if self._selection is None:
            selection = await select_candidate(
                self.context, await self.proposed(), proposer=self.proposer
            )
            selection = await self._rehearse(selection)
            self._selection = selection if self.leave else self._or_near_miss(selection)
        return self._selection

    async def screening(self) -> Screening:
        """The proposal that goes on, after the screen, and after one repair if it needed one."""
        return (await self.selected()).chosen

    async def verdict(self) -> Verdict | None:
        """The gate's verdict; None where nothing came so far."""
        screened = (await self.screening()).result
        if self._verdict is None and isinstance(screened, Candidate):
            idea = screened.proposal.draft.idea
            self.context.emit(GateOpened(number=self.number, idea=idea))
            self._verdict = await run_contest(
                self.context,
                self.search,
                incumbent=self.rival,
                candidate=screened.skill,
                number=self.number,
                earlier_tests=len(screened.retests),
                continues=(await self.selected()).continues,
            )
            self.context.emit(GateDecided(number=self.number, verdict=self._verdict))
        return self._verdict

    async def rematch(self) -> Verdict | None:
        """On a branch: the verdict on an accepted candidate against the version that was left."""
        screened, verdict = (await self.screening()).result, await self.verdict()
        if self._rematch is None and isinstance(screened, Candidate) and verdict:
            self._rematch = await run_rematch(
                self.context,
                self.search,
                candidate=screened.skill,
                verdict=verdict,
                number=self.number,
            )
        return self._rematch

    async def commit(self) -> Round:
        """Write the round to the ledger, with what a rejected candidate teaches."""
        selection, verdict = await self.selected(), await self.verdict()
        screening = selection.chosen
        train, parts = await self._lessons(screening.result, verdict)
        taken = await self.taken_up()
        evidence = Evidence(
            rollouts=tuple(rollout.key.digest for rollout in await self.shown()),
            critiques=await self.critiques(),
            repaired=screening.repaired,
            first_try=screening.first_try,
            aims=await self._aims(screening.proposal),
            train=train or selection.rehearsed,
            parts=parts,
            retests=_retests(screening.result),
            leave=self.leave,
            move=self._move(screening.proposal),
            rematch=await self.rematch(),
            losers=selection.losers,
            raced=selection.raced,
            drift=await self._drift(screening.result, verdict),
            taken_from=taken.source.id if taken else None,
            chosen=(await (await self.evidence()).observed()).chosen,
            continues=selection.continues.id if selection.continues else None,
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

    @property
    def rival(self) -> Skill:
        """What the candidate is compared with; losses cannot add up against the first version."""
        asks_gain = self.context.settings.gate.no_worse_than is None
        return self.incumbent if asks_gain else self.context.first

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
            Refused(
                screened.skill, self.incumbent, changes_of(self.incumbent, screened.proposal.edits)
            ),
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

    async def _drift(self, screened: Candidate | Screened, verdict: Verdict | None) -> Drift | None:
        """The check of the head, where the candidate became that and one is due."""
        rematch = await self.rematch()
        lost = rematch is not None and not rematch.accepted
        if not isinstance(screened, Candidate) or verdict is None or lost:
            return None
        return await watch_drift(
            self.context, self.search, number=self.number, head=screened.skill, verdict=verdict
        )

    async def _aims(self, proposal: Proposal | None) -> tuple[str, ...]:
        """The train tasks that the proposal is meant to fix."""
        if taken := await self.taken_up():
            return taken.source.aims
        if near := (await self.selected()).continues:
            return near.aims
        if proposal is None:
            return ()
        return aims_of(proposal.draft, await self.observations(), await self.critiques())

    def _move(self, proposal: Proposal | None) -> Move | None:
        """What kind of step the proposal is, where that is watched."""
        if proposal is None or not proposal.edits or not self.context.settings.collapse_monitor:
            return None
        return move_of(self.incumbent, proposal)

    async def _earlier(self) -> TakenUp | None:
        return await take_up(self.context, self.incumbent, budget=self.budget())

    async def _rehearse(self, selection: Selection) -> Selection:
        return await rehearse(
            self.context,
            await self.question(),
            selection,
            shown=await self.shown(),
            proposer=self.proposer,
        )

    def _or_near_miss(self, selection: Selection) -> Selection:
        return or_near_miss(
            self.context,
            self.search,
            selection,
            incumbent=self.incumbent,
            budget=self.budget(),
        )

    async def question(self) -> Question:
        """What the optimizer is asked for a proposal on."""
        if self._question is None:
            self._question = await self._ask()
        return self._question

    async def _ask(self) -> Question:
        observations, critiques = await self.observations(), await self.critiques()
        refused = await search_so_far(
            self.context,
            self.search,
            run=self.context.run,
            incumbent=self.incumbent,
            topic=topic_of(self.incumbent, observations, critiques),
            observations=observations,
        )
        return Question(
            number=self.number,
            skill=self.incumbent,
            budget=self.budget(),
            observations=observations,
            critiques=critiques,
            refused=refused,
            leave=self.leave,
            line=(self.context.first.digest, *(step.version for step in self.search.line)),
            earlier=await (await self.evidence()).alike(told=critiques),
        )


def _decision(screened: Candidate | Screened, verdict: Verdict | None) -> Decision:
    if isinstance(screened, Screened):
        return screen_decision(screened)
    assert verdict is not None, "the gate decides on every candidate"
    return gate_decision(verdict, screened.skill)


def _retests(screened: Candidate | Screened) -> tuple[str, ...]:
    return screened.retests if isinstance(screened, Candidate) else ()
