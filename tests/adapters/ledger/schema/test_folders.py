"""Versions that are folders, on both databases."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.schema.folders import blob_data, blob_row, files_of, skill_of
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import Round
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SkillFile
from skillopt.errors import InputError, LedgerError
from tests.adapters.ledger.samples import SKILL, a_round, a_run, an_end

TERMS = SkillFile(path="references/terms.md", data="# Begriffe\r\n\r\n- Größe\r\n".encode())
RUN = SkillFile(path="scripts/run.sh", data=b"#!/bin/sh\n", executable=True)
PICTURE = SkillFile(path="assets/a.png", data=b"\x89PNG\0\xff")
EMPTY = SkillFile(path="assets/empty", data=b"")
FOLDER = Skill(text=SKILL.text, files=(TERMS, RUN, PICTURE, EMPTY))
EDITED = Skill(
    text=SKILL.text + "\nRead references/terms.md.\n",
    files=(
        RUN.model_copy(update={"executable": False}),
        PICTURE,
        EMPTY,
        TERMS.model_copy(update={"data": TERMS.data + b"- kumquat\r\n"}),
        SkillFile(path="references/copy.md", data=TERMS.data),
    ),
)


def by_hand(old: Skill, new: Skill, run: str) -> Round:
    """A decided round without a proposal, as `skillopt gate` enters one."""
    round_, _ = a_round(1, outcome=Outcome.ACCEPTED, run=run)
    decision = round_.decision.model_copy(update={"candidate": new.digest})
    changed = {"decision": decision, "parent": old.digest, "proposal": None}
    return round_.model_copy(update=changed)


async def filled(ledger: SqlLedger) -> None:
    run = a_run("run-f", kind="gate", first=FOLDER.digest)
    await ledger.start_run(run, FOLDER)
    await ledger.add_round(by_hand(FOLDER, EDITED, "run-f"), EDITED)
    await ledger.finish_run(an_end(run, last=EDITED.digest))


async def test_every_file_comes_back_to_the_byte(ledger: SqlLedger) -> None:
    await filled(ledger)

    assert await ledger.skill(FOLDER.digest) == FOLDER
    assert await ledger.skill(EDITED.digest) == EDITED
    assert (await ledger.verify()).sound


async def test_what_files_hold_is_stored_once(tmp_path: Path) -> None:
    where = tmp_path / "ledger.db"
    async with SqlLedger.open(where) as ledger:
        await filled(ledger)
        await filled(ledger)
    engine = create_engine(f"sqlite:///{where}")
    with engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT digest, encoding FROM blobs").all()
    engine.dispose()
    contents = {file.digest for file in (*FOLDER.files, *EDITED.files)}
    assert {row.digest for row in stored} == contents
    assert len(stored) == len(contents)
    assert {row.encoding for row in stored if row.digest == PICTURE.digest} == {"base64"}


async def test_the_words_of_a_file_changed_by_hand_are_found(ledger: SqlLedger) -> None:
    await filled(ledger)

    assert await ledger.search("kumquat", skill=None, limit=5)
    assert not await ledger.search("mandarin", skill=None, limit=5)


async def test_each_line_of_a_file_is_traced(ledger: SqlLedger) -> None:
    await filled(ledger)
    found = await ledger.why("triage", file="references/terms.md")

    made = {line.text: line.round.number if line.round else line.note for line in found.lines}
    assert made == {
        "# Begriffe": "in the file when run run-f began",
        "": "in the file when run run-f began",
        "- Größe": "in the file when run run-f began",
        "- kumquat": 1,
    }
    assert (await ledger.why("triage", file="references/terms.md", line=4)).lines[0].round
    with pytest.raises(InputError, match=r"no text file 'assets/a\.png'; it has SKILL\.md, assets"):
        await ledger.why("triage", file="assets/a.png")


async def test_the_entry_shows_a_diff_of_every_file(ledger: SqlLedger) -> None:
    await filled(ledger)
    (entry,) = await ledger.rounds("run-f")
    shown = await ledger.show_round(entry.id)

    assert shown.diff
    assert (
        "diff --git a/references/copy.md b/references/copy.md\nnew file mode 100644" in shown.diff
    )
    assert "old mode 100755\nnew mode 100644" in shown.diff
    assert "+- kumquat" in shown.diff


async def test_folders_go_into_another_ledger_and_through_an_export(
    ledger: SqlLedger, tmp_path: Path
) -> None:
    await filled(ledger)
    exported = io.StringIO()
    await ledger.export(exported, form="jsonl")
    (tmp_path / "export.jsonl").write_text(exported.getvalue(), encoding="utf-8")
    async with SqlLedger.open(tmp_path / "other.db") as other:
        await other.start_run(a_run("run-o", fingerprint="other"), FOLDER)
        first = await other.take_in(tmp_path / "export.jsonl")
        again = await other.take_in(tmp_path / "export.jsonl")
        assert first.new
        assert not again.new
        assert await other.skill(EDITED.digest) == EDITED
        assert (await other.verify()).sound


async def test_an_export_of_the_schema_before_is_taken_in(tmp_path: Path) -> None:
    earlier = Path(__file__).parents[1] / "earlier" / "schema-7.jsonl"
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        assert (await ledger.take_in(earlier)).new
        assert (await ledger.verify()).sound
        assert await ledger.skill(SKILL.digest) == SKILL


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE blobs SET content = 'x' WHERE encoding = 'utf-8'", "link"),
        ("UPDATE versions SET files = NULL WHERE files IS NOT NULL", "link"),
        ("DELETE FROM blobs WHERE encoding = 'base64'", "missing"),
    ],
)
async def test_a_changed_file_is_found(tmp_path: Path, statement: str, problem: str) -> None:
    where = tmp_path / "ledger.db"
    async with SqlLedger.open(where) as ledger:
        await filled(ledger)
    engine = create_engine(f"sqlite:///{where}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    async with SqlLedger.open(where) as ledger:
        found = await ledger.verify()
    assert not found.sound
    assert found.bad, problem


def test_rows_that_cannot_be_read() -> None:
    row = {"digest": FOLDER.digest, "text": "x", "files": '[["a","b"]]'}
    with pytest.raises(LedgerError, match="cannot be read"):
        files_of(row)
    with pytest.raises(LedgerError, match="is not in the ledger"):
        skill_of({**row, "files": '[["a","b",true]]'}, {})
    with pytest.raises(LedgerError, match="cannot be read"):
        skill_of({**row, "files": '[["../a","b",true]]'}, {"b": b""})
    for broken in ({"encoding": "rot13"}, {"encoding": "base64", "content": "\u00e9"}):
        with pytest.raises(LedgerError, match=r"encoded as|is broken"):
            blob_data({**blob_row(TERMS), **broken})
