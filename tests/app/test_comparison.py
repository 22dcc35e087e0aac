"""A judge that compares the answers of candidates, through the whole loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import skillopt
from skillopt.cli.main import app
from skillopt.core.evaluation.checks import Contains
from skillopt.core.events import JudgeCompared
from skillopt.core.quoting import blocks
from skillopt.errors import MissingModelError
from tests.killing import killed, nth
from tests.scripted import SKILL, Messages, agent, draft, insert, tasks

WORDS = "- rolls: bakery\n- lawn: garden\n- soil: garden\n- saw: tools\n- cake: bakery\n"
POLITE = WORDS + "\nClose every reply with a friendly word.\n"


def polite_agent(skill: str, letter: str) -> str:
    """The same desk, in other words."""
    return agent(skill, letter) + (", and thank you" if "friendly" in skill else "")


def two_that_tie(messages: Messages) -> str:
    """The plain proposal, and one that is the same but for its tone."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    if "angle" in data:
        return draft(insert(POLITE), idea="words and a tone")
    return draft(insert(WORDS), idea="words")


def for_thanks(messages: Messages) -> str:
    """A judge that reads."""
    data = blocks(messages[-1]["content"])
    better = [name for name in ("first", "second") if "thank" in data[name]]
    return json.dumps({"why": "it is kind", "better": better[0] if len(better) == 1 else "neither"})


def always_first(_: Messages) -> str:
    return json.dumps({"why": "it came first", "better": "first"})


def tuning(path: Path, judge: Any = None, **more: Any) -> Coroutine[Any, Any, skillopt.Run]:
    named = {"judge": judge, "compare_answers": True} if judge else {}
    return skillopt.atune(
        SKILL,
        validation_set=tasks((Contains(type="contains", criterion="desk"),)),
        target=polite_agent,
        optimizer=two_that_tie,
        ledger=path / "ledger.db",
        deterministic=True,
        **{"rounds": 1, "candidates": 2, **named, **more},
    )


def tuned(path: Path, judge: Any = None, **more: Any) -> skillopt.Run:
    return asyncio.run(tuning(path, judge, **more))


def test_the_judge_decides_between_those_that_tie(tmp_path: Path) -> None:
    plain, compared = tuned(tmp_path / "plain"), tuned(tmp_path / "judge", for_thanks)
    assert "friendly" not in plain.last.text, "without a judge the shorter one is tested"
    assert "friendly" in compared.last.text
    ((loser,), (duel,)) = compared.rounds[0].losers, compared.rounds[0].compared
    assert (loser.stage.value, loser.code) == ("race", "compared")
    assert loser.reason.startswith("lost the comparison: the judge preferred another proposal's")
    assert duel.won > duel.lost == 0


def test_a_judge_of_positions_decides_nothing_and_is_counted(tmp_path: Path) -> None:
    plain, biased = tuned(tmp_path / "plain"), tuned(tmp_path / "judge", always_first)
    (duel,) = biased.rounds[0].compared
    assert biased.last == plain.last
    assert [loser.code for loser in biased.rounds[0].losers] == ["tie"]
    assert duel.ties == duel.flipped > 0


def test_the_calls_are_the_runs_and_stay_within_its_limit(tmp_path: Path) -> None:
    events: list[Any] = []
    plain = tuned(tmp_path / "plain")
    whole = tuned(tmp_path / "judge", for_thanks, on_event=events.append)
    asked = sum(isinstance(event, JudgeCompared) for event in events)
    (duel,) = whole.rounds[0].compared
    assert asked == 2 * (duel.won + duel.lost + duel.ties)
    spent = [run.rounds[0].spent.calls for run in (whole, plain)]
    assert spent[0] - spent[1] == asked
    short = tuned(tmp_path / "short", for_thanks, max_calls=spent[1] - 10)
    assert short.usage.calls <= spent[1] - 10
    assert short.record.stopped_by == "spend"


def test_a_run_that_is_killed_within_the_comparison_pays_once(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole", for_thanks)
    dying = killed(
        lambda dies: tuning(tmp_path / "killed", for_thanks, on_event=dies),
        at=nth(JudgeCompared, 3),
    )
    asyncio.run(dying)
    resumed = tuned(tmp_path / "killed", for_thanks)
    assert resumed.rounds[0].compared == whole.rounds[0].compared
    assert (resumed.last, resumed.usage) == (whole.last, whole.usage)


def test_it_is_shown(tmp_path: Path) -> None:
    run = tuned(tmp_path, for_thanks)
    at = ["--ledger", str(tmp_path / "ledger.db")]
    shown = CliRunner().invoke(app, ["ledger", "show", run.rounds[0].id, *at])
    assert shown.exit_code == 0, shown.output
    said = " ".join(shown.output.split())
    assert "answers compared by the judge: " in said
    assert "refused at stage race (compared): lost the comparison: the judge preferred" in said


def test_without_a_judge_nothing_is_compared(tmp_path: Path) -> None:
    with pytest.raises(MissingModelError, match="no model for the judge; set one with --judge"):
        tuned(tmp_path, None, compare_answers=True)
