"""The listeners that a job is given, and those that it names."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import skillopt.app.listeners as module
from skillopt.app.listeners import check_trackers, listeners_of
from skillopt.core.events import Event, RunStarted
from skillopt.errors import InputError

STARTED = RunStarted(run="r", skill="s", resumed=False, rounds_done=0)


def test_one_listener_several_and_a_file_all_hear(tmp_path: Path) -> None:
    first: list[Event] = []
    second: list[Event] = []
    path = tmp_path / "events.jsonl"
    given: dict[str, Any] = {"on_event": [first.append, second.append], "events": path, "rounds": 3}
    listeners_of(given).emit(STARTED)
    assert given == {"rounds": 3}
    assert first == second == [STARTED]
    assert path.read_text(encoding="utf-8").count("\n") == 1
    third: list[Event] = []
    listeners_of({"on_event": third.append}).emit(STARTED)
    assert third == [STARTED]
    listeners_of({}).emit(STARTED)


def test_no_file_is_made_before_the_first_event(tmp_path: Path) -> None:
    listeners_of({"events": tmp_path / "events.jsonl"})
    assert list(tmp_path.iterdir()) == []


def test_a_tracker_whose_package_is_missing_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"pip install 'skillopt-ledger\[mlflow\]'"):
        check_trackers(["mlflow"])
    with pytest.raises(InputError, match="'jaeger'; choose from otel, mlflow, wandb"):
        listeners_of({"report_to": "jaeger"})


@pytest.mark.parametrize("name", ["otel", "mlflow", "wandb"])
def test_a_trackers_library_is_not_imported_before_it_is_used(name: str) -> None:
    package = module._PACKAGES[name]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is missing: pip install -e '.[dev]'")
    code = (
        "import sys; from skillopt.app.listeners import listeners_of; "
        f"listeners_of({{'report_to': [{name!r}]}}); print({package!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
