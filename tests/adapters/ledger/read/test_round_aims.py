"""Whether a proposal fixed what it was meant to fix, on both databases."""

from __future__ import annotations

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate import Outcome
from skillopt.core.proposals.aims import Aim
from skillopt.core.proposals.refusal import Stage
from tests.adapters.ledger.samples import SKILL, a_key, a_rollout, a_round, a_run


async def test_aims_are_held_against_the_runs_of_the_candidate(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    round_, made = a_round(outcome=Outcome.ACCEPTED)
    assert made
    aiming = round_.model_copy(
        update={
            "aims": ("task-1", "task-2", "task-3"),
            "rollouts": tuple(a_key(number).digest for number in (1, 2, 3)),
        }
    )
    for number in (1, 2, 3):
        await ledger.add_rollout(aiming.run, a_rollout(number, score=0.0))
    await ledger.add_round(aiming, made)
    entry = await ledger.show_round(aiming.id)
    assert {aim.became for aim in entry.aims} == {"not run"}
    for number, score in ((1, 1.0), (2, 0.0)):
        run = a_rollout(number, score=score)
        own = run.model_copy(update={"key": a_key(number, skill=made)})
        await ledger.add_rollout(aiming.run, own)
    entry = await ledger.show_round(aiming.id)
    assert entry.aims == (
        Aim(task="task-1", became="fixed"),
        Aim(task="task-2", became="not fixed"),
        Aim(task="task-3", became="not run"),
    )


async def test_a_round_without_a_candidate_has_met_no_aims(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    round_, _ = a_round(stage=Stage.FIT)
    await ledger.add_round(round_.model_copy(update={"aims": ("task-1",)}), None)
    assert (await ledger.show_round(round_.id)).aims == ()
