"""`skillopt aa` on a target with a noise that is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.app.aa import TRIALS_FROM, aaa
from skillopt.errors import CallFailed, OutcomesMissing, SettingsError
from tests.cli.commands import skillopt_here
from tests.scripted import SKILL, draft, insert, proposing, tasks
from tests.targets import ScriptedTarget


async def measured(folder: Path, target: ScriptedTarget, **more: object) -> skillopt.app.aa.AATest:  # type: ignore[name-defined]
    return await aaa(
        SKILL,
        validation_set=tasks(),
        target=target,
        ledger=folder / "ledger.db",
        **more,  # type: ignore[arg-type]
    )


async def test_the_noise_of_the_target_comes_back(tmp_path: Path) -> None:
    """24 tasks, each wrong answer turned right or the other way round in one run of five."""
    target = ScriptedTarget(noise=0.2)
    found = await measured(tmp_path, target, runs=12, contests=60)
    assert (found.tasks, found.runs, found.missing) == (24, 12, 0)
    assert found.noise.run_sd == pytest.approx(0.4, abs=0.08)
    assert found.noise.flaky
    assert found.false_accepts is not None
    assert found.false_accepts.contests == 60
    assert not found.same_answers
    trials = {trial for _, _, trial in target.ran}
    assert trials == set(range(TRIALS_FROM, TRIALS_FROM + 12)), "no rollout of a run is reused"
    assert found.usage.calls == 24 * 12


async def test_the_same_test_again_pays_nothing_and_says_the_same(tmp_path: Path) -> None:
    both = [
        await measured(tmp_path, ScriptedTarget(noise=0.2), runs=4, contests=20) for _ in range(2)
    ]
    assert both[1].usage.calls == 0
    assert both[0].false_accepts == both[1].false_accepts
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        kinds = [run.record.kind for run in await ledger.list_runs()]
    assert kinds == ["aa", "aa"]


@pytest.mark.parametrize(("declared", "runs"), [(True, 2), (False, 3)])
async def test_a_target_that_never_differs_is_found_out_cheaply(
    declared: bool,  # noqa: FBT001 - a row of the table
    runs: int,
    tmp_path: Path,
) -> None:
    target = ScriptedTarget()
    target.deterministic = declared
    found = await measured(tmp_path, target)
    assert (found.runs, found.same_answers, found.false_accepts) == (runs, True, None)
    assert found.declared is declared
    assert found.usage.calls == 24 * runs


async def test_a_false_declaration_is_found_out(tmp_path: Path) -> None:
    target = ScriptedTarget(noise=0.2)
    target.deterministic = True
    found = await measured(tmp_path, target, runs=3, contests=5)
    assert found.declared
    assert not found.same_answers


async def test_missing_rollouts_are_left_out(tmp_path: Path) -> None:
    def fails(_skill: str, task: object, trial: int) -> None:
        if "bread-1" in str(task) and trial > TRIALS_FROM:
            raise CallFailed("the provider is down")

    found = await measured(tmp_path, ScriptedTarget(noise=0.2, before=fails), runs=4, contests=5)
    assert (found.tasks, found.missing) == (23, 3)


async def test_nothing_at_all_is_said_to_be_nothing(tmp_path: Path) -> None:
    def fails(_skill: str, _task: object, trial: int) -> None:
        raise CallFailed("the provider is down")

    with pytest.raises(OutcomesMissing, match="two outcomes"):
        await measured(tmp_path, ScriptedTarget(noise=0.2, before=fails), runs=2)
    with pytest.raises(SettingsError, match="runs is 1"):
        await measured(tmp_path, ScriptedTarget(), runs=1)


def test_the_command_tells_rate_noise_and_flaky_tasks(tmp_path: Path) -> None:
    skillopt_here("init", "demo", cwd=tmp_path)
    command = ("aa", "skills/demo/SKILL.md", "--practice", "--runs", "4", "--contests", "40")
    noisy = (*command, "--target-param", "noise=0.3")
    told = skillopt_here(*noisy, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    for part in ("accepts an identical skill in", "95 % interval", "run noise", "flaky tasks"):
        assert part in told.stdout
    found = json.loads(skillopt_here(*noisy, "--json", cwd=tmp_path).stdout)
    assert found["usage"]["calls"] == 0
    assert found["false_accepts"]["contests"] == 40
    assert (
        "the target is deterministic, as declared" in skillopt_here(*command, cwd=tmp_path).stdout
    )


WORDS = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"


async def tuned(folder: Path, target: ScriptedTarget, **more: object) -> skillopt.Run:
    return await skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=target,
        optimizer=proposing(draft(insert(WORDS))),
        ledger=folder / "ledger.db",
        gate="race",
        rounds=1,
        **more,  # type: ignore[arg-type]
    )


def undeclared() -> ScriptedTarget:
    target = ScriptedTarget()
    target.deterministic = False
    return target


async def test_measured_determinism_spares_the_second_pass(tmp_path: Path) -> None:
    before = await tuned(tmp_path / "before", undeclared())
    await measured(tmp_path, undeclared())
    after = await tuned(tmp_path, undeclared())
    denied = await tuned(tmp_path, undeclared(), deterministic=False, seed=1)
    verdicts = [run.rounds[0].decision.verdict for run in (before, after, denied)]
    assert [verdict.passes for verdict in verdicts if verdict] == [2, 1, 2]
    assert verdicts[1] is not None
    assert verdicts[1].rollouts == 24
    assert after.record.noise.absent
    assert denied.record.noise.repeats == 0


async def test_measured_noise_is_pinned_when_a_run_begins(tmp_path: Path) -> None:
    await measured(tmp_path, ScriptedTarget(noise=0.2), runs=5, contests=1)
    run = await tuned(tmp_path, ScriptedTarget(noise=0.2))
    assert run.record.noise.repeats == 24 * 4
    async with skillopt.SqlLedger.open(tmp_path / "ledger.db") as ledger:
        kept = (await ledger.show_run(run.record.id)).record.noise
    assert kept == run.record.noise
    other = await tuned(tmp_path, ScriptedTarget(noise=0.2, name="another target"))
    assert other.record.noise.repeats == 0
