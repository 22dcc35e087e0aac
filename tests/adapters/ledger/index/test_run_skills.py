"""Two skills of one name are two skills; one that was moved is still the same."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.recall import Recall, Topic, about_keys
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    SKILL,
    SKILL_ID,
    a_proposal,
    a_round,
    a_run,
    an_end,
    an_insert,
    filled,
)

OTHER = Skill(text="---\nname: triage\n---\n# Another\n\n## Rules\n\n- Be kind.\n")
OTHER_ID = "./other/triage"
STORED = Path(__file__).parents[1] / "earlier" / "same-name" / "schema-5.db.gz"
"""Two skills called `triage`, entered by a version that kept skills by their names."""


async def another(ledger: SqlLedger, *, run: str = "run-b") -> Skill:
    """A skill of the same name elsewhere: one edit accepted, one rejected, its tasks opened."""
    record = a_run(run, skill_path="other/triage/SKILL.md", first=OTHER.digest, fingerprint=run)
    await ledger.start_run(record, OTHER)
    smile = a_proposal(an_insert("- Smile.\n", anchor="- Be kind.\n"), parent=OTHER, idea="smile")
    accepted, made = a_round(1, run=run, proposal=smile, parent=OTHER, outcome=Outcome.ACCEPTED)
    await ledger.add_round(accepted, made)
    bow = a_proposal(an_insert("- Bow.\n", anchor="- Be kind.\n"), parent=OTHER, idea="bow")
    await ledger.add_round(*a_round(2, run=run, proposal=bow, parent=OTHER))
    assert made
    await ledger.finish_run(an_end(record, last=made.digest, opened=("a task",)))
    return made


async def test_skills_of_one_name_share_nothing(ledger: SqlLedger) -> None:
    last, made = await filled(ledger), await another(ledger)
    mine = {one.digest for one in await ledger.skill_versions(SKILL_ID)}
    theirs = {one.digest for one in await ledger.skill_versions(OTHER_ID)}
    assert last.digest in mine
    assert theirs >= {OTHER.digest, made.digest}
    assert not mine & theirs
    assert await ledger.openings(SKILL_ID) == ()
    assert [one.id for one in await ledger.openings(OTHER_ID)] == ["run-b"]
    for skill, ideas in ((SKILL_ID, {"be polite to customers"}), (OTHER_ID, {"bow"})):
        gated = [one for one in await ledger.refusals(skill) if one.stage == "gate"]
        assert {one.proposal.draft.idea for one in gated} == ideas
        found = await ledger.recalled(Recall(about_keys(skill, Topic())))
        assert ideas <= {one.proposal.draft.idea for one in found}
        assert {one.skill_id for one in found} == {skill}
        rounds = await ledger.list_rounds(RoundFilter(skill=skill))
        assert len(rounds) == await ledger.count_rounds(RoundFilter(skill=skill))
        assert {one.run for one in rounds} == {"run-1" if skill == SKILL_ID else "run-b"}
    assert [line.text for line in (await ledger.why(OTHER_ID)).lines][-1] == "- Smile."
    assert [hit.round.run for hit in await ledger.search("smile", skill=SKILL_ID)] == []
    assert [hit.round.run for hit in await ledger.search("smile", skill=OTHER_ID)] == ["run-b"]
    assert [one.skill_id for one in (await ledger.stats()).skills] == [OTHER_ID, SKILL_ID]
    assert (await ledger.verify()).sound


async def test_a_name_stands_for_all_skills_that_have_it_and_a_path_for_one(
    ledger: SqlLedger,
) -> None:
    await filled(ledger)
    await another(ledger)
    assert (
        len(await ledger.list_runs(skill="triage")) == await ledger.count_runs(skill="triage") == 2
    )
    assert len(await ledger.list_rounds(RoundFilter(skill="triage"))) == 6
    for given in ("other/triage", "./other/triage", "other/triage/SKILL.md"):
        assert [run.record.id for run in await ledger.list_runs(skill=given)] == ["run-b"]
    assert await ledger.skills_named(["triage", "unknown"]) == (OTHER_ID, SKILL_ID, "unknown")
    with pytest.raises(InputError, match=r"'triage' could be \./other/triage, \./skills/triage"):
        await ledger.why("triage")
    with pytest.raises(InputError, match="give one of these paths"):
        await ledger.skill_versions("triage")


async def test_a_moved_skill_goes_on_with_its_record(ledger: SqlLedger) -> None:
    last = await filled(ledger)
    await ledger.move_head("triage", "/f", expected_parent=SKILL.digest, new="b", run="run-1")
    assert await ledger.attach(SKILL_ID, "./new/triage") == 1
    assert last.digest in {one.digest for one in await ledger.skill_versions("./new/triage")}
    assert await ledger.skill_versions(SKILL_ID) == ()
    assert len(await ledger.refusals("./new/triage")) == 2
    assert await ledger.head("./new/triage", "/f") == "b"
    assert sum(one.count for one in await ledger.tallies(["./new/triage"], most=0)) == 2
    assert (await ledger.verify()).sound
    assert await ledger.list_rounds(RoundFilter(text="polite"))
    await ledger.start_run(a_run("run-2"), SKILL)
    await ledger.add_round(*a_round(1, run="run-2"))
    assert [run.record.id for run in await ledger.list_runs(skill=SKILL_ID)] == ["run-2"]
    await ledger.start_run(a_run("run-3", skill_path="new/triage"), SKILL)
    assert await ledger.count_runs(skill="./new/triage") == 2
    assert (await ledger.verify()).sound


async def test_only_a_skill_with_runs_is_attached(ledger: SqlLedger) -> None:
    with pytest.raises(InputError, match=r"no run of the skill \./a; it has: none"):
        await ledger.attach("./a", "./b")
    await filled(ledger)
    with pytest.raises(InputError, match=r"it has: \./skills/triage"):
        await ledger.attach("./a", "./b")


async def test_a_move_is_imported_with_the_runs_it_concerns(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "a.db") as a:
        await filled(a)
        await a.attach(SKILL_ID, "./new")
    async with SqlLedger.open(tmp_path / "b.db") as b:
        await b.start_run(a_run("mine", fingerprint=content_hash("mine")), SKILL)
        await b.take_in(tmp_path / "a.db")
        assert [run.record.id for run in await b.list_runs(skill="./new")] == ["run-1"]
        assert [run.record.id for run in await b.list_runs(skill=SKILL_ID)] == ["mine"]
        assert (await b.verify()).sound
        assert (await b.take_in(tmp_path / "a.db")).new == 0


async def test_an_earlier_ledger_separates_skills_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(gzip.decompress(STORED.read_bytes()))
    async with SqlLedger.open(path, create=False) as ledger:
        assert (await ledger.verify()).sound
        assert [run.record.id for run in await ledger.list_runs(skill=OTHER_ID)] == ["run-b"]
        assert [one.run for one in await ledger.refusals(OTHER_ID)] == ["run-b"]
        assert {one.run for one in await ledger.refusals(SKILL_ID)} == {"run-1"}
        assert [one.id for one in await ledger.openings(SKILL_ID)] == ["run-1"]
        assert await ledger.openings(OTHER_ID) == ()
        assert sum(one.count for one in await ledger.tallies([OTHER_ID], most=0)) == 1
        assert len(await ledger.refusals("triage")) == 3
        head = await ledger.head(SKILL_ID, "/p/skills/triage/SKILL.md")
        assert head in {one.digest for one in await ledger.skill_versions(SKILL_ID)}


async def test_a_skill_is_found_without_reading_all_runs(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    asked: list[tuple[str, object]] = []

    def note(*call: object) -> None:
        asked.append((str(call[2]), call[3]))

    async with SqlLedger.open(where) as ledger:
        await filled(ledger)
        await ledger.count_runs()  # the first question counts all rows of the chain
        event.listen(Engine, "before_cursor_execute", note)
        try:
            for given in ("triage", SKILL_ID, "nothing"):
                await ledger.skills_named([given])
                await ledger.count_runs(skill=given)
                await ledger.refusals(given)
                await ledger.openings(given)
                await ledger.list_rounds(RoundFilter(skill=given))
                await ledger.tallies((given,), most=9)
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    with sqlite3.connect(where) as connection:
        steps = [
            step[3]
            for statement, values in asked
            if statement.lstrip().startswith("SELECT")
            for step in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    tables = {"runs", "run_skills", "run_ends", "rounds", "recalled", "recall_keys", "tallies"}
    read = [step.split() for step in steps]
    assert [step for step in read if step[0] == "SCAN" and step[1] in tables] == []
    assert any(step[:2] == ["SEARCH", "run_skills"] for step in read)
