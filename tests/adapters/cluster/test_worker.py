"""A worker, in the test's own process."""

from __future__ import annotations

import pickle
from functools import partial
from pathlib import Path

from skillopt.adapters.cluster.plan import Done, Failed
from skillopt.adapters.cluster.worker import Worker, check_digests
from skillopt.adapters.targets import CallableTarget
from skillopt.core.evaluation.rollout import Usage
from skillopt.errors import SettingsError, TargetError
from tests.adapters.cluster.in_process import command, plan, task


def failing(_skill: str, _given: str) -> str:
    raise ValueError("no such desk")


async def test_it_says_what_must_not_differ() -> None:
    done = await Worker().start(plan(command()))
    assert isinstance(done, Done)
    assert done.value.target == command()().identity


async def test_a_folder_that_the_node_lacks_is_named(tmp_path: Path) -> None:
    failed = await Worker().start(plan(folder=tmp_path / "absent"))
    assert isinstance(failed, Failed)
    assert isinstance(failed.error, SettingsError)
    assert f"has no folder '{tmp_path / 'absent'}'" in str(failed.error)


async def test_a_module_that_the_node_lacks_is_named() -> None:
    content = pickle.dumps(partial(CallableTarget, failing)).replace(b"test_worker", b"test_absent")
    failed = await Worker().start(plan(command()).__class__(**{**vars(plan()), "target": content}))
    assert isinstance(failed, Failed)
    assert "cannot import the target" in str(failed.error)


async def test_each_call_is_counted_alone_and_an_error_keeps_its_kind_on_the_way() -> None:
    worker = Worker()
    await worker.start(plan(partial(CallableTarget, failing)))
    for _ in range(2):
        failed = pickle.loads(pickle.dumps(await worker.answer(None, task(), 0)))
        assert failed.spent == Usage(calls=1)
        assert isinstance(failed.error, TargetError)
        assert "no such desk" in str(failed.error)


def test_a_checks_module_is_known_by_its_source(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("def is_short(answer, task): return True\n")
    first = check_digests(("short:is_short",), str(tmp_path))
    (tmp_path / "short.py").write_text("def is_short(answer, task): return False\n")
    assert check_digests(("short:is_short",), str(tmp_path)) != first
