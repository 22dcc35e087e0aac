"""The record before today's skill: what the optimizer would read of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import skillopt
from skillopt.adapters.models import CallableModel
from skillopt.app.digest import aledger_digest
from skillopt.core.quoting import blocks
from skillopt.errors import LedgerError, RunStopped
from tests.scripted import SKILL, Messages, draft, insert, learner, proposing, tasks
from tests.targets import ScriptedTarget

GOOD = "- roses: garden\n- lawn: garden\n- saw: tools\n- drill: tools\n- cake: bakery\n"
USELESS = draft(insert("- nothing: nowhere\n"), idea="useless")


class Stopping:
    """An optimizer that proposes what it is given, until it is to stop before a round's proposal."""

    def __init__(self, *replies: str) -> None:
        self.stops = True
        self.refused: list[str] = []
        """The digests it was sent, in order."""
        self._proposes = proposing(*replies)
        self._left = len(replies)

    def __call__(self, messages: Messages) -> str:
        data = blocks(messages[1]["content"])
        if "limits" in data:
            if self.stops and not self._left:
                raise RunStopped("the provider refuses every call")
            self._left -= 1
            self.refused.append(data["refused"])
        else:
            (seen, *_) = [one for one in json.loads(data["evidence"]) if not one["passed"]]
            cause = "the skill is silent on these words"
            quote = seen["answer"]
            critique = {
                "rollout": seen["rollout"],
                "criterion": "desk",
                "quote": quote,
                "cause": cause,
            }
            return json.dumps({"critiques": [critique]})
        return self._proposes(messages)


async def test_the_digest_of_a_round_at_work_is_the_text_it_sends(tmp_path: Path) -> None:
    vain = draft(insert("- else: nowhere\n"), idea="in vain")
    optimizer = Stopping(USELESS, draft(insert(GOOD), idea="some words"), vain)
    call = {
        "validation_set": tasks(),
        "target": ScriptedTarget(),
        "optimizer": CallableModel(optimizer, identity="stopping"),
        "ledger": tmp_path / "ledger.db",
        "rounds": 4,
    }
    with pytest.raises(RunStopped):
        await skillopt.atune(SKILL, **call)
    found = await aledger_digest(SKILL, **call)
    assert (found.number, found.about) == (4, "the round's critiques")
    assert "useless" in found.text
    assert "some words" in found.text
    optimizer.stops = False
    run = await skillopt.atune(SKILL, **call)
    assert found.run == run.record.id
    assert found.version == run.rounds[3].parent
    assert optimizer.refused[3] == found.text


async def test_the_digest_of_a_new_run_rests_on_the_newest_refusal(tmp_path: Path) -> None:
    target = ScriptedTarget()
    call = {"validation_set": tasks(), "target": target, "ledger": tmp_path / "ledger.db"}
    await skillopt.atune(SKILL, optimizer=proposing(USELESS), rounds=2, **call)
    asked = len(target.ran)
    found = await aledger_digest(SKILL, optimizer=learner, rounds=2, seed=7, **call)
    assert (found.run, found.number, found.about) == (None, 1, "the newest refusal")
    assert "useless" in found.text
    assert len(target.ran) == asked, "a digest calls nothing"
    off = await aledger_digest(SKILL, optimizer=learner, conditioning=False, **call)
    assert off.text == ""
    other = skillopt.Skill(text="---\nname: other\n---\n\n# Another skill\n")
    empty = await aledger_digest(other, optimizer=learner, **call)
    assert empty.about == "nothing"
    assert "useless" not in empty.text


async def test_a_digest_needs_a_ledger_and_makes_none(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger at"):
        await aledger_digest(
            SKILL,
            validation_set=tasks(),
            target=ScriptedTarget(),
            optimizer=learner,
            ledger=tmp_path / "ledger.db",
        )
    assert not (tmp_path / "ledger.db").exists()
