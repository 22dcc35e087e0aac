"""The gate that asks for no loss beyond a margin: its level, its laws, and that it is absent elsewhere."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from skillopt.core.gate import (
    Contest,
    GateKind,
    GatePolicy,
    GateTask,
    Outcome,
    Standing,
    Verdict,
    Wanted,
)
from skillopt.core.gate.bounded_mean import p_value, sample_of
from skillopt.core.gate.power import gate_power, least_margin
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.settings import Settings
from skillopt.core.settings_groups import loop_settings
from skillopt.core.value import content_hash
from skillopt.errors import SettingsError
from tests.core.gate.contests import World, contest, play, seeds, worlds

stats = pytest.importorskip("scipy.stats")

MANY = settings(max_examples=60, deadline=None)
KINDS: tuple[GateKind, ...] = ("race", "exact")
kinds = st.sampled_from(KINDS)
margins = st.floats(1, 40)


def passed(count: int) -> dict[str, float]:
    return {f"t{at}": 1.0 for at in range(count)}


def alike(_want: Wanted) -> float:
    return 1.0


# -- laws


@MANY
@given(world=worlds, kind=kinds, seed=seeds, margin=margins, more=st.floats(0, 60))
def test_what_is_accepted_is_accepted_at_a_larger_margin(
    world: World, kind: GateKind, seed: int, margin: float, more: float
) -> None:
    asked = contest(world.first, kind=kind, seed=seed, alpha=0.3, no_worse_than=margin)
    if play(asked, world)[0].outcome is Outcome.ACCEPTED:
        wider = contest(world.first, kind=kind, seed=seed, alpha=0.3, no_worse_than=margin + more)
        assert play(wider, world)[0].outcome is Outcome.ACCEPTED


@given(
    st.lists(st.floats(-1, 1), min_size=1, max_size=25), st.floats(0.01, 0.9), st.floats(-0.5, 0.5)
)
def test_raising_every_difference_is_allowing_so_much_more(
    differences: list[float], margin: float, shift: float
) -> None:
    """A difference of d at a margin of M is one of d + s at M - s, in a range moved by s."""
    each, values = np.arange(len(differences)), np.array(differences)
    before = p_value(sample_of(values, np.ones(len(each)), each), -margin, lowest=-1.0)
    moved = sample_of(values + shift, np.ones(len(each)), each)
    assume(np.abs(values + margin).min() > 1e-9)
    assert p_value(moved, shift - margin, lowest=shift - 1) == pytest.approx(before, abs=1e-6)


@MANY
@given(world=worlds, kind=kinds, seed=seeds, data=st.data())
def test_a_better_outcome_never_costs_an_acceptance(
    world: World, kind: GateKind, seed: int, data: st.DataObject
) -> None:
    contested = contest(world.first, kind=kind, seed=seed, alpha=0.3, no_worse_than=15)
    verdict, outcomes, _ = play(contested, world)
    mine = [want for want in outcomes if want.arm == "candidate" and outcomes[want] is not None]
    if verdict.outcome is not Outcome.ACCEPTED or not mine:
        return
    raised = set(data.draw(st.lists(st.sampled_from(mine), min_size=1)))
    again, _, _ = play(contested, lambda want: 1.0 if want in raised else world(want))
    assert again.outcome is Outcome.ACCEPTED


@MANY
@given(world=worlds, kind=kinds, seed=seeds, data=st.data())
def test_a_killed_contest_resumes_at_any_point(
    world: World, kind: GateKind, seed: int, data: st.DataObject
) -> None:
    contested = contest(world.first, kind=kind, seed=seed, no_worse_than=12.5)
    verdict, outcomes, _ = play(contested, world)
    kept = data.draw(st.integers(0, len(outcomes)))
    stored = Contest.model_validate_json(contested.model_dump_json())
    again, after, _ = play(stored, world, start=dict(list(outcomes.items())[:kept]))
    assert (again, after) == (verdict, outcomes)
    assert Verdict.model_validate_json(verdict.model_dump_json()) == verdict


@MANY
@given(world=worlds, kind=kinds, seed=seeds, margin=margins)
def test_the_interval_clears_the_margin_exactly_where_it_accepts(
    world: World, kind: GateKind, seed: int, margin: float
) -> None:
    verdict, _, _ = play(contest(world.first, kind=kind, seed=seed, no_worse_than=margin), world)
    found = verdict.no_worse
    assert (found is not None) == (verdict.code == "margin")
    if found and verdict.gain is not None and abs(found.low + margin / 100) > 1e-6:
        assert (verdict.outcome is Outcome.ACCEPTED) == (found.low > -margin / 100)
        assert found.low <= verdict.gain <= found.high
        assert (found.points, found.within) == (margin, pytest.approx(0.8))


# -- the level

CONTESTS = 400


def broken(rate: float, size: int, rng: np.random.Generator) -> tuple[dict[str, float], object]:
    """A target that answers alike; the edit breaks each task with chance ``rate``."""
    fails = {f"t{at}": float(rng.random() >= rate) for at in range(size)}
    return passed(size), lambda want: fails[want.task] if want.arm == "candidate" else 1.0


def noisy(rate: float, size: int, rng: np.random.Generator) -> tuple[dict[str, float], object]:
    """Every task is passed with chance 0.8, and by ``rate`` less often after the edit."""

    def score(want: Wanted) -> float:
        return float(rng.random() < 0.8 - (rate if want.arm == "candidate" else 0.0))

    return {f"t{at}": float(rng.random() < 0.8) for at in range(size)}, score


def graded(rate: float, size: int, rng: np.random.Generator) -> tuple[dict[str, float], object]:
    """Half of the tasks lose twice ``rate``, with a little noise."""
    loses = rng.random(size) < 0.5

    def score(want: Wanted) -> float:
        lost = 2 * rate * loses[int(want.task[1:])] if want.arm == "candidate" else 0.0
        return float(0.6 - lost + 0.1 * (rng.random() - 0.5))

    return {f"t{at}": score(Wanted("incumbent", f"t{at}", 0)) for at in range(size)}, score


@pytest.mark.parametrize("make", [broken, noisy, graded])
@pytest.mark.parametrize(("kind", "size", "margin"), [("race", 30, 10), ("exact", 12, 25)])
def test_what_is_worse_by_the_margin_is_accepted_at_most_at_the_level(
    make: object, kind: GateKind, size: int, margin: int
) -> None:
    """More is seen once in ten million runs of this test, if the level is just held."""
    rng = np.random.default_rng(5)
    accepted = 0
    for seed in range(CONTESTS):
        first, score = make(margin / 100, size, rng)  # type: ignore[operator]
        told, _, _ = play(contest(first, kind=kind, seed=seed, no_worse_than=margin), score)
        accepted += told.outcome is Outcome.ACCEPTED
    assert accepted <= stats.binom.isf(1e-7, CONTESTS, 0.10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_rewording_is_accepted_where_tasks_are_many(kind: GateKind) -> None:
    """True difference 0, noisy runs, 150 tasks, 15 points: it would be no use otherwise."""
    rng = np.random.default_rng(8)
    accepted = 0
    for seed in range(60):
        first, score = noisy(0.0, 150, rng)
        told, _, _ = play(contest(first, kind=kind, seed=seed, no_worse_than=15), score)  # type: ignore[arg-type]
        accepted += told.outcome is Outcome.ACCEPTED
    assert accepted >= 45


# -- versions that score alike on every task


@pytest.mark.parametrize(("margin", "needed"), [(2, 114), (5, 45), (10, 22), (50, 4), (100, 1)])
def test_of_versions_that_score_alike_the_number_of_tasks_decides(margin: int, needed: int) -> None:
    """As many as it takes to rule out, with Clopper and Pearson, that so many tasks are broken."""

    def outcome(count: int) -> Outcome:
        asked = contest(passed(count), deterministic=True, no_worse_than=margin)
        return play(asked, alike)[0].outcome

    assert outcome(needed) is Outcome.ACCEPTED
    assert needed == 1 or outcome(needed - 1) is Outcome.REJECTED
    assert least_margin(needed, 0.10) <= margin
    assert needed == 1 or least_margin(needed - 1, 0.10) > margin


def test_tasks_of_one_cluster_count_once() -> None:
    kin = tuple(GateTask(id=f"t{at}", cluster=str(at % 4)) for at in range(24))
    asked = contest(passed(24), tasks=kin, deterministic=True, no_worse_than=10)
    assert play(asked, alike)[0].outcome is Outcome.REJECTED
    apart = contest(passed(24), deterministic=True, no_worse_than=10)
    assert play(apart, alike)[0].outcome is Outcome.ACCEPTED


# -- what stands beside the test


def test_a_broken_sentinel_vetoes() -> None:
    tasks = tuple(GateTask(id=f"t{at}", protected=at == 3) for at in range(60))
    asked = contest(passed(60), tasks=tasks, no_worse_than=50)
    told, _, _ = play(asked, lambda want: float(want[:2] != ("candidate", "t3")))
    assert (told.outcome, told.code) == (Outcome.REJECTED, "sentinel")
    assert told.no_worse is None


def test_a_missing_outcome_is_left_out_and_does_not_speak_for_the_candidate() -> None:
    """22 tasks alike show 10 points; 23 of which two are missing do not."""

    def some(want: Wanted) -> float | None:
        return None if want.task in {"t0", "t1"} else 1.0

    asked = contest(passed(23), deterministic=True, no_worse_than=10)
    assert play(asked, alike)[0].outcome is Outcome.ACCEPTED
    assert play(asked, some)[0].outcome is Outcome.REJECTED
    lost = contest(passed(23), no_worse_than=10)
    assert play(lost, lambda _: None)[0].outcome is Outcome.INCONCLUSIVE


def test_a_clear_loss_is_stopped_early_and_the_reason_names_the_margin() -> None:
    told, _, _ = play(contest(passed(40), no_worse_than=2), lambda w: float(w.arm == "incumbent"))
    assert (told.outcome, told.code) == (Outcome.REJECTED, "futile")
    assert told.reason.startswith("stopped early after 7 of 40 tasks: -100.0 points, below the ")
    assert told.reason.endswith(" cut-off for no worse than 2.0 points")


def test_the_reason_has_margin_interval_and_test() -> None:
    asked = contest(passed(114), deterministic=True, no_worse_than=2)
    assert play(asked, alike)[0].reason == (
        "no worse than 2.0 points below the incumbent: difference 0.0 points, "
        "80 % interval [-2.0, +2.0], on 114 tasks (p = 0.100, threshold 0.10)"
    )
    narrow = contest(passed(114), deterministic=True, no_worse_than=1.75)
    assert play(narrow, alike)[0].reason.startswith(
        "not shown to be no worse than 1.75 points below the incumbent: difference 0.0 points"
    )


# -- the policy


@pytest.mark.parametrize("kind", ["balanced", "explore", "strict"])
def test_a_gate_without_a_level_cannot_test_a_margin(kind: GateKind) -> None:
    with pytest.raises(ValidationError, match="race or exact"):
        GatePolicy(kind=kind, no_worse_than=2)
    with pytest.raises(SettingsError, match=f"gate is '{kind}'.*race or exact"):
        loop_settings(Settings(gate=kind, no_worse_than=2))


@pytest.mark.parametrize("margin", [0, -1, 100.5, float("nan")])
def test_an_impossible_margin_is_refused(margin: float) -> None:
    with pytest.raises(ValidationError):
        GatePolicy(kind="race", no_worse_than=margin)


def test_a_level_of_a_coin_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"alpha is 0.6; .* below 0.5"):
        loop_settings(Settings(alpha=0.6, no_worse_than=2))


def test_a_margin_takes_the_race_where_no_gate_is_named() -> None:
    assert loop_settings(Settings(no_worse_than=2)).gate.kind == "race"
    assert loop_settings(Settings(no_worse_than=2, gate="exact")).gate.kind == "exact"


def test_where_gains_are_looked_for_a_margin_is_refused_with_the_way_out() -> None:
    Settings().check_gains()
    with pytest.raises(SettingsError, match=r"no_worse_than is 2; .*skillopt gate"):
        Settings(no_worse_than=2).check_gains()


def test_without_a_margin_settings_read_and_hash_as_before_there_was_one() -> None:
    """An unfinished run is found by these digests, and a refusal is a fact under them."""
    assert content_hash(LoopSettings().model_dump(mode="json")) == (
        "cd3f7fa9a6b4f3327e616cf009db1bfc303e51eb8a1feb1f4fa4ba46c64b559a"
    )
    assert content_hash(loop_settings(Settings()).gate.model_dump()) == (
        "c1bf2c59611c350c57e842133b4465c825947bac0a8f6ffccafcc017385dd8e3"
    )
    stored = '{"kind": "race", "alpha": 0.1, "passes": 2, "max_missing": 0.1}'
    assert GatePolicy.model_validate_json(stored) == GatePolicy(kind="race")
    told, _, _ = play(contest(passed(12)), alike)
    assert "no_worse" not in json.loads(told.model_dump_json())
    assert told.book["t0"] == Standing(total=2, runs=2, passed=2) or told.code == "futile"
    with_margin = loop_settings(Settings(no_worse_than=2)).gate
    assert GatePolicy.model_validate_json(with_margin.model_dump_json()) == with_margin


# -- what it says of itself beforehand


def test_the_power_of_a_margin_says_how_many_tasks_it_takes() -> None:
    policy = GatePolicy(kind="race", no_worse_than=2)
    few, enough = gate_power(24, None, policy), gate_power(114, None, policy)
    assert few.text.startswith(
        "24 validation tasks, no worse than 2.0 points: a version that is worse by 2.0 points or "
        "more is accepted at most 10 % of the time. One that scores alike on every task is "
        "accepted at margins from 9.2 points on; for 2.0 points that takes 114 validation tasks"
    )
    assert len(few.warnings) == 1
    assert "at least 114" in few.warnings[0]
    assert enough.warnings == ()
    assert (few.mde80, few.mde50) == (None, None)


@given(st.floats(0.01, 100), st.floats(0.001, 0.49))
def test_the_warning_stands_exactly_where_even_likeness_does_not_do(
    margin: float, level: float
) -> None:
    policy = GatePolicy(kind="race", no_worse_than=margin, alpha=level)
    for n in (1, 7, 24, 200):
        assume(abs(least_margin(n, level) - margin) > 1e-6)
        assert bool(gate_power(n, None, policy).warnings) == (least_margin(n, level) > margin)
