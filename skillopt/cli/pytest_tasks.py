"""The tests that `pytest --skillopt SKILL` runs.

All selected tasks of a skill are measured at once, before its first test. With pytest-xdist one of
the workers does it, and the others read its results from a folder that the controller has made.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from skillopt.app.evaluate import TaskResult
from skillopt.app.task_tests import TaskTests, read_task_tests, run_task_tests, task_verdict
from skillopt.app.versions import read_current
from skillopt.cli.output import count, without_secrets
from skillopt.cli.terminal import printable
from skillopt.core.value import text_hash
from skillopt.errors import SkilloptError

FOLDER = "skillopt_folder"
"""Under which the controller of pytest-xdist gives its workers the folder for results."""
PROPERTY = "skillopt"


class TaskFailedError(Exception):
    """A task has failed; the text says how."""


class SkillFile(pytest.File):
    """A skill: its tests are its validation tasks."""

    def collect(self) -> Iterable[pytest.Item]:
        """One test for each task.

        Raises:
            CollectError: the skill, its tasks or its settings cannot be used.
        """
        options = {"max_calls": self.config.getoption("--skillopt-max-calls")}
        given = {name: value for name, value in options.items() if value is not None}
        base = self.config.getoption("--skillopt-base")
        try:
            tests = read_task_tests(self.path, base=base, **given)
        except SkilloptError as error:
            raise self.CollectError(_shown(str(error))) from None
        for task in tests.tasks:
            yield TaskItem.from_parent(self, name=printable(task), task=task, tests=tests)


class TaskItem(pytest.Item):
    """A validation task."""

    def __init__(self, *, task: str, tests: TaskTests, **more: Any) -> None:
        super().__init__(**more)
        self.task, self.tests = task, tests
        self.add_marker("skillopt")

    def runtest(self) -> None:
        """Fail where the task is not met, or scores lower than in the accepted version."""
        plugin = self.config.pluginmanager.get_plugin("skillopt-tasks")
        assert isinstance(plugin, SkillTasks)
        result = plugin.result(self)
        verdict = task_verdict(result, self.tests.known)
        told = _shown(verdict.told)
        self.user_properties.append((PROPERTY, told.splitlines()[0]))
        match verdict.kind:
            case "passed":
                return
            case "as before":
                pytest.xfail(told)
            case "missing":
                pytest.skip(told)
            case "failed" | "regression":
                raise TaskFailedError(told)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What went wrong, without a traceback where it is no fault of the code."""
        if isinstance(excinfo.value, TaskFailedError | SkilloptError):
            return _shown(str(excinfo.value))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the test is, and what it is called."""
        return self.path, None, f"{self.path.name}: {self.name}"


class SkillTasks:
    """The plugin of a run in which skills are tested."""

    def __init__(self, config: pytest.Config, skills: Sequence[Path]) -> None:
        self._files = [read_current(skill).path.resolve() for skill in skills]
        self._results: dict[Path, dict[str, TaskResult]] = {}
        worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._owns_folder = not worker
        self._folder = Path(worker[FOLDER] if worker else tempfile.mkdtemp(prefix="skillopt-"))
        config.addinivalue_line("markers", "skillopt: a validation task of a skill")
        config.args[:] = self._arguments(config)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> SkillFile | None:
        """Collect the skills that were named, and no other Markdown files."""
        if file_path.resolve() not in self._files:
            return None
        return SkillFile.from_parent(parent, path=file_path)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist where results are."""
        node.workerinput[FOLDER] = str(self._folder)

    def pytest_unconfigure(self) -> None:
        """Delete the folder for results."""
        if self._owns_folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the regressions."""
        lines = list(_regressions(terminalreporter.stats.get("failed", ())))
        if lines:
            terminalreporter.section(f"skillopt: {count(len(lines), 'regression')}")
            for line in lines:
                terminalreporter.write_line(line)

    def result(self, item: TaskItem) -> TaskResult:
        """The task's result; at a skill's first task all its selected ones are run.

        Raises:
            SkilloptError: the tasks cannot be run.
        """
        if item.path not in self._results:
            self._results[item.path] = self._shared(item)
        return self._results[item.path][item.task]

    def _shared(self, item: TaskItem) -> dict[str, TaskResult]:
        """The results of one process for all of them."""
        from filelock import FileLock

        kept = self._folder / f"{text_hash(str(item.path))}.json"
        with FileLock(kept.with_suffix(".lock")):
            if not kept.exists():
                kept.write_text(json.dumps(_measured(item)), encoding="utf-8")
        content = json.loads(kept.read_text(encoding="utf-8"))
        if "error" in content:
            raise SkilloptError(content["error"])
        return {one["task"]: TaskResult.model_validate(one) for one in content["results"]}

    def _arguments(self, config: pytest.Config) -> list[str]:
        """What is collected: the skills, and the paths that were named beside them."""
        named = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
        paths = {Path(one.partition("::")[0]).resolve() for one in named}
        return [*named, *(str(file) for file in self._files if file not in paths)]


def _measured(item: TaskItem) -> dict[str, Any]:
    """The results of all selected tasks of the item's skill, or why there are none."""
    items = (one for one in item.session.items if isinstance(one, TaskItem))
    tasks = {one.task for one in items if one.path == item.path}
    try:
        found = run_task_tests(item.tests, tasks)
    except SkilloptError as error:
        return {"error": str(error)}
    return {"results": [one.model_dump(mode="json") for one in found.values()]}


def _regressions(reports: Iterable[Any]) -> Iterator[str]:
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == PROPERTY and str(value).startswith("regression "):
                yield f"{report.nodeid}: {value}"


def _shown(text: str) -> str:
    """``text`` without secrets and control characters."""
    return "\n".join(printable(line) for line in str(without_secrets(text)).split("\n"))
