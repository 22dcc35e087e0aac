"""What was paid, by role and purpose."""

from __future__ import annotations

from skillopt.core.evaluation.rollout import Usage
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.report.facts import ReplySpend, TaskSpend
from skillopt.core.report.spend import spend_of
from tests.core.report.records import FIRST, facts, record, round_, verdict

ONE = Usage(calls=1, prompt_tokens=10, completion_tokens=2, cost=0.5)


def test_rows_are_told_apart_by_role_and_purpose_and_sum_to_all() -> None:
    tasks = tuple(
        TaskSpend(task=name, digest=f"digest of {name}", usage=ONE)
        for name in ("t1", "train", "new")
    )
    replies = tuple(
        ReplySpend(step=step, usage=ONE) for step in ("criticize", "compare", "health/target")
    )
    found = spend_of(
        facts(
            record(opened=("digest of new",), judge="j"),
            [round_(1, FIRST, verdict([1], [1]))],
            tasks=tasks,
            replies=replies,
            usage=Usage(calls=6, prompt_tokens=60, completion_tokens=12, cost=3.0),
        )
    )
    assert {(row.role, row.purpose) for row in found.rows} == {
        ("target and judge", "validation tasks"),
        ("target and judge", "train tasks"),
        ("target and judge", "sealed test"),
        ("optimizer", "critiques of failures"),
        ("judge", "comparing answers"),
        ("target", "health check"),
    }
    assert sum((row.usage for row in found.rows), Usage()) == found.total


def test_before_the_first_contest_the_purpose_of_a_task_is_open() -> None:
    assert [row.purpose for row in spend_of(facts(record(), replies=())).rows] == ["tasks"]


def test_limits_are_beside_what_was_spent() -> None:
    limits = SpendLimits(max_calls=40, max_tokens=5000, max_cost=2.0)
    found = spend_of(facts(record(limits=limits)))
    assert [said for _, said, _, _ in found.limits] == [
        "20 of 40 calls",
        "2,200 of 5,000 tokens",
        "$0.0200 of $2.0000",
    ]


def test_an_older_record_has_no_limits() -> None:
    assert spend_of(facts(record(limits=None))).limits == ()
