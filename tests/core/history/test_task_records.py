"""What rounds tell of train tasks."""

from __future__ import annotations

from skillopt.core.gate import Outcome
from skillopt.core.history.run import Round
from skillopt.core.history.task_records import OTHER, task_records
from skillopt.core.proposals.curriculum import Attempt, Chosen, Why
from tests.adapters.ledger.samples import a_round

MADE, _ = a_round()
HERE = MADE.context


def a_decided(parent: str, *chosen: Chosen, **more: object) -> Round:
    return MADE.model_copy(update={"parent": parent, "chosen": chosen, **more})


def ran(task: str, score: float | None, *missed: str) -> Chosen:
    return Chosen(task=task, why=Why.NEW, score=score, missed=missed)


def test_each_version_counts_once_and_the_latest_comes_last() -> None:
    rounds = [
        a_decided("a", ran("t", 0.0, "tone")),
        a_decided("b", ran("t", 0.5)),
        a_decided("a", ran("t", 1.0)),
    ]
    found = task_records(rounds, context=HERE)
    assert found["t"].attempts == (Attempt("b", 0.5), Attempt("a", 1.0))


def test_what_had_no_result_tells_nothing() -> None:
    assert task_records([a_decided("a", ran("t", None))], context=HERE) == {}


def test_a_version_under_other_conditions_is_never_the_incumbent() -> None:
    found = task_records([a_decided("a", ran("t", 0.0), context="elsewhere")], context=HERE)
    assert found["t"].attempts == (Attempt(OTHER, 0.0),)


def test_an_accepted_proposal_answers_its_tasks_until_they_are_run_again() -> None:
    accepted, _ = a_round(outcome=Outcome.ACCEPTED)
    fixing = accepted.model_copy(update={"chosen": (ran("t", 0.0),), "aims": ("t",)})
    assert task_records([fixing], context=HERE)["t"].answered
    refused = a_decided("b", ran("t", 0.0))
    assert not task_records([fixing, refused], context=HERE)["t"].answered
