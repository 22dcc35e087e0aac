"""Who proposes in a run: each proposer answers the same question in a way of its own."""

from __future__ import annotations

from typing import Protocol, assert_never

from skillopt.core.proposals.imitation import imitation
from skillopt.core.proposals.proposer import ProposerKind
from skillopt.core.proposals.rewriting import unbounded
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.engine.context import TuningContext
from skillopt.engine.steps.propose import Asked, Question, Try, propose_several, repair
from skillopt.engine.steps.rewrite import repair_rewrite, rewrite
from skillopt.engine.steps.shrink import next_shrinking


class Proposer(Protocol):
    """Proposes edits of the incumbent; what it proposes is screened and tested like any other."""

    learns: bool
    """It sees train rollouts, and there is nothing to do where none of them failed."""
    criticizes: bool
    """It asks the optimizer why the failures failed, first."""

    def bounds(self, budget: EditBudget) -> EditBudget:
        """The bounds of its proposals, from those of the round."""
        ...

    async def propose(self, context: TuningContext, asked: Question) -> tuple[Asked, ...]:
        """Its first tries: one for each proposal of the round."""
        ...

    async def repair(
        self, context: TuningContext, asked: Question, failed: Try, reason: str
    ) -> Try:
        """Its second and last try."""
        ...


def proposer_of(kind: ProposerKind) -> Proposer:
    """The proposer that a run's settings name."""
    match kind:
        case "critique":
            return CritiqueFirst()
        case "imitate":
            return Imitation()
        case "rewrite":
            return OneShotRewrite()
        case "shrink":
            return Shrinking()
        case _:
            assert_never(kind)


class CritiqueFirst:
    """Asks the optimizer why answers were wrong, then for a small edit."""

    learns = True
    criticizes = True

    def bounds(self, budget: EditBudget) -> EditBudget:
        """Those of the round."""
        return budget

    async def propose(self, context: TuningContext, asked: Question) -> tuple[Asked, ...]:
        """The optimizer's edits."""
        return await propose_several(context, asked)

    async def repair(
        self, context: TuningContext, asked: Question, failed: Try, reason: str
    ) -> Try:
        """The optimizer's edits, after it was told what is wrong."""
        return await repair(context, asked, failed, reason)


class Imitation:
    """Copies right answers into the skill; asks nobody."""

    learns = True
    criticizes = False

    def bounds(self, budget: EditBudget) -> EditBudget:
        """Those of the round."""
        return budget

    async def propose(self, context: TuningContext, asked: Question) -> tuple[Asked, ...]:
        """Examples of right answers."""
        return (Asked(asked, _imitated(context, asked, "first")),)

    async def repair(
        self, context: TuningContext, asked: Question, failed: Try, reason: str
    ) -> Try:
        """Other examples."""
        del failed, reason
        return _imitated(context, asked, "second")


class OneShotRewrite:
    """Asks the optimizer for the whole body at once."""

    learns = True
    criticizes = False

    def bounds(self, budget: EditBudget) -> EditBudget:
        """Only the size of the whole skill is bounded."""
        return unbounded(budget)

    async def propose(self, context: TuningContext, asked: Question) -> tuple[Asked, ...]:
        """The optimizer's rewrite."""
        return (Asked(asked, await rewrite(context, asked)),)

    async def repair(
        self, context: TuningContext, asked: Question, failed: Try, reason: str
    ) -> Try:
        """The optimizer's rewrite, after it was told what is wrong."""
        return await repair_rewrite(context, asked, failed, reason)


class Shrinking:
    """Deletes pieces of the first version and merges rules, one a round; asks nobody."""

    learns = False
    criticizes = False

    def bounds(self, budget: EditBudget) -> EditBudget:
        """A section may be longer than an edit."""
        return unbounded(budget)

    async def propose(self, context: TuningContext, asked: Question) -> tuple[Asked, ...]:
        """The deletion or merge that is least likely to be missed, of those not tried yet."""
        return (Asked(asked, Try((), await next_shrinking(context, asked.skill))),)

    async def repair(
        self, context: TuningContext, asked: Question, failed: Try, reason: str
    ) -> Try:
        """The same: what is known is refused, and the next round tries another."""
        del context, asked, reason
        return failed


def _imitated(context: TuningContext, asked: Question, which: str) -> Try:
    seed = f"{context.settings.seed} {asked.number} {which}"
    draft = imitation(asked.skill, asked.budget, asked.observations, seed=seed)
    return Try((), draft)
