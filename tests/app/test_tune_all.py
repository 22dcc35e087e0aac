"""A library on one budget: each skill an ordinary run, whatever happens to the others."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.app.tuned_library import TunedLibrary, TunedSkill
from skillopt.core.evaluation.task import Task
from skillopt.core.events import (
    Event,
    RolloutDone,
    RoundDecided,
    RunEvent,
    RunStarted,
    SealedOpened,
)
from skillopt.errors import RunHeld, RunStopped
from tests.app.one_library import library, options
from tests.killing import killed, nth
from tests.scripted import SKILL, Messages, agent, learner
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def by_name(found: TunedLibrary) -> dict[str, TunedSkill]:
    return {Path(one.path).parent.name: one for one in found.skills}


def told(found: TunedLibrary) -> list[tuple[Any, ...]]:
    """What each came to, without what differs between any two runs."""
    return [
        (one.path, one.state, one.rounds, one.accepted, one.stopped_by, one.sealed, one.usage.calls)
        for one in found.skills
    ]


async def test_every_skill_has_a_run_of_its_own_and_one_report(tmp_path: Path) -> None:
    skills, ledger = library(tmp_path, "good", "barren", "odd"), MemoryLedger()
    (skills / "bare").mkdir()
    (skills / "bare/SKILL.md").write_text("# No tasks\n")
    (tmp_path / "validation_sets/odd.yaml").write_text("tasks: 7\n")
    found = await skillopt.atune_all("skills", **options(ledger))
    ended = by_name(found)
    assert {name: one.state for name, one in ended.items()} == {
        "bare": "left out",
        "barren": "tuned",
        "good": "tuned",
        "odd": "invalid",
    }
    assert "odd.yaml" in (ended["odd"].reason or "")
    assert ended["good"].accepted > 0
    assert ended["good"].sealed is not None
    assert (skills / "good/SKILL.md").read_text() != SKILL.text
    assert (ended["barren"].accepted, ended["barren"].shipped) == (0, "nothing accepted")
    assert (skills / "barren/SKILL.md").read_text() == SKILL.text
    assert {run.library for run in ledger.ends.values()} == {found.library}
    assert {one.run for one in found.of("tuned")} == set(ledger.ends)
    assert found.usage.calls == sum(one.usage.calls for one in ended.values())


async def test_one_skill_alone_is_tuned_as_ever(tmp_path: Path) -> None:
    skills, ledger = library(tmp_path, "good"), MemoryLedger()
    found = await skillopt.atune_all(skills, write=False, **options(ledger))
    run = await skillopt.atune(skills / "good", write=False, **options(MemoryLedger()))
    (one,) = found.skills
    assert (one.rounds, one.sealed, one.stopped_by) == (
        len(run.rounds),
        run.sealed,
        run.record.stopped_by,
    )
    assert one.usage == run.usage


@pytest.mark.parametrize("most", [30, 150, 300])
async def test_the_budget_holds_for_all_and_every_acceptance_has_its_sealed_test(
    tmp_path: Path, most: int
) -> None:
    skills, ledger = library(tmp_path, "a", "b", "barren"), MemoryLedger()
    asked: list[str] = []

    def target(skill: str, letter: str) -> str:
        asked.append(letter)
        return agent(skill, letter)

    def optimizer(messages: Messages) -> str:
        asked.append("proposal")
        return learner(messages)

    roles = {"target": target, "identity": "desks", "optimizer": optimizer}
    found = await skillopt.atune_all(skills, **options(ledger, **roles, max_calls=most))
    assert len(asked) == found.usage.calls <= most
    for one in found.of("tuned"):
        assert (one.sealed is not None) == (one.accepted > 0)
    if most == 30:
        assert sorted(one.state for one in found.skills) == ["not begun", "not begun", "tuned"]


async def test_a_tight_budget_begins_fewer_skills(tmp_path: Path) -> None:
    skills, ledger = library(tmp_path, "a", "b", "c", "d"), MemoryLedger()
    found = await skillopt.atune_all(skills, **options(ledger, max_calls=300, write=False))
    states = Counter(one.state for one in found.skills)
    assert states == {"tuned": 2, "not begun": 2}
    (reason,) = {one.reason for one in found.of("not begun")}
    assert "take about 72 calls, which would leave less than half of the budget" in (reason or "")


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> TunedLibrary:
    folder = tmp_path_factory.mktemp("uninterrupted")
    library(folder, "a", "barren")
    with contextlib.chdir(folder):
        return skillopt.tune_all("skills", write=False, **options(MemoryLedger()))


@pytest.mark.parametrize(
    ("kind", "number"), [(RolloutDone, 10), (RoundDecided, 2), (SealedOpened, 1)]
)
async def test_the_same_call_goes_on_where_it_was_killed(
    tmp_path: Path, uninterrupted: TunedLibrary, kind: type[RunEvent], number: int
) -> None:
    library(tmp_path, "a", "barren")
    ledger = MemoryLedger()
    await killed(
        lambda dies: skillopt.atune_all("skills", write=False, **options(ledger, on_event=dies)),
        at=nth(kind, number),
    )
    found = await skillopt.atune_all("skills", write=False, **options(ledger))
    assert told(found) == told(uninterrupted)
    assert len(ledger.runs) == 2


async def test_a_skill_that_fails_does_not_end_the_others_and_goes_on_later(
    tmp_path: Path,
) -> None:
    skills, ledger = library(tmp_path, "a", "b"), MemoryLedger()

    def refuse(_skill: str, task: Task, _trial: int) -> None:
        if is_down and task.id.startswith("a-"):
            raise RunStopped("no such model")

    given = options(ledger, target=ScriptedTarget(before=refuse), write=False)
    is_down = True
    found = by_name(await skillopt.atune_all(skills, **given))
    assert (found["a"].state, found["a"].reason) == ("failed", "no such model")
    assert found["b"].state == "tuned"
    is_down = False
    again = by_name(await skillopt.atune_all(skills, **given))
    assert again["a"].state == "tuned"
    assert again["b"] == found["b"].model_copy(update={"written": None})
    assert len(ledger.runs) == 2


async def test_what_the_gate_accepts_may_wait_for_a_person(tmp_path: Path) -> None:
    skills, ledger = library(tmp_path, "a", "barren"), MemoryLedger()
    found = by_name(await skillopt.atune_all(skills, **options(ledger, approve=True, write=False)))
    assert found["a"].state == "waits"
    assert "waits for approval of proposal" in (found["a"].reason or "")
    assert found["barren"].state == "tuned"


async def test_the_order_in_which_paths_are_named_means_nothing(tmp_path: Path) -> None:
    skills = library(tmp_path, "a", "b", "barren")

    async def order(*names: str) -> list[str]:
        decided: list[str] = []
        ledger = MemoryLedger()

        def see(event: Event) -> None:
            if isinstance(event, RoundDecided):
                decided.append(ledger.runs[event.run or ""].skill_name)

        paths = [skills / name for name in names]
        await skillopt.atune_all(*paths, write=False, **options(ledger, on_event=see))
        return decided

    assert await order("a", "b", "barren") == await order("barren", "b", "a")


def test_it_is_waited_for_outside_of_a_loop(tmp_path: Path) -> None:
    skills = library(tmp_path, "a")
    found = skillopt.tune_all(skills, write=False, **options(MemoryLedger(), rounds=0))
    assert [one.stopped_by for one in found.skills] == ["rounds"]

    async def inside() -> None:
        skillopt.tune_all(skills, **options(MemoryLedger()))

    with pytest.raises(RuntimeError, match="atune_all"):
        asyncio.run(inside())


async def test_the_same_library_is_tuned_by_one_command_at_a_time(tmp_path: Path) -> None:
    skills, ledger = library(tmp_path, "a"), MemoryLedger()
    refused: list[str] = []

    async def again(event: Event) -> None:
        if isinstance(event, RunStarted):
            with pytest.raises(RunHeld) as raised:
                await skillopt.atune_all(skills, write=False, **options(ledger, rounds=0))
            refused.append(str(raised.value))

    await skillopt.atune_all(skills, write=False, **options(ledger, rounds=0, on_event=again))
    assert len(refused) == 1
