"""A run that continues its near misses where the optimizer has nothing better."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import skillopt
from skillopt.core.history.run import AcceptedRound, RefusedRound
from skillopt.core.quoting import blocks
from tests.app.test_warm_start import InTurn
from tests.killing import Killed, end_of_round, killed
from tests.scripted import SKILL, Messages, draft, insert, tasks

HELPS = draft(insert("- soil: garden\n"), idea="the garden", criteria=["desk"])
NOTHING = draft(idea="nothing", criteria=["desk"])
SEED = 20
"""A run in which the first proposal is rejected while ahead."""
TRAIN, OPTIMIZER = 12, 4
"""Calls of a round beside the gate's: train tasks, the optimizer's replies."""


def noisy(seed: int) -> Callable[[str, str], str]:
    """Right by chance, more often with the rule; drawn by skill, task and how often it was asked.

    So calls must come one at a time.
    """
    asked: dict[tuple[str, str], int] = {}
    right = {task.text: str(task.expected) for task in tasks().tasks}

    def answer(skill: str, text: str) -> str:
        trial = asked[skill, text] = asked.get((skill, text), 0) + 1
        lucky = random.Random(f"{seed} {skill} {text} {trial}").random()
        return right[text] if lucky < (0.65 if "soil" in skill else 0.5) else "reception"

    return answer


def tuning(
    path: Path, optimizer: Callable[[Messages], str], *, world: int = SEED, **more: object
) -> Coroutine[Any, Any, skillopt.Run]:
    options = {
        "near_misses": True,
        "gate": "race",
        "alpha": 0.02,
        "concurrency": 1,
        "rounds": 4,
        "seed": SEED,
        **more,
    }
    options.setdefault("target", noisy(world))
    return skillopt.atune(
        SKILL,
        validation_set=tasks(),
        optimizer=optimizer,
        ledger=path / "ledger.db",
        train_check=False,
        **options,  # type: ignore[arg-type]
    )


def tuned(path: Path, optimizer: Callable[[Messages], str], **more: Any) -> skillopt.Run:
    return asyncio.run(tuning(path, optimizer, **more))


def test_its_contest_goes_on_where_the_optimizer_has_nothing(tmp_path: Path) -> None:
    run = tuned(tmp_path, InTurn(HELPS, NOTHING))
    first, again = run.rounds[:2]
    assert isinstance(first.decision, RefusedRound)
    assert isinstance(again.decision, AcceptedRound)
    assert again.continues == first.id
    assert again.proposal == first.proposal
    assert again.decision.candidate == first.decision.candidate
    assert again.first_try is not None
    assert again.first_try.code == "no_edits"
    verdict = again.decision.verdict
    assert (verdict.passes, verdict.rollouts) == (3, 48), "the candidate's pass, and fresh rivals"
    paid = again.spent.calls - first.spent.calls
    assert paid <= 48 + TRAIN + OPTIMIZER, "what was run before is not paid again"


def test_the_same_edits_again_continue_it_too(tmp_path: Path) -> None:
    run = tuned(tmp_path, InTurn(HELPS), rounds=2)
    assert run.rounds[1].continues == run.rounds[0].id
    assert run.rounds[1].first_try is not None
    assert run.rounds[1].first_try.code == "known"


def test_it_is_continued_once_and_the_run_ends(tmp_path: Path) -> None:
    run = tuned(tmp_path, InTurn(HELPS, NOTHING), rounds=9, patience=9, seed=15, world=15)
    assert [one.continues is not None for one in run.rounds] == [False, True, False, False]
    assert run.rounds[1].decision.kind == "refused"
    assert run.record.stopped_by == "nothing left to propose"


def test_it_is_off_by_default(tmp_path: Path) -> None:
    run = tuned(tmp_path, InTurn(HELPS, NOTHING), near_misses=False)
    assert all(one.continues is None for one in run.rounds)
    assert run.rounds[1].decision.verdict is None


def test_something_new_comes_first(tmp_path: Path) -> None:
    other = draft(insert("- saw: tools\n"), idea="the tools", criteria=["desk"])
    run = tuned(tmp_path, InTurn(HELPS, other, NOTHING), rounds=3)
    assert run.rounds[1].continues is None
    assert run.rounds[1].proposal != run.rounds[0].proposal


def once(messages: Messages) -> str:
    """Proposes what helps where nothing was tried before, and nothing else."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return '{"critiques": []}'
    return HELPS if data["refused"] == "Nothing was tried before." else NOTHING


def test_a_run_that_is_killed_after_any_round_ends_the_same(tmp_path: Path) -> None:
    target = noisy(SEED)

    def run(dies: Killed) -> Coroutine[Any, Any, skillopt.Run]:
        return tuning(tmp_path / "killed", once, target=target, on_event=dies)

    for number in (1, 2):
        asyncio.run(killed(run, at=end_of_round(number)))
    resumed = tuned(tmp_path / "killed", once, target=target)
    whole = tuned(tmp_path / "whole", once)
    ends = [(one.decision.kind, one.continues is not None) for one in resumed.rounds]
    assert ends == [(one.decision.kind, one.continues is not None) for one in whole.rounds]
    assert ends[1] == ("accepted", True)
    assert resumed.last == whole.last
