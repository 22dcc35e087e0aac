"""The gate's word in lines."""

from __future__ import annotations

from skillopt.app.result import Written
from skillopt.cli.gate_told import told_gated
from skillopt.core.gate import Outcome
from tests.cli.test_gate import gated

WRITTEN = Written(path="a/SKILL.md", note="written to a/references/b.md")


def test_a_verdict_that_was_known_says_since_when() -> None:
    lines = told_gated(gated(Outcome.REJECTED, known_since=0.0))
    assert any(
        line.startswith("already tested on 1970-01-01") and line.endswith("; nothing was run")
        for line in lines
    )
    assert not any("already tested" in line for line in told_gated(gated(Outcome.REJECTED)))


def test_where_it_was_written_stands_last() -> None:
    assert told_gated(gated(written=WRITTEN))[-1] == WRITTEN.note
