"""The price of testing an idea again: each earlier rejection halves the threshold."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.core.gate import GateKind, Outcome, Verdict
from tests.core.gate.contests import World, contest, play, seeds, worlds

LEVELLED: tuple[GateKind, ...] = ("balanced", "race", "explore", "exact")


def played(world: World, kind: GateKind, seed: int, earlier: int) -> Verdict:
    contested = contest(world.first, kind=kind, seed=seed)
    return play(contested.model_copy(update={"earlier_tests": earlier}), world)[0]


@settings(max_examples=100, deadline=None)
@given(world=worlds, kind=st.sampled_from(LEVELLED), seed=seeds, earlier=st.integers(1, 6))
def test_each_earlier_rejection_halves_the_threshold_and_nothing_else(
    world: World, kind: GateKind, seed: int, earlier: int
) -> None:
    first, again = played(world, kind, seed, 0), played(world, kind, seed, earlier)
    assert (again.p_value, again.gain, again.rollouts) == (
        first.p_value,
        first.gain,
        first.rollouts,
    )
    if again.outcome is Outcome.ACCEPTED:
        assert first.outcome is Outcome.ACCEPTED
    if first.code != "test":
        assert again.outcome is first.outcome
    else:
        assert "after " in again.reason
        assert "earlier rejection" in again.reason


def test_the_threshold_in_the_verdict_is_the_one_that_was_used() -> None:
    """Four of twelve tasks gained: p = 1/16, enough at 0.10 and not at half of it."""
    first = {f"t{at}": 0.0 for at in range(12)}
    contested = contest(first, kind="exact", deterministic=True, alpha=0.1)

    def scores(want: object) -> float:
        return float(getattr(want, "task") in {"t0", "t1", "t2", "t3"})  # noqa: B009

    once, _, _ = play(contested, scores)
    assert once.outcome is Outcome.ACCEPTED
    assert "threshold 0.10)" in once.reason
    again, _, _ = play(contested.model_copy(update={"earlier_tests": 1}), scores)
    assert again.outcome is Outcome.REJECTED
    assert "threshold 0.05 after 1 earlier rejection)" in again.reason
