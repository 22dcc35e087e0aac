"""Critiques that say the same of several tasks are one finding."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.critique_groups import grouped

TASKS = {"r1": "refund-1", "r2": "refund-2", "r3": "login-1"}


def critique(rollout: str, cause: str, *, criterion: str = "queue", quote: str = "q") -> Critique:
    return Critique(rollout=rollout, criterion=criterion, quote=quote, cause=cause)


def test_nearly_identical_ones_are_folded_with_their_tasks_and_quotes() -> None:
    found = grouped(
        [
            critique("r1", "No rule speaks of `billing` for refunds.", quote="my refund"),
            critique("r2", "No rule speaks of `billing` for a refund.", quote="a refund"),
            critique("r2", "No rule speaks of `billing` for refunds.", quote="my refund"),
            critique("r9", "No rule speaks of `billing` for refunds."),
        ],
        TASKS,
    )
    assert len(found) == 1
    assert found[0].tasks == ("refund-1", "refund-2")
    assert found[0].quotes == ("my refund", "a refund", "q")


def test_another_criterion_number_or_literal_is_another_finding() -> None:
    causes = [
        critique("r1", "The rule for `billing` needs 2 words."),
        critique("r2", "The rule for `billing` needs 3 words."),
        critique("r3", "The rule for `access` needs 2 words."),
        critique("r3", "The rule for `billing` needs 2 words.", criterion="tone"),
    ]
    assert [group.tasks for group in grouped(causes, TASKS)] == [
        ("refund-1",),
        ("refund-2",),
        ("login-1",),
        ("login-1",),
    ]


@given(st.lists(st.tuples(st.sampled_from(sorted(TASKS)), st.text(max_size=30)), max_size=12))
def test_every_task_and_quote_is_in_some_group(rows: list[tuple[str, str]]) -> None:
    critiques = [critique(rollout, cause, quote=cause) for rollout, cause in rows]
    found = grouped(critiques, TASKS)
    assert {task for group in found for task in group.tasks} == {TASKS[name] for name, _ in rows}
    assert {quote for group in found for quote in group.quotes} == {cause for _, cause in rows}
