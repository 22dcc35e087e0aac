"""Rounds and entries of a small run whose texts are hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

import skillopt
from skillopt.core.history.shown_rounds import HEAD
from skillopt.core.history.views import RoundEntry, RunEntry
from tests.html_reading import seen
from tests.scripted import SKILL, agent, draft, insert, proposing, tasks

HOSTILE = "</td><script>alert(1)</script>"


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run") / "ledger.db"


@pytest.fixture(scope="module")
def run(where: Path) -> skillopt.Run:
    good = draft(insert("- roses: garden\n- lawn: garden\n- drill: tools\n"), idea=HOSTILE)
    bad = draft(insert("- cake: tools\n- saw: <b>bakery</b>\n"), idea="worse")
    return skillopt.tune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=proposing("no JSON", "no JSON", good, bad),
        ledger=where,
        deterministic=True,
        rounds=3,
    )


def test_rounds_show_idea_verdict_and_reason(run: skillopt.Run) -> None:
    third, first, second = (seen(one._repr_html_()) for one in run.rounds)
    assert first.text.startswith(f"Round 2: accepted {HOSTILE} reason +")
    assert second.text.startswith("Round 3: rejected (gate) worse reason ")
    assert third.text.startswith("Round 1: refused (reply) unreadable reply reason ")
    assert not {"script", "img"} & (first.elements | second.elements | third.elements)


async def test_entries_of_the_ledger_show_their_diff_and_runs_their_rounds(
    run: skillopt.Run, where: Path
) -> None:
    async with skillopt.SqlLedger.open(where) as ledger:
        entry: RoundEntry = await ledger.show_round(run.rounds[2].id)
        whole: RunEntry = await ledger.show_run(run.record.id)
    shown = seen(entry._repr_html_())
    assert shown.text.startswith(f"Entry {entry.summary.id[:12]}: rejected (gate) worse skill ")
    assert "+- saw: <b>bakery</b>" in shown.text
    assert "script" not in shown.elements
    listed = seen(whole._repr_html_())
    assert listed.text.startswith(f"Run {run.record.id} on {run.record.skill_name} 1 of 3 ")
    assert " ".join(HEAD) in listed.text
    assert "(reply) n/a n/a" in listed.text
    assert "script" not in listed.elements
