"""Callables of the user's own, found beside the tasks or installed."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.callables import NoCallable, load_callable, look_for
from skillopt.adapters.checks import ProgramChecks
from skillopt.core.evaluation.checks import CheckResult, Command, Python
from skillopt.core.evaluation.task import Task
from skillopt.errors import InputError


def task(check: Python | Command) -> Task:
    return Task(
        id="t1", split="train", input="ask", checks=(check,), expected={"a": 1}, tags=("x",)
    )


async def called(folder: Path, body: str, answer: str = "said", **fields: Any) -> CheckResult:
    source = textwrap.dedent(body)
    (folder / "own_checks.py").write_text(source, encoding="utf-8")
    check = Python(type="python", call="own_checks:check", **fields)
    return await ProgramChecks(folder=folder).run(check, answer, task(check))


async def test_each_folder_has_its_own_module_and_its_siblings(tmp_path: Path) -> None:
    for name, verdict in (("one", "True"), ("two", "False")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"sibling_{name}.py").write_text(f"VERDICT = {verdict}\n", encoding="utf-8")
        body = f"from sibling_{name} import VERDICT\ndef check(answer, task):\n    return VERDICT\n"
        assert (await called(folder, body)).score == float(verdict == "True")
    assert str(tmp_path / "one") not in sys.path


async def test_a_callable_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="module 'own_checks' has no 'check'"):
        await called(tmp_path, "def other(answer, task):\n    return True\n")


def test_other_code_is_another_identity(tmp_path: Path) -> None:
    found = set()
    for source in ("def check(a, t): return 1\n", "def check(a, t): return 0\n"):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        (folder / "own_checks.py").write_text(source, encoding="utf-8")
        own = task(Python(type="python", call="own_checks:check"))
        found.add(ProgramChecks(folder=folder).identity([own]))
        assert ProgramChecks(folder=folder).identity([own, own]) in found
    assert len(found) == 2
    plain = task(Command(type="command", argv=("true",)))
    assert ProgramChecks(folder=tmp_path).identity([plain]) == ProgramChecks().identity([])


def test_a_file_in_place_of_a_module_is_named(tmp_path: Path) -> None:
    (tmp_path / "checks.py").write_text("def right(answer, task): return True\n")
    for look in (load_callable, look_for):
        with pytest.raises(NoCallable, match=r"'checks\.py' is a file: name its module, 'checks'"):
            look("checks.py:right", tmp_path)
