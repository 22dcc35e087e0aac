"""A run with all that a report shows, read at once."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import Exchange
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.refusal import Ablation, Part
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_rollout,
    a_round,
    a_run,
)

PAID = Usage(calls=1, prompt_tokens=10, completion_tokens=2, cost=0.5)


def an_exchange(key: str) -> Exchange:
    return Exchange(
        run="run-1", key=key, model="m", prompt_digest=key, prompt="p", reply="r", usage=PAID
    )


async def test_all_of_a_run_is_there_and_nothing_of_another(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    await ledger.start_run(a_run("run-2"), SKILL)
    rollout, lost = a_rollout(0), a_missing(1)
    await ledger.add_rollout("run-1", rollout)
    await ledger.add_rollout("run-1", lost)
    await ledger.add_rollout("run-2", a_rollout(2))
    for key in ("1/propose", "1/propose/2", "health/target", "health/target/2"):
        await ledger.add_exchange(an_exchange(key))
    critique = Critique(rollout="r1", criterion="tone", quote="x", cause="y")
    round_, candidate = a_round()
    shown = {"critiques": (critique,), "rollouts": (rollout.key.digest,)}
    await ledger.add_round(round_.model_copy(update=shown), candidate)
    part = Part(edit=0, outcome="rejected")
    await ledger.add_ablation(Ablation(round=round_.id, parts=(part,)))

    found = await ledger.run_facts("run-1")
    assert candidate is not None
    assert found.record == a_run()
    assert [one.id for one in found.rounds] == [round_.id]
    assert found.versions == {SKILL.digest: SKILL, candidate.digest: candidate}
    assert found.usage == await ledger.usage("run-1")
    assert sum((one.usage for one in (*found.tasks, *found.replies)), Usage()) == found.usage
    assert {one.task: one.missing for one in found.tasks} == {
        rollout.task_id: 0,
        lost.task_id: 1,
    }
    assert [(one.step, one.usage.calls) for one in found.replies] == [
        ("propose", 2),
        ("health/target", 2),
    ]
    assert found.no_result == {(lost.key.skill, lost.task_id)}
    assert found.shown == {rollout.key.digest: rollout.task_id}
    assert found.alone == {round_.id: (part,)}


async def test_a_run_is_found_by_the_beginning_of_its_id(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run("one-run"), SKILL)
    assert (await ledger.run_facts("one")).rounds == ()
    with pytest.raises(InputError, match="no run 'two'"):
        await ledger.run_facts("two")
