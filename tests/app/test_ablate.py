"""The edits of a refused bundle of the ledger, each alone at the gate."""

from __future__ import annotations

from typing import Any

import pytest

import skillopt
from skillopt.app.ablate import aablate
from skillopt.core.history.run import Round
from skillopt.core.proposals.refusal import Ablation, Part
from skillopt.errors import InputError, SpendExhausted
from tests.scripted import SKILL, draft, insert, proposing, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

GOOD = "- roses: garden\n"
BAD = "- Do: nowhere\n- The: nowhere\n- How: nowhere\n- Put: nowhere\n- More: nowhere\n"
"""Leads the agent astray before it comes to a word it knows."""


async def round_of(ledger: MemoryLedger, *texts: str) -> Round:
    """The one round of a run that proposed to insert ``texts``."""
    edits = [insert(text) for text in texts]
    run = await skillopt.atune(SKILL, optimizer=proposing(draft(*edits)), rounds=1, **roles(ledger))
    (round_,) = run.rounds
    return round_


def roles(ledger: MemoryLedger, **more: Any) -> dict[str, Any]:
    given = {"validation_set": tasks(), "target": ScriptedTarget(), "ledger": ledger}
    return given | {"gate": "strict"} | more


async def test_each_edit_gets_a_verdict_and_the_ledger_keeps_it() -> None:
    ledger = MemoryLedger()
    bundle = await round_of(ledger, GOOD, BAD)
    found = await aablate(SKILL, bundle, **roles(ledger))
    assert found.round == bundle.id
    assert found.parts == (Part(edit=0, outcome="accepted"), Part(edit=1, outcome="rejected"))
    assert ledger.ablations == {bundle.id: Ablation(round=bundle.id, parts=found.parts)}
    record = list(ledger.ends.values())[-1]
    assert (record.kind, record.stopped_by, record.last) == ("gate", "ablation", SKILL.digest)


async def test_the_edits_are_tried_on_the_version_they_were_written_for() -> None:
    ledger, target = MemoryLedger(), ScriptedTarget()
    bundle = await round_of(ledger, GOOD, BAD)
    today = SKILL.model_copy(update={"text": SKILL.text + "- hammer: tools\n"})
    await aablate(today, bundle, **roles(ledger, target=target))
    assert {skill for skill, _, _ in target.ran} <= {SKILL.text + GOOD, SKILL.text + BAD}


@pytest.mark.parametrize(
    "texts", [(GOOD, "- lawn: garden\n"), (BAD,)], ids=["accepted", "a single edit"]
)
async def test_what_is_no_refused_bundle_has_nothing_to_take_apart(
    texts: tuple[str, ...],
) -> None:
    ledger = MemoryLedger()
    with pytest.raises(InputError, match=r"is not a rejected proposal of several edits"):
        await aablate(SKILL, await round_of(ledger, *texts), **roles(ledger))


async def test_a_version_of_another_ledger_is_not_at_hand() -> None:
    bundle = await round_of(MemoryLedger(), GOOD, BAD)
    with pytest.raises(InputError, match="is not in the ledger; name its ledger with --ledger"):
        await aablate(SKILL, bundle, **roles(MemoryLedger()))


async def test_where_the_limits_leave_no_room_nothing_is_entered() -> None:
    ledger = MemoryLedger()
    bundle = await round_of(ledger, GOOD, BAD)

    def before(skill: str, _task: object, _trial: int) -> None:
        if skill == SKILL.text + BAD:
            raise SpendExhausted("max_calls is 9")

    found = await aablate(SKILL, bundle, **roles(ledger, target=ScriptedTarget(before=before)))
    assert found.parts == ()
    assert ledger.ablations == {}
