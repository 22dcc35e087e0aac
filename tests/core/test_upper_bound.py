"""What is announced holds: no run makes more rollouts or requests, whatever its switches."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

import skillopt
from skillopt.adapters.meter import SpendMeter
from skillopt.core.evaluation.checks import Exact, Rubric
from skillopt.core.evaluation.task import Message
from skillopt.core.gate import GatePolicy
from skillopt.core.gate.guards import Margins
from skillopt.core.loop_settings import Conditioning, LoopSettings, SpendLimits
from skillopt.core.quoting import blocks
from skillopt.core.upper_bound import (
    TYPICAL,
    mean_growth,
    most_in_rounds,
    most_judged,
    most_requests,
    most_rollouts,
)
from skillopt.engine.graph import compile_graph, steps_of
from skillopt.engine.start import Opening, Start
from tests.engine.setups import draft_of, record_of, setup_of
from tests.scripted import DESKS, SKILL, draft, insert, learner, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

NOISY = 0.2
GUARDED = Margins(calibration=1.0, consistency=1.0)


def protected() -> skillopt.ValidationSet:
    """The tasks about desks, a few of them sentinels."""
    whole = tasks()
    kept = [
        task.model_copy(update={"protected": task.split == "validation" and "bread" in task.id})
        for task in whole.tasks
    ]
    return whole.model_copy(update={"tasks": tuple(kept)})


def erratic(seed: int) -> Callable[[Sequence[Message]], str]:
    """An optimizer that learns, harms, bundles, repeats itself and cannot be read, by chance."""
    draw = random.Random(seed)

    def reply(messages: Sequence[Message]) -> str:
        asked = [message.model_dump() for message in messages]
        if "limits" not in blocks(messages[1].content):
            return draw.choice(["nonsense", json.dumps({"critiques": []})])
        desk = draw.choice(sorted(DESKS))
        lines = [f"- {word}: {desk}\n" for word in draw.sample(DESKS[desk], 2)]
        return draw.choice(
            [
                "nonsense",
                draft_of(),
                draft(insert("x\n", anchor="no such line")),
                draft_of("- More: nowhere\n", f"- {draw.random()}: nowhere\n"),
                draft_of(*lines, idea=f"words of {desk}"),
                draft_of(*lines, f"- {draw.random()}: {desk}\n", idea=f"bundle of {desk}"),
                learner(asked),
                learner(asked),
            ]
        )

    return reply


async def spent(
    seed: int, *, steady: bool, validation_set: skillopt.ValidationSet, **settings: Any
) -> tuple[LoopSettings, int, int]:
    """The settings of a run, the rollouts that it made, and the requests to its optimizer."""
    target = ScriptedTarget(noise=0.0 if steady else NOISY)
    setup = setup_of(
        MemoryLedger(),
        target,
        lambda _event: None,
        validation_set=validation_set,
        deterministic=steady,
        seed=seed,
        **settings,
    )
    optimizer = ScriptedModel(erratic(seed))
    meter = SpendMeter(SpendLimits())
    record = record_of(setup, optimizer)
    start = Start(Opening(setup, optimizer, SKILL, record, meter, now=lambda: 99.0))
    limit = steps_of(setup.settings.rounds)
    await compile_graph(start).with_config(recursion_limit=limit).ainvoke({})
    return setup.settings, len(target.ran), len(optimizer.asked)


SWITCHES: dict[str, dict[str, Any]] = {
    "defaults": {"gate": GatePolicy()},
    "small minibatches": {"minibatch": 2},
    "minibatches at random": {"minibatch": 3, "curriculum": False, "trials": 2},
    "race": {"gate": GatePolicy(kind="race", alpha=0.4)},
    "three passes": {"gate": GatePolicy(passes=3)},
    "explore": {"gate": GatePolicy(kind="explore", passes=3)},
    "exact": {"gate": GatePolicy(kind="exact", alpha=0.4)},
    "placebo": {"gate": GatePolicy(placebo=True)},
    "no worse": {"gate": GatePolicy(kind="race", no_worse_than=20)},
    "guards on probes": {"guards": GUARDED},
    "train check": {"conditioning": Conditioning(train_check=True), "evidence": 40},
    "no train check": {"conditioning": Conditioning(train_check=False)},
    "no lessons": {"conditioning": Conditioning(lessons=False)},
    "ablation": {"conditioning": Conditioning(ablate=True)},
    "near misses": {"conditioning": Conditioning(near_misses=True), "gate": GatePolicy()},
    "candidates": {"candidates": 3},
    "collapse monitor": {"collapse_monitor": True, "rounds": 8, "patience": 8},
    "drift watch": {"drift_every": 1, "gate": GatePolicy()},
    "imitate": {"proposer": "imitate"},
    "rewrite": {"proposer": "rewrite"},
    "shortening rounds": {"shrink_every": 2, "shrink_margin": 30, "gate": GatePolicy()},
    "shortening after strict": {"shrink_every": 2, "shrink_margin": 30},
    "second attempts": {"report_second_attempts": True, "trials": 2},
    "rehearsals": {"minibatch": 2, "conditioning": Conditioning(rehearse=True)},
    "second attempts judged": {"gate": GatePolicy(attempt="second"), "collapse_monitor": True},
    "second attempts, exactly": {
        "gate": GatePolicy(kind="exact", attempt="second", alpha=0.4),
        "conditioning": Conditioning(ablate=True),
    },
    "shrink": {"proposer": "shrink", "gate": GatePolicy(kind="race", no_worse_than=30)},
    "everything": {
        "gate": GatePolicy(kind="explore", placebo=True, passes=3),
        "guards": GUARDED,
        "conditioning": Conditioning(ablate=True, near_misses=True, train_check=True),
        "candidates": 3,
        "collapse_monitor": True,
        "drift_every": 1,
        "trials": 2,
    },
}


@pytest.mark.parametrize("steady", [True, False])
@pytest.mark.parametrize("switch", SWITCHES)
async def test_no_run_takes_more_than_is_announced(switch: str, *, steady: bool) -> None:
    some = protected()
    for seed in range(2):
        run, rollouts, requests = await spent(
            seed, steady=steady, validation_set=some, **{"rounds": 4, **SWITCHES[switch]}
        )
        assert rollouts <= most_rollouts(some, run, steady=steady)
        assert requests <= most_requests(some, run, steady=steady)


@given(
    seed=st.integers(0, 10**6),
    steady=st.booleans(),
    switches=st.lists(st.sampled_from(sorted(SWITCHES)), min_size=1, max_size=4),
    sentinels=st.booleans(),
)
@profile(max_examples=12)
def test_no_switches_together_take_more(
    *, seed: int, steady: bool, switches: list[str], sentinels: bool
) -> None:
    together: dict[str, Any] = {"rounds": 4}
    for switch in switches:
        together |= SWITCHES[switch]
    some = protected() if sentinels else tasks()
    run, rollouts, requests = asyncio.run(
        spent(seed, steady=steady, validation_set=some, **together)
    )
    assert rollouts <= most_rollouts(some, run, steady=steady)
    assert requests <= most_requests(some, run, steady=steady)


async def test_a_steady_run_that_accepts_everything_comes_close() -> None:
    """The bound is no bound of everything: what the rounds need is nearly all of it."""
    run, rollouts, _ = await spent(1, steady=True, validation_set=tasks(), rounds=4)
    assert rollouts > 0.5 * most_rollouts(tasks(), run, steady=True)


def test_each_switch_is_counted_where_it_spends() -> None:
    def bound(**settings: Any) -> dict[str, int]:
        run = LoopSettings.model_validate({"rounds": 2, **settings})
        return most_in_rounds(tasks(), run, steady=False)._asdict()

    plain = bound()
    assert plain == {
        "train": 2 * 12,
        "raced": 0,
        "lessons": 0,
        "rehearsed": 0,
        "gate": 3 * 24,
        "apart": 0,
        "guards": 0,
        "drift": 0,
    }
    more: dict[str, dict[str, Any]] = {
        "train": {"trials": 2},
        "raced": {"candidates": 2},
        "lessons": {"conditioning": {"train_check": True}},
        "rehearsed": {"minibatch": 2, "conditioning": {"rehearse": True}},
        "gate": {"gate": {"kind": "exact"}},
        "apart": {"conditioning": {"ablate": True}},
        "guards": {"guards": {"calibration": 0.1}},
        "drift": {"drift_every": 1},
    }
    for part, settings in more.items():
        found = bound(**settings)
        assert found[part] > plain[part], part
        assert {name for name in found if found[name] != plain[name]} == {part}


def test_a_judge_may_be_sent_back_once_for_each_rubric() -> None:
    rubric = Rubric(type="rubric", criteria=("desk",))
    assert most_judged(tasks((rubric,))) == 2
    assert most_judged(tasks((rubric, rubric))) == 4
    assert most_judged(tasks((Exact(type="exact", criterion="desk"),))) == 0


def test_versions_grow_by_an_edit_a_round_up_to_the_largest_skill() -> None:
    budget = {"max_changed_chars": 100, "min_changed_chars": 100}
    run = LoopSettings.model_validate({"rounds": 3, "budget": budget})
    assert mean_growth(run, SKILL) == TYPICAL * (100 + 200 + 300) / 3
    room = {**budget, "max_skill_chars": len(SKILL.text) + 20, "follows_skill": False}
    assert (
        mean_growth(run.model_copy(update={"budget": run.budget.model_copy(update=room)}), SKILL)
        == (100 * TYPICAL + 20 + 20) / 3
    )
    assert mean_growth(run.model_copy(update={"proposer": "shrink"}), SKILL) == 0
