"""What the benchmark asserts of its measurements can fail."""

from __future__ import annotations

from tests.benchmarks.local_tuning import Alike, Tuned, orderings


def tuned(proposer: str, gained: float, *, certified: bool, seed: int = 0) -> Tuned:
    return Tuned(proposer, seed, gained, certified=certified, accepted=1, rounds=3, calls=400)


def alike(low: float) -> Alike:
    return Alike("race", (low + 0.1) / 2, low, 0.1 + low, stated=0.1, flaky=60, tasks=64)


def test_all_hold_where_examples_win_and_the_gate_keeps_its_level() -> None:
    runs = [tuned("imitate", 30, certified=True), tuned("critique", 5, certified=False)]
    assert all(orderings(runs, [alike(0.05)]).values())


def test_each_can_fail_alone() -> None:
    weaker = [tuned("imitate", 3, certified=True), tuned("critique", 5, certified=False)]
    assert _failed(orderings(weaker, [alike(0.05)])) == ["examples gain more than rules"]
    half = [
        *[tuned("imitate", 30, certified=one) for one in (True, False)],
        *[tuned("critique", 5, certified=False) for _ in range(2)],
    ]
    assert _failed(orderings(half, [])) == ["examples are certified on most seeds"]
    mixed = [
        *[tuned("imitate", 30, certified=one) for one in (True, True, False)],
        *[tuned("critique", 5, certified=True) for _ in range(3)],
    ]
    assert _failed(orderings(mixed, [])) == ["examples are certified at least as often"]
    good = [tuned("imitate", 30, certified=True), tuned("critique", 5, certified=False)]
    assert _failed(orderings(good, [alike(0.11)])) == ["race accepts no more than it states"]


def _failed(held: dict[str, bool]) -> list[str]:
    return [name for name, holds in held.items() if not holds]
