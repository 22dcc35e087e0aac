from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A skill without a project keeps its ledger in the working directory."""
    monkeypatch.chdir(tmp_path)
