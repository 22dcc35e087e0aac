"""A run's tree in text and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skillopt.cli.trees import told_tree
from skillopt.core.history.tree import search_tree
from tests.cli.test_runs import fill, ledger_file, said
from tests.core.history.test_tree import ROUNDS

__all__ = ["ledger_file"]


def test_a_tree_in_lines() -> None:
    assert list(told_tree(search_tree(ROUNDS, first="a", last="b"))) == [
        "a, the first version",
        "├─ 1: accepted as b, the last version: idea 1",
        "│  ├─ 2: rejected by the gate (futile): idea 2",
        "│  └─ 6 (back here): rejected by the gate (futile): idea 6",
        "├─ 3 (back here, asked to branch off): rejected by the gate (futile): idea 3",
        "└─ 4: accepted as d, a dead branch, not better than the version that was left: idea 4",
        "   └─ 5: rejected by the gate (futile): idea 5",
    ]


def test_a_continued_contest_names_its_entry() -> None:
    again = ROUNDS[-1].model_copy(update={"continues": "abc"})
    lines = list(told_tree(search_tree((*ROUNDS[:-1], again), first="a", last="b")))
    assert sum("continues abc" in line for line in lines) == 1


@pytest.mark.usefixtures("ledger_file")
def test_the_command_shows_a_run(tmp_path: Path) -> None:
    fill(tmp_path / ".skillopt" / "ledger.db", "run-1")
    text = said("tree")
    assert text.splitlines()[0].startswith("tune run-1 of")
    assert "the first version" in text
    found = json.loads(said("tree", "run-1", "--json"))
    assert found["run"] == "run-1"
    assert [tried["number"] for tried in found["tree"]["tried"]] == [1]
