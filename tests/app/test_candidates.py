"""Several candidates a round through the whole loop, killed within the race, and by preference."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.ledger import SqlLedger
from skillopt.core.events import RolloutsWanted
from skillopt.core.history.run import AcceptedRound
from skillopt.core.quoting import blocks
from tests.killing import Killed, killed, nth
from tests.scripted import SKILL, Messages, agent, draft, insert, tasks

WORDS = "- rolls: bakery\n- lawn: garden\n- soil: garden\n- saw: tools\n"
PADDED = WORDS + "\nWhoever asks is to be greeted in a kind and patient way.\n"


def one_of_three_is_good(messages: Messages) -> str:
    """The free proposal is useless, the second one harms, the third one is good."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    if "angle" not in data:
        return draft(insert("- nothing: nowhere\n"), idea="nothing")
    if len(json.loads(data["angle"])["proposed"]) == 1:
        return draft({"kind": "delete", "anchor": "- bread: bakery\n"}, idea="no bread")
    return draft(insert(WORDS), idea="words")


def two_that_tie(messages: Messages) -> str:
    """Two proposals that do the same, the first one with more words."""
    data = blocks(messages[1]["content"])
    if "limits" not in data:
        return json.dumps({"critiques": []})
    return draft(insert(WORDS if "angle" in data else PADDED), idea="words")


def tuning(path: Path, optimizer: Any, **more: Any) -> Coroutine[Any, Any, skillopt.Run]:
    return skillopt.atune(
        SKILL,
        validation_set=tasks(),
        target=agent,
        optimizer=optimizer,
        ledger=path / "ledger.db",
        deterministic=True,
        **{"rounds": 1, "candidates": 3, **more},
    )


def tuned(path: Path, optimizer: Any, **more: Any) -> skillopt.Run:
    return asyncio.run(tuning(path, optimizer, **more))


def test_the_good_one_of_three_gets_in(tmp_path: Path) -> None:
    several = tuned(tmp_path / "3", one_of_three_is_good)
    alone = tuned(tmp_path / "1", one_of_three_is_good, candidates=1)
    assert isinstance(several.rounds[0].decision, AcceptedRound)
    assert not isinstance(alone.rounds[0].decision, AcceptedRound)
    lost = {
        loser.proposal.draft.idea: loser.stage.value
        for loser in several.rounds[0].losers
        if loser.proposal
    }
    assert lost == {"nothing": "race", "no bread": "race"}


def test_of_two_that_tie_the_shorter_one_is_tested(tmp_path: Path) -> None:
    run = tuned(tmp_path, two_that_tie, candidates=2)
    (round_,) = run.rounds
    assert "greeted" not in run.last.text
    assert [(loser.code, loser.angle) for loser in round_.losers] == [("tie", None)]


def test_a_race_that_is_killed_anywhere_ends_the_same(tmp_path: Path) -> None:
    whole = tuned(tmp_path / "whole", one_of_three_is_good)

    def run(dies: Killed) -> Coroutine[Any, Any, skillopt.Run]:
        return tuning(tmp_path / "killed", one_of_three_is_good, on_event=dies)

    for number in range(2, 7):
        asyncio.run(killed(run, at=nth(RolloutsWanted, number)))
    resumed = tuned(tmp_path / "killed", one_of_three_is_good)
    fields = {"losers", "raced", "proposal", "parent"}
    (one,), (other,) = resumed.rounds, whole.rounds
    assert one.model_dump(include=fields) == other.model_dump(include=fields)
    assert resumed.last == whole.last
    assert resumed.usage == whole.usage, "and nothing is paid twice"


def test_a_ledger_with_losers_verifies_and_moves_to_another_with_them(tmp_path: Path) -> None:
    run = tuned(tmp_path, one_of_three_is_good)

    async def moved() -> None:
        async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
            assert (await ledger.verify()).sound
            with (tmp_path / "all.jsonl").open("w") as file:
                await ledger.export(file)
            known = await ledger.tallies([run.record.skill_id], most=9)
        async with SqlLedger.open(tmp_path / "other.db") as other:
            await other.take_in(tmp_path / "all.jsonl")
            assert (await other.verify()).sound
            assert await other.tallies([run.record.skill_id], most=9) == known
            assert (await other.show_run(run.record.id)).rounds[0].outcome == "accepted"
        assert [(one.stage.value, one.count) for one in known if not one.idea] == [("race", 2)]

    asyncio.run(moved())
