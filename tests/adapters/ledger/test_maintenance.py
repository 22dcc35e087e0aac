"""Search, why and stats, on both databases."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.adapters.ledger.schema.full_text import terms_of
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Round
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.changes import changes_of
from skillopt.core.skill.edit import Replace
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
    made_by,
)


async def filled(ledger: SqlLedger) -> Skill:
    """One run: an accepted insert, an accepted replace, two refusals. The version it ends with."""
    await ledger.start_run(a_run(), SKILL)
    first = a_proposal(
        an_insert("- Mind the refunds.\n- Ask for the order.\n"), idea="refunds go to billing"
    )
    one, second_version = a_round(1, proposal=first, outcome=Outcome.ACCEPTED)
    await ledger.add_round(one, second_version)
    assert second_version
    refused = a_proposal(
        an_insert("- Always apologise.\n"), parent=second_version, idea="be polite to customers"
    )
    await ledger.add_round(*a_round(2, proposal=refused, parent=second_version))
    reworded = Replace(
        anchor="- Ask for the order.", text="- Ask for the order number.", section=("Rules",)
    )
    third = a_proposal(reworded, parent=second_version, idea="the order's number, not the order")
    three, last = a_round(3, proposal=third, outcome=Outcome.ACCEPTED, parent=second_version)
    await ledger.add_round(three, last)
    assert last
    await ledger.add_round(*a_round(4, stage=Stage.FIT, parent=last))
    await ledger.finish_run(an_end(a_run(), last=last.digest))
    return last


# -- search


async def test_words_are_found_in_any_form(ledger: SqlLedger) -> None:
    await filled(ledger)
    hits = await ledger.search("apologising")
    assert [hit.round.number for hit in hits] == [2]
    assert "»" in hits[0].excerpt
    assert {hit.round.number for hit in await ledger.search("order billing")} == {1}


async def test_phrases_and_exclusions(ledger: SqlLedger) -> None:
    await filled(ledger)
    assert {hit.round.number for hit in await ledger.search('"order number"')} == {3}
    assert {hit.round.number for hit in await ledger.search("order -number")} == {1}
    assert await ledger.search("zebra") == ()
    assert await ledger.search("order", skill="another") == ()
    assert len(await ledger.search("order", skill="triage", limit=1)) == 1


@pytest.mark.parametrize(
    "wanted", ['"', 'a" OR b', "NEAR(a b)", "col:x", "'; DROP TABLE rounds", "* ^ x", "(x", "%_\\"]
)
async def test_no_query_breaks_the_search(ledger: SqlLedger, wanted: str) -> None:
    await filled(ledger)
    if terms_of(wanted):
        await ledger.search(wanted)
    else:
        with pytest.raises(InputError, match="no word"):
            await ledger.search(wanted)


async def test_a_query_of_exclusions_alone_is_refused(ledger: SqlLedger) -> None:
    with pytest.raises(InputError, match="must occur"):
        await ledger.search("-order")


# -- why


async def test_each_line_is_traced_to_its_proposal(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    tracing = await ledger.why("triage")
    assert "\n".join(line.text for line in tracing.lines) + "\n" == last.text
    made = {line.text: line.round.number if line.round else line.note for line in tracing.lines}
    assert made["- Mind the refunds."] == 1
    assert made["- Ask for the order number."] == 3
    assert made["- Be brief."] == "in the file when run run-1 began"


async def test_one_line_with_its_evidence_and_what_was_refused_beside_it(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    number = last.text.splitlines().index("- Mind the refunds.") + 1
    tracing = await ledger.why("triage", line=number)
    (line,) = tracing.lines
    assert line.round
    assert line.round.number == 1
    assert [critique.quote for critique in tracing.critiques] == ["my refund"]
    assert {round_.number for round_ in tracing.refused_here} == {2, 4}
    assert (await ledger.why("triage", line=1)).refused_here == ()


async def test_a_hand_edited_file_is_traced_as_far_as_it_is_known(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    current = Skill(text=last.text.replace("- Be brief.", "- Be very brief."))
    made = {line.text: line for line in (await ledger.why("triage", current=current)).lines}
    assert made["- Be very brief."].note == "by hand, since the last run"
    round_ = made["- Mind the refunds."].round
    assert round_
    assert round_.number == 1


async def test_hand_edits_between_runs_do_not_hide_what_came_before(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    edited = Skill(text=last.text.replace("- Be brief.", "- Be very brief."))
    await ledger.start_run(a_run("run-2", first=edited.digest), edited)
    proposal = a_proposal(an_insert("- New.\n", anchor="- Be very brief.\n"), parent=edited)
    await ledger.add_round(
        *a_round(1, run="run-2", proposal=proposal, outcome=Outcome.ACCEPTED, parent=edited)
    )
    newest = made_by(proposal, edited)
    await ledger.finish_run(an_end(a_run("run-2"), last=newest.digest))
    made = {line.text: line for line in (await ledger.why("triage", current=newest)).lines}
    assert made["- New."].round
    assert made["- New."].round.run == "run-2"
    assert made["- Be very brief."].note == "in the file when run run-2 began"
    assert made["- Mind the refunds."].round
    assert made["- Mind the refunds."].round.run == "run-1"


async def test_a_version_that_came_back_does_not_go_in_circles(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.start_run(a_run("run-2"), SKILL)
    await ledger.finish_run(an_end(a_run("run-2")))
    lines = (await ledger.why("triage", current=SKILL)).lines
    assert "\n".join(line.text for line in lines) + "\n" == SKILL.text


async def test_why_of_what_is_not_there(ledger: SqlLedger) -> None:
    with pytest.raises(InputError, match="no run"):
        await ledger.why("triage")
    await filled(ledger)
    with pytest.raises(InputError, match=r"has \d+ lines"):
        await ledger.why("triage", line=1000)


# -- stats


async def test_stats_count_everything(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.add_rollout("run-1", a_rollout(1))
    await ledger.add_rollout("run-1", a_missing(2))
    await ledger.add_exchange(an_exchange())
    await ledger.start_run(a_run("run-2", skill_name="another"), SKILL)
    stats = await ledger.stats()
    assert [one.skill for one in stats.skills] == ["another", "triage"]
    triage = stats.skills[1]
    assert (triage.runs, triage.rounds, triage.accepted, triage.rejected) == (1, 4, 2, 2)
    assert {(one.stage, one.code, one.rounds) for one in triage.refused} == {
        ("gate", "test", 1),
        ("fit", "too_many_edits", 1),
    }
    assert (stats.rollouts, stats.missing, stats.exchanges, stats.versions) == (2, 1, 1, 4)
    assert stats.usage == await ledger.usage("run-1")
    assert (await ledger.stats(skill="another")).skills[0].rounds == 0


# -- lists


async def test_filters(ledger: SqlLedger) -> None:
    await filled(ledger)

    async def numbers(**wanted: object) -> list[int]:
        return [one.number for one in await ledger.list_rounds(RoundFilter.model_validate(wanted))]

    assert await numbers() == [4, 3, 2, 1]
    assert await numbers(limit=2) == [4, 3]
    assert await numbers(outcome="accepted") == [3, 1]
    assert await numbers(refused=True) == [4, 2]
    assert await numbers(stage="fit") == [4]
    assert await numbers(code="test") == [3, 2, 1]
    assert await numbers(run="run") == [4, 3, 2, 1]
    assert await numbers(skill="another") == []
    assert await numbers(criterion="queue", text="APOLOGISE") == [2]
    assert await numbers(criterion="que") == []
    assert await numbers(section="Triage > Rules", outcome="rejected") == [4, 2]
    assert await numbers(since="2000-01-01T00:00:00Z", until="2001-01-01T00:00:00Z") == []
    assert await numbers(since="2000-01-01T00:00:00Z") == [4, 3, 2, 1]
    with pytest.raises(InputError, match="no run"):
        await numbers(run="nope")


async def test_show_a_round(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.add_exchange(an_exchange("2/propose"))
    await ledger.add_exchange(an_exchange("22/propose"))
    listed = await ledger.list_rounds()
    wanted = next(one for one in listed if one.number == 2)
    entry = await ledger.show_round(wanted.id[:8])
    assert entry.summary == wanted
    assert entry.round.number == 2
    assert entry.diff
    assert "+- Always apologise." in entry.diff
    assert [one.key for one in entry.exchanges] == ["2/propose"]
    assert entry.before
    assert entry.after
    assert (entry.before.number, entry.after.number) == (1, 3)
    assert entry.run.finished is not None
    with pytest.raises(InputError, match="could be"):
        await ledger.show_round("")
    with pytest.raises(InputError, match="no proposal"):
        await ledger.show_round("zzz")


async def test_runs_and_versions(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    await ledger.start_run(a_run("run-2", skill_name="another"), SKILL)
    assert [one.record.id for one in await ledger.list_runs()] == ["run-2", "run-1"]
    (one,) = await ledger.list_runs(skill="triage")
    assert (one.rounds, one.accepted) == (4, 2)
    entry = await ledger.show_run("run-1")
    assert entry.record.last == last.digest
    assert [round_.number for round_ in entry.rounds] == [1, 2, 3, 4]
    versions = await ledger.skill_versions("triage")
    assert [version.outcome for version in versions] == [
        "first",
        "accepted",
        "rejected",
        "accepted",
    ]
    assert versions[0].parent is None
    assert await ledger.skill_versions("nope") == ()


# -- neighbours


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


async def test_an_entry_is_found_by_its_id_and_the_beginning_of_it(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    for number, name in enumerate(("a1", "a1b2", "a1c3", "b%_d"), 1):
        round_ = a_round(number)[0].model_copy(update={"id": name})
        await ledger.add_round(round_, None)
    assert (await ledger.show_round("a1")).summary.id == "a1", "a whole id is itself"
    assert (await ledger.show_round("a1b")).summary.id == "a1b2"
    assert (await ledger.show_round("b%")).summary.id == "b%_d"
    with pytest.raises(InputError, match=r"could be a1 \(rejected: .*\), a1b2 \(.*\), a1c3 \("):
        await ledger.show_round("a")
    with pytest.raises(InputError, match="no proposal '%'"):
        await ledger.show_round("%")
