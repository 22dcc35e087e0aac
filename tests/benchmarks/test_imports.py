"""Benchmarks are run by hand; what they use is renamed without them. Each can at least be started."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

BENCHMARKS = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", [one for one in BENCHMARKS if not one.startswith("test_")])
def test_a_benchmark_finds_what_it_imports(name: str) -> None:
    assert import_module(f"tests.benchmarks.{name}").__doc__
