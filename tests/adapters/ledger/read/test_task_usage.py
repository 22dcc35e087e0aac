"""Who has looked at which tasks."""

from __future__ import annotations

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import AcceptedRound
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.skill import Skill
from tests.adapters.ledger.samples import (
    SKILL,
    a_key,
    a_missing,
    a_rollout,
    a_round,
    a_run,
    a_verdict,
    an_end,
)


async def test_each_version_scored_on_a_task_is_a_look(ledger: SqlLedger) -> None:
    other = Skill(text="# Another\n")
    for run, skill, task, trial in (
        ("run-1", SKILL, 1, 0),
        ("run-1", SKILL, 1, 1),
        ("run-2", SKILL, 1, 0),
        ("run-2", other, 1, 0),
        ("run-2", other, 2, 0),
    ):
        key = a_key(task, skill=skill, trial=trial)
        await ledger.add_rollout(run, a_rollout(task).model_copy(update={"key": key}))
    await ledger.add_rollout("run-1", a_missing(3))
    tasks = [a_key(number).task for number in range(4)]
    assert await ledger.looks(tasks) == {tasks[1]: 2, tasks[2]: 1}
    assert await ledger.looks([]) == {}
    many = [*tasks, *(a_key(number).task for number in range(100, 1_300))]
    assert await ledger.looks(many) == {tasks[1]: 2, tasks[2]: 1}


async def test_a_persons_edit_needs_no_proposal_where_its_run_is_of_the_gate(
    ledger: SqlLedger,
) -> None:
    for kind in ("gate", "tune"):
        run = a_run(f"{kind}-run", kind=kind)
        await ledger.start_run(run, SKILL)
        round_, candidate = a_round(1, run=run.id, outcome=Outcome.ACCEPTED)
        by_hand = round_.model_copy(update={"proposal": None})
        await ledger.add_round(by_hand, candidate)
        await ledger.finish_run(an_end(run))
        found = await ledger.verify()
        assert found.sound is (kind == "gate"), found.bad
    assert found.bad is not None
    assert "without a proposal" in found.bad.problem


async def test_a_persons_accepted_edit_has_its_text_in_the_ledger(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(kind="gate"), SKILL)
    round_, _ = a_round(1, outcome=Outcome.ACCEPTED, stage=Stage.GATE)
    lost = AcceptedRound(verdict=a_verdict(Outcome.ACCEPTED), candidate="f" * 64)
    by_hand = round_.model_copy(update={"proposal": None, "decision": lost})
    await ledger.add_round(by_hand, None)
    found = await ledger.verify()
    assert found.bad is not None
    assert "is not in the ledger" in found.bad.problem


async def test_the_newest_verdicts_on_the_same_tasks_with_the_same_target(
    ledger: SqlLedger,
) -> None:
    mine, other = a_run(), a_run("run-2").model_copy(update={"target": "another/model"})
    for run in (mine, other):
        await ledger.start_run(run, SKILL)
    for number, outcome in enumerate((Outcome.ACCEPTED, Outcome.REJECTED, Outcome.REJECTED), 1):
        round_, candidate = a_round(number, outcome=outcome)
        await ledger.add_round(round_, candidate)
    screened, _ = a_round(4, stage=Stage.SCREEN)
    await ledger.add_round(screened, None)
    theirs, candidate = a_round(1, run=other.id)
    await ledger.add_round(theirs, candidate)
    wanted = {"validation_set": mine.validation_set, "target": mine.target}
    found = await ledger.verdicts(**wanted)
    outcomes = [verdict.outcome for verdict in found]
    assert outcomes == [Outcome.REJECTED, Outcome.REJECTED, Outcome.ACCEPTED]
    assert await ledger.verdicts(**wanted, newest=1) == found[:1]
    assert await ledger.verdicts(validation_set="f" * 64, target=mine.target) == ()
