from __future__ import annotations

import sys
from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.import_paths import import_paths


def test_our_own_folder_is_first_and_none_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    own = str(Path(skillopt.__file__).parent.parent)
    monkeypatch.setattr(sys, "path", ["", "/a", own, "/b", "/a"])
    assert import_paths() == (own, "/a", "/b")
