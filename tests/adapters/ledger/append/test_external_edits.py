"""The ledger with no loop of skillopt's around it."""

from __future__ import annotations

import asyncio

import pytest

from skillopt.adapters.ledger import SqlLedger, TriedEdit
from skillopt.core.skill.edit import Insert, Replace
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, an_insert


def tried(text: str = "- Always ask for the order number.\n", **changes: object) -> TriedEdit:
    fields = {
        "skill_name": "triage",
        "parent": SKILL,
        "edits": (an_insert(text),),
        "outcome": "rejected",
        "reason": "two of twelve cases got worse",
        "idea": "ask for the order number",
    }
    return TriedEdit.model_validate({**fields, **changes})


async def test_a_kept_refusal_is_known_the_next_time(ledger: SqlLedger) -> None:
    entry = await ledger.keep(tried())
    known = await ledger.known_refusal(
        "triage", SKILL, [an_insert("- Always ask for the  order number.\n")]
    )
    assert known
    assert (known.known, known.code) == (entry, "known")
    again = await ledger.known_refusal(
        "triage", SKILL, [an_insert("- Never ask for the order number.\n")]
    )
    assert again is None
    assert await ledger.known_refusal("another", SKILL, [an_insert()]) is None
    assert await ledger.known_refusal("triage", SKILL, tried().edits, context="new agent") is None
    shown = await ledger.show_round(entry)
    assert shown.summary.reason == "two of twelve cases got worse"
    assert shown.diff
    assert (await ledger.verify()).bad is None


async def test_what_was_not_refused_for_good_does_not_block(ledger: SqlLedger) -> None:
    await ledger.keep(tried(outcome="inconclusive"))
    await ledger.keep(tried("- Be kind.\n", outcome="accepted"))
    assert await ledger.known_refusal("triage", SKILL, tried().edits) is None
    assert (await ledger.verify()).replayed == 1
    lines = (await ledger.why("triage", current=None)).lines
    assert len(lines) == len(SKILL.text.splitlines())


async def test_many_at_once_get_entries_of_their_own(ledger: SqlLedger) -> None:
    kept = await asyncio.gather(*(ledger.keep(tried(f"- Rule {at}.\n")) for at in range(20)))
    assert len(set(kept)) == 20
    assert [one.number for one in await ledger.list_rounds()] == list(range(20, 0, -1))


@pytest.mark.parametrize(
    "edit",
    [Replace(anchor="not there", text="x"), Insert(anchor="", text="- x\n", section=("No such",))],
)
async def test_edits_that_do_not_fit_are_told(ledger: SqlLedger, edit: Insert | Replace) -> None:
    with pytest.raises(InputError, match="do not fit"):
        await ledger.keep(tried(edits=(edit,)))
    assert await ledger.list_rounds() == ()


async def test_what_was_kept_by_name_is_a_files_only_once_it_is_attached(
    ledger: SqlLedger,
) -> None:
    by_name, by_file = tried(), tried("- Be kind.\n", skill_path="skills/triage/SKILL.md")
    assert (by_name.skill_id, by_file.skill_id) == ("triage", "./skills/triage")
    await ledger.keep(by_name)
    await ledger.keep(by_file)
    assert await ledger.known_refusal(by_file.skill_id, SKILL, by_name.edits) is None
    assert await ledger.known_refusal(by_name.skill_id, SKILL, by_file.edits) is None
    assert await ledger.attach("triage", "./skills/triage") == 1
    assert await ledger.known_refusal(by_file.skill_id, SKILL, by_name.edits)
    assert (await ledger.verify()).sound


async def test_a_kept_entry_says_whose_verdict_it_is(ledger: SqlLedger) -> None:
    entry = await ledger.keep(tried(source="my-agent"))
    await ledger.keep(tried("- Be kind.\n", source="my-agent", outcome="accepted"))
    assert (await ledger.show_round(entry)).summary.kept_by == "my-agent"
    assert (await ledger.show_round(entry)).run.kept_by == "my-agent"
    assert [one.kept_by for one in await ledger.list_rounds()] == ["my-agent"] * 2
    assert [one.kept_by for one in await ledger.list_runs()] == ["my-agent"]
    versions = await ledger.skill_versions("triage")
    assert {one.outcome for one in versions if one.kept_by == "my-agent"} >= {"accepted"}


async def test_a_kept_verdict_counts_as_none_of_the_gate(ledger: SqlLedger) -> None:
    await ledger.keep(tried(source="a", outcome="accepted"))
    await ledger.keep(tried("- Be kind.\n", source="a"))
    await ledger.keep(tried("- Be brief.\n", source="b", outcome="inconclusive"))
    (found,) = (await ledger.stats()).skills
    assert (found.runs, found.rounds, found.accepted, found.rejected) == (0, 0, 0, 0)
    assert found.refused == ()
    counts = [(one.source, one.accepted, one.rejected, one.inconclusive) for one in found.kept]
    assert counts == [("a", 1, 1, 0), ("b", 0, 0, 1)]
    assert await ledger.verdicts(validation_set="own", target="a") == ()
