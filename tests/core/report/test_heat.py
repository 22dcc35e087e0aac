"""Tasks by versions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.gate.contest import Outcome
from skillopt.core.report.heat import heat_map
from tests.core.report.records import FIRST, made_by, record, round_, verdict

SCORES = st.sampled_from([0.0, 0.5, 1.0])


def test_not_evaluated_no_result_and_failed_are_three_things() -> None:
    lost = made_by(FIRST).digest
    rounds = [round_(1, FIRST, verdict([1, 1, 1, 0.5], [None, None, 0, 1]))]
    found = heat_map(record(), rounds, no_result={(lost, "t2")})
    assert found is not None
    assert {row.task: row.cells for row in found.rows} == {
        "t1": "P.", "t2": "P?", "t3": "PF", "t4": "HP",
    }  # fmt: skip


def test_groups_go_by_what_was_accepted() -> None:
    second = made_by(FIRST)
    rounds = [
        round_(1, FIRST, verdict([1, 0, 1, 0], [0, 1, 1, 0])),
        round_(
            2, FIRST, verdict([1, 0, 1, 0], [1, 1, 0, 0.5], outcome=Outcome.ACCEPTED),
            candidate=second,
        ),
    ]  # fmt: skip
    found = heat_map(record(last=second.digest), rounds, no_result=())
    assert found is not None
    groups = {row.task: row.group for row in found.rows}
    assert groups == {"t1": "passing", "t2": "fixed", "t3": "broken", "t4": "changed"}


def test_tasks_are_in_the_order_of_their_numbers() -> None:
    rounds = [round_(1, FIRST, verdict([1] * 12, [1] * 12))]
    found = heat_map(record(), rounds, no_result=())
    assert found is not None
    assert [row.task for row in found.rows] == [f"t{place}" for place in range(1, 13)]


def test_a_run_without_contests_has_no_map() -> None:
    assert heat_map(record(), [round_(1, FIRST, None)], no_result=()) is None


@given(st.lists(st.tuples(SCORES, st.one_of(st.none(), SCORES)), min_size=1, max_size=8))
def test_every_task_has_a_letter_for_every_version(pairs: list[tuple[float, float | None]]) -> None:
    before, after = [one for one, _ in pairs], [one for _, one in pairs]
    rounds = [round_(number, FIRST, verdict(before, after)) for number in (1, 2)]
    found = heat_map(record(), rounds, no_result=())
    assert found is not None
    assert len(found.rows) == len(pairs)
    assert {len(row.cells) for row in found.rows} == {3}
