"""Taking up what an earlier run accepted for the same version."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.rounds import decided_round, gate_decision
from skillopt.core.loop_settings import Conditioning
from skillopt.core.proposals.proposal import Proposal, parse_draft
from skillopt.core.skill.edit import apply
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.engine.steps.take_up import TakenUp, take_up
from tests.engine.setups import RUN, Bench, bench
from tests.engine.steps.test_recall import REJECTION
from tests.scripted import SKILL, draft, insert

WIDE = EditBudget(max_edits=4, max_changed_chars=1000, max_skill_chars=10_000)
NARROW = WIDE.model_copy(update={"max_changed_chars": 3})
GOOD = parse_draft(draft(insert("- lawn: garden\n"), idea="the garden"))


async def enter(made: Bench, *, run: str, outcome: Outcome = Outcome.ACCEPTED) -> str:
    """A decided round of another run, on SKILL."""
    record = made.ledger.runs[RUN].model_copy(update={"id": run, "fingerprint": run})
    if run != RUN:
        await made.ledger.start_run(record, SKILL)
    proposal = Proposal(parent=SKILL.digest, draft=GOOD)
    after = apply(SKILL, proposal.edits)
    assert isinstance(after, Skill)
    round_ = decided_round(
        run,
        1,
        incumbent=SKILL,
        proposal=proposal,
        decision=gate_decision(REJECTION.model_copy(update={"outcome": outcome}), after),
        context=made.context.fact,
        spent=Usage(),
    )
    await made.ledger.add_round(round_, after)
    return round_.id


async def taken(made: Bench, *, budget: EditBudget = WIDE) -> TakenUp | None:
    return await take_up(made.context, SKILL, budget=budget)


async def test_what_another_run_accepted_is_a_candidate() -> None:
    made = await bench()
    entry = await enter(made, run="before")
    found = await taken(made)
    assert found is not None
    assert found.source.id == entry
    assert "lawn" in found.candidate.skill.text


async def test_what_this_run_accepted_is_not() -> None:
    made = await bench()
    await enter(made, run=RUN)
    assert await taken(made) is None


async def test_what_a_later_run_rejected_on_the_same_version_is_not() -> None:
    made = await bench()
    await enter(made, run="before")
    await enter(made, run="between", outcome=Outcome.REJECTED)
    assert await taken(made) is None


async def test_what_does_not_fit_the_budget_is_not() -> None:
    made = await bench()
    await enter(made, run="before")
    assert await taken(made, budget=NARROW) is None


async def test_the_setting_decides() -> None:
    for conditioning in (Conditioning(warm_start=False), Conditioning(enabled=False)):
        made = await bench(conditioning=conditioning)
        await enter(made, run="before")
        assert await taken(made) is None
