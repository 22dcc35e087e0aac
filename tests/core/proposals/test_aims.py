"""What a proposal is meant to fix, and whether it did."""

from __future__ import annotations

from skillopt.core.proposals.aims import Aim, aims_met, aims_of
from skillopt.core.proposals.critique import Critique, Observation
from skillopt.core.proposals.proposal import Draft

SHOWN = tuple(
    Observation(
        rollout=f"r{place}", task=task, input="", answer="", score=0, passed=False, feedback=()
    )
    for place, task in enumerate(("a", "b", "b", "c"), start=1)
)
CRITIQUES = tuple(
    Critique(rollout=rollout, criterion="queue", quote="words", cause="no rule")
    for rollout in ("r4", "r2")
)


def aims(**named: tuple[str, ...]) -> tuple[str, ...]:
    return aims_of(Draft(idea="an idea", edits=(), **named), SHOWN, CRITIQUES)  # type: ignore[arg-type]


def test_the_tasks_it_names_count_and_no_others() -> None:
    assert aims(fixes=("c", "a", "of another round"), rollouts=("r2",)) == ("a", "c")


def test_where_it_names_none_those_of_what_it_cites_count() -> None:
    assert aims(rollouts=("r2", "r3", "r9")) == ("b",)
    assert aims(critiques=("c1", "c7"), rollouts=("r1",)) == ("a", "c")
    assert aims(fixes=("unknown",), rollouts=("r1",)) == ("a",)
    assert aims() == ()


def test_each_aim_is_held_against_what_the_candidate_did() -> None:
    met = aims_met(
        ("a", "b", "c", "d"),
        before={"a": 0.0, "b": 0.2, "c": 0.5, "d": 0.0},
        after={"a": 1.0, "b": 0.6, "c": 0.5},
    )
    assert met == (
        Aim(task="a", became="fixed"),
        Aim(task="b", became="better"),
        Aim(task="c", became="not fixed"),
        Aim(task="d", became="not run"),
    )
