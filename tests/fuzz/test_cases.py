"""What fuzzing found once is tried again each time, and so is what it starts from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.registry import CASES, TARGETS, seeds

KEPT = sorted(path for path in CASES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: str(path.relative_to(CASES)))
def test_a_kept_case_holds(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_some_of_what_it_starts_from_is_taken(name: str) -> None:
    assert {TARGETS[name](seed) for seed in seeds(name)} >= {True}
