from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.app.tickets import project
from tests.cli.commands import said, said_json


@pytest.fixture
def tickets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project for the practice models, and the working directory."""
    _without_keys(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return project(tmp_path)


class TunedProject(NamedTuple):
    """A project whose skill was tuned once."""

    folder: Path
    before: str
    said: str
    first: str
    last: str


@pytest.fixture(scope="module")
def _tuned_once(tmp_path_factory: pytest.TempPathFactory) -> TunedProject:
    folder = project(tmp_path_factory.mktemp("tickets"))
    before = (folder / "tickets.md").read_text()
    with pytest.MonkeyPatch.context() as patch:
        _without_keys(patch)
        patch.chdir(folder)
        told = said("tune", "tickets.md", "--rounds", "3")
        record = said_json("runs", "show")["record"]
    return TunedProject(folder, before, told, record["first"], record["last"])


@pytest.fixture
def tuned(_tuned_once: TunedProject, monkeypatch: pytest.MonkeyPatch) -> TunedProject:
    """Such a project as the working directory; tests leave it as it is."""
    _without_keys(monkeypatch)
    monkeypatch.chdir(_tuned_once.folder)
    return _tuned_once


def _without_keys(patch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.endswith("_API_KEY")]:
        patch.delenv(name)
    patch.delenv("SKILLOPT_LEDGER", raising=False)
    patch.setenv("COLUMNS", "200")
