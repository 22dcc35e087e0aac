"""What is near to an entry, on both databases."""

from __future__ import annotations

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.history.run import Round
from skillopt.core.skill.changes import changes_of
from tests.adapters.ledger.samples import (
    SKILL,
    a_proposal,
    a_round,
    a_run,
    an_insert,
)


def with_changes(number: int, text: str, **more: object) -> Round:
    """A refused round that inserts ``text``, with what it changes."""
    proposal = a_proposal(an_insert(text), idea=text.strip("- \n"))
    round_, _ = a_round(number, proposal=proposal)
    return round_.model_copy(update={"changes": changes_of(SKILL, proposal.edits), **more})


async def test_an_entry_tells_its_neighbours_and_what_is_alike(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    texts = (
        "- Always ask the customer for the order number.\n",
        "- Never ask the customer for the order number.\n",
        "- Always ask customers for the number of the order.\n",
    )
    rounds = [with_changes(number, text) for number, text in enumerate(texts, 1)]
    for round_ in rounds:
        await ledger.add_round(round_, None)
    elsewhere = with_changes(4, texts[0], context="another target")
    await ledger.add_round(elsewhere, None)
    found = await ledger.show_round(rounds[0].id)
    assert [one.id for one in found.alike] == [rounds[2].id]
    assert found.alike[0].likeness > 0.8
    assert found.before is None
    assert found.after
    assert found.after.id == rounds[1].id
    assert (await ledger.show_round(elsewhere.id)).alike == ()
