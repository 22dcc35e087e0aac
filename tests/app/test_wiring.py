"""The composition root: which adapter fills which role, and what names a rollout's conditions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables import RunnableLambda

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.metered import MeteredModel, MeteredTarget
from skillopt.adapters.models import CallableModel
from skillopt.adapters.practice import PracticeModel
from skillopt.adapters.targets import CallableTarget, ChatTarget, CommandTarget, RunnableTarget
from skillopt.app.ledger import default_ledger
from skillopt.app.wiring import Wiring, ledger_of
from skillopt.core.evaluation.checks import Python, Rubric
from skillopt.core.events import RunWarned
from skillopt.engine.context import Setup
from skillopt.errors import LedgerError, SettingsError
from tests.app.jobs import job
from tests.scripted import agent, learner, tasks
from tests.standins import ScriptedModel
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

RUBRIC = tasks((Rubric(type="rubric", criteria=("desk",)),))
PRACTICE = {"target": None, "practice": True}


@asynccontextmanager
async def wired(**options: Any) -> AsyncIterator[Wiring]:
    async with AsyncExitStack() as stack:
        yield Wiring(job(**options), stack)


async def setup_of(**options: Any) -> Setup:
    async with wired(**options) as wiring:
        return wiring.setup(MemoryLedger())


async def test_a_target_of_ones_own_counts_for_the_runs_limits() -> None:
    target = ScriptedTarget()
    made = (await setup_of(target=target)).target
    assert isinstance(made, MeteredTarget)
    assert made.identity == target.identity


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        (PRACTICE, ChatTarget),
        ({"target": agent}, CallableTarget),
        ({"target": RunnableLambda(str)}, RunnableTarget),
        ({"target": None, "target_command": "cat -n"}, CommandTarget),
    ],
    ids=["model", "function", "runnable", "command"],
)
async def test_each_kind_of_target_has_its_adapter(options: dict[str, Any], kind: type) -> None:
    made = await setup_of(**options)
    assert isinstance(made.target, kind)
    assert made.converses is (kind in (ChatTarget, RunnableTarget))


@pytest.mark.parametrize("declared", [True, False, None])
async def test_a_function_is_deterministic_only_where_that_is_declared(
    declared: bool | None,  # noqa: FBT001 - a row of the table
) -> None:
    assert (await setup_of(target=agent, deterministic=declared)).deterministic is bool(declared)


async def test_the_optimizer_is_a_model_a_function_or_ones_own() -> None:
    own = ScriptedModel("x")
    for options, check in (
        ({"optimizer": own}, lambda found: isinstance(found, MeteredModel)),
        ({"optimizer": learner}, lambda found: isinstance(found, CallableModel)),
        ({"practice": True}, lambda found: isinstance(found, PracticeModel)),
    ):
        async with wired(**options) as wiring:
            assert check(wiring.optimizer())


async def test_a_judge_is_built_only_where_there_is_a_rubric() -> None:
    own = ScriptedModel("x")
    assert (await setup_of(judge=own)).grader.judge is None
    judged = await setup_of(judge=own, validation_set=RUBRIC)
    assert isinstance(judged.grader.judge, MeteredModel)
    assert judged.grader.judge.identity == own.identity
    assert judged.grader.criteria == RUBRIC.criteria


async def test_a_model_that_cannot_be_called_is_found_out_before_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(SettingsError):
        await setup_of(target="openai/gpt-4o-mini")


async def test_the_setup_has_the_jobs_settings_and_listener() -> None:
    heard: list[Any] = []
    setup = await setup_of(rounds=3, concurrency=5, on_event=heard.append)
    assert (setup.skill_name, setup.settings.rounds, setup.concurrency) == ("skill", 3, 5)
    assert setup.validation_set == tasks()
    setup.emit(RunWarned(says="x"))
    assert heard == [RunWarned(says="x")]


async def test_all_roles_spend_from_one_meter() -> None:
    async with wired(target=agent, optimizer=learner, max_calls=9) as wiring:
        assert wiring.meter.limits.max_calls == 9
        target, optimizer = wiring.setup(MemoryLedger()).target, wiring.optimizer()
    assert vars(target)["_meter"] is vars(optimizer)["_meter"] is wiring.meter


async def test_each_role_is_called_at_its_own_address() -> None:
    models = {"target": "openai/t", "optimizer": "openai/o", "judge": "openai/j"}
    bases = {"api_base": "http://all/v1", "target_api_base": "http://t/v1"}
    async with wired(**models, **bases, validation_set=RUBRIC) as wiring:
        setup, optimizer = wiring.setup(MemoryLedger()), wiring.optimizer()
    found = [vars(setup.target)["_model"], optimizer, setup.grader.judge]
    assert [model.settings.api_base for model in found] == [
        "http://t/v1",
        "http://all/v1",
        "http://all/v1",
    ]


@pytest.mark.parametrize("params", [{"response_format": {"type": "text"}}, {"tools": []}], ids=str)
async def test_only_the_target_may_be_asked_for_another_shape(params: Any) -> None:
    local = {"api_base": "http://localhost:1/v1", "target": "openai/t", "optimizer": "openai/o"}
    await setup_of(**local, target_params=params)
    async with wired(**local, optimizer_params=params) as wiring:
        with pytest.raises(SettingsError, match=r"optimizer_params: .* cannot be set here"):
            wiring.optimizer()


async def test_a_template_is_for_a_model() -> None:
    template = {"target_template": "{skill} {task}"}
    with pytest.raises(SettingsError, match="target_template is for a target that is a model"):
        await setup_of(**template)
    with pytest.raises(SettingsError, match="target_template is for a target that is a model"):
        await setup_of(**template, target=None, target_command="cat")
    model = {"target": "openai/t", "api_base": "http://localhost:1/v1"}
    assert await identity(**model, **template) != await identity(**model)


async def identity(**options: Any) -> str:
    return (await setup_of(**options)).target_identity


async def test_another_target_judge_or_criterion_is_another_identity() -> None:
    renamed = RUBRIC.model_copy(update={"criteria": {"desk": "Quite the right desk."}})
    one, other = ScriptedModel("x", name="one"), ScriptedModel("x", name="other")
    found = [
        await identity(),
        await identity(target=ScriptedTarget(name="another")),
        await identity(validation_set=RUBRIC, judge=one),
        await identity(validation_set=RUBRIC, judge=other),
        await identity(validation_set=renamed, judge=one),
    ]
    assert len(set(found)) == 5
    assert await identity() == found[0]


def checking(version: str) -> Callable[[str, Any], bool]:
    def right(answer: str, task: Any) -> bool:
        return answer == task.expected

    def wrong(answer: str, task: Any) -> bool:
        return answer != task.expected

    return right if version == "right" else wrong


async def test_the_code_of_python_checks_is_part_of_it() -> None:
    checked = tasks((Python(type="python", call="own:desk"),))
    right, again, wrong = [
        await identity(validation_set=checked, checks={"desk": checking(version)})
        for version in ("right", "right", "wrong")
    ]
    assert right == again != wrong


async def test_the_conditions_of_a_refusal_are_target_tasks_gate_and_guards() -> None:
    fewer = tasks().model_copy(update={"tasks": tasks().tasks[:-1]})
    kinds: list[dict[str, Any]] = [
        {},
        {"target": ScriptedTarget(name="another")},
        {"validation_set": fewer},
        {"gate": "exact"},
        {"guard_cost": 0.1},
    ]
    facts = [(await setup_of(**options)).fact for options in kinds]
    assert len(set(facts)) == len(kinds)
    assert (await setup_of(rounds=3, seed=4)).fact == facts[0]


async def test_a_ledger_of_ones_own_is_not_opened_or_closed(tmp_path: Path) -> None:
    own = MemoryLedger()
    ledger, opening = ledger_of(job(ledger=own))
    assert ledger is own
    async with opening as opened:
        assert opened is own
    assert not (tmp_path / ".skillopt").exists()


async def test_the_projects_ledger_is_made_where_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "skillopt.toml").touch()
    with pytest.raises(LedgerError, match="no ledger at"):
        ledger_of(job(ledger=None), create=False)
    ledger, opening = ledger_of(job(ledger=None))
    assert not default_ledger(tmp_path).exists(), "nothing is written before it is opened"
    async with opening:
        assert isinstance(ledger, SqlLedger)
    assert default_ledger(tmp_path).exists()


async def test_a_ledger_may_be_elsewhere(tmp_path: Path) -> None:
    _, opening = ledger_of(job(ledger=tmp_path / "mine.db"))
    async with opening:
        pass
    assert (tmp_path / "mine.db").exists()
    assert not default_ledger(tmp_path).exists()
