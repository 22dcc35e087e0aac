"""An optimizer that has collapsed into one rote mode, through the whole loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import skillopt
from skillopt.core.history.run import RefusedRound, Round
from skillopt.core.quoting import blocks
from skillopt.core.value import text_hash
from tests.killing import Killed, end_of_round, killed
from tests.scripted import SKILL, Messages, agent, draft, insert, tasks

GOOD = draft(insert("- rolls: bakery\n- lawn: garden\n- soil: garden\n"), idea="desks")


class Collapsed:
    """One good edit, then rote insertions in one section; it obeys `leave` only if told to."""

    def __init__(self, *, obeys: bool) -> None:
        self.obeys = obeys
        self.asked = 0
        self.ways: list[str] = []

    def __call__(self, messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" not in data:
            return json.dumps({"critiques": []})
        if len(messages) > 2:
            return draft(*self._rote())
        self.asked += 1
        if self.asked == 1:
            return GOOD
        if "leave" in data:
            self.ways.append(json.loads(data["leave"])["way"])
            if self.obeys:
                return self._leaving(self.ways[-1], data["skill"])
        return draft(*self._rote(), idea=f"something else {self.asked} of {self.asked * 7}")

    def _rote(self) -> list[dict[str, Any]]:
        return [insert(f"- nothing{self.asked}: nowhere\n")]

    def _leaving(self, way: str, skill: str) -> str:
        if way == "another_section":
            edit = insert("Be brief.\n", section=["Which desk"], where="before")
            return draft(edit, idea=f"be brief {len(self.ways)}")
        if way == "way_back":
            assert "lawn" not in skill, "the version from before the accepted edit is shown"
            words = "".join(
                f"- {word}: {desk}\n"
                for word, desk in (
                    ("cake", "bakery"),
                    ("rolls", "bakery"),
                    ("pretzel", "bakery"),
                    ("roses", "garden"),
                    ("lawn", "garden"),
                    ("hedge", "garden"),
                )
            )
            return draft(insert(words), idea="the other words")
        return draft({"kind": "delete", "anchor": "Word and desk.\n"}, idea="no word on words")


def tuning(path: Path, optimizer: Any, **more: Any) -> Coroutine[Any, Any, skillopt.Run]:
    return skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        deterministic=True,
        **{"patience": 20, "rounds": 12, **more},
    )


def tuned(path: Path, optimizer: Any, **more: Any) -> skillopt.Run:
    return asyncio.run(tuning(path, optimizer, **more))


def codes(rounds: tuple[Round, ...]) -> list[str]:
    return [
        round_.decision.code if isinstance(round_.decision, RefusedRound) else "accepted"
        for round_ in rounds
    ]


def test_a_rote_optimizer_is_stopped_at_the_screen_and_costs_no_contest(tmp_path: Path) -> None:
    watched = tuned(tmp_path / "on", Collapsed(obeys=False), collapse_monitor=True)
    free = tuned(tmp_path / "off", Collapsed(obeys=False))
    assert codes(watched.rounds)[0] == "accepted"
    assert "collapsed" in codes(watched.rounds)
    assert "collapsed" not in codes(free.rounds)
    assert watched.usage.calls < free.usage.calls
    assert watched.last == free.last, "it ends with the best version, wherever it went"


def test_each_way_is_asked_for_and_recorded(tmp_path: Path) -> None:
    optimizer = Collapsed(obeys=False)
    run = tuned(tmp_path, optimizer, collapse_monitor=True, rounds=12)
    bound = [round_.leave for round_ in run.rounds if round_.leave]
    assert [leave.way for leave in bound] == optimizer.ways
    assert {"another_section", "way_back"} <= {leave.way for leave in bound}
    back = next(round_ for round_ in run.rounds if round_.leave and round_.leave.back_to)
    assert back.leave is not None
    assert back.parent == back.leave.back_to == run.first.digest


def test_a_branch_that_beats_the_head_takes_over(tmp_path: Path) -> None:
    run = tuned(tmp_path, Collapsed(obeys=True), collapse_monitor=True, rounds=12)
    branch = next(round_ for round_ in run.rounds if round_.rematch)
    assert branch.parent == run.first.digest
    assert branch.rematch is not None
    assert branch.rematch.accepted
    assert "pretzel: bakery" in run.last.text
    assert run.shipped == "improved"


def rote(messages: Messages) -> str:
    """One good edit, then rote insertions; it remembers nothing."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    if data["refused"] == "Nothing was tried before.":
        return GOOD
    name = text_hash(messages[-1]["content"])[:6]
    return draft(insert(f"- nothing{name}: nowhere\n"), idea=f"something about {name}")


def test_a_run_that_is_killed_after_any_round_ends_the_same(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole", rote, collapse_monitor=True)
    assert [round_.leave.way for round_ in whole.rounds if round_.leave][:2] == [
        "another_section",
        "deletion",
    ]
    assert "way_back" in [round_.leave.way for round_ in whole.rounds if round_.leave]
    killed_in = tmp_path / "killed"

    def run(dies: Killed) -> Coroutine[Any, Any, skillopt.Run]:
        return tuning(killed_in, rote, collapse_monitor=True, on_event=dies)

    for number in range(1, 12):
        asyncio.run(killed(run, at=end_of_round(number)))
    resumed = tuned(killed_in, rote, collapse_monitor=True)
    assert codes(resumed.rounds) == codes(whole.rounds)
    assert [round_.parent for round_ in resumed.rounds] == [r.parent for r in whole.rounds]
    assert [round_.leave for round_ in resumed.rounds] == [r.leave for r in whole.rounds]
    assert resumed.last == whole.last
