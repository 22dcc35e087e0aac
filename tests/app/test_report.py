"""`skillopt report`'s use case: from the ledger to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.app.report import MARKS, report_text, run_report, write_report
from skillopt.core.report.making import report_of
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert
from tests.core.report.records import long_run

SECRET = "not-a-known-form-of-key"


async def a_ledger(where: Path, idea: str = "say more of refunds") -> SqlLedger:
    ledger = SqlLedger.open(where / "ledger.db")
    await ledger.__aenter__()
    await ledger.start_run(a_run(), SKILL)
    await ledger.add_round(*a_round(proposal=a_proposal(an_insert(), idea=idea)))
    await ledger.start_run(a_run("run-2"), SKILL)
    return ledger


async def test_the_newest_run_is_the_default(tmp_path: Path) -> None:
    ledger = await a_ledger(tmp_path)
    try:
        assert (await run_report(ledger)).run == "run-2"
        assert (await run_report(ledger, "run-1")).proposals[0].idea == "say more of refunds"
    finally:
        await ledger.aclose()


async def test_an_empty_ledger_says_how_to_begin(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        with pytest.raises(InputError, match="skillopt tune"):
            await run_report(ledger)


async def test_the_value_of_a_secret_variable_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_API_KEY", SECRET)
    ledger = await a_ledger(tmp_path, idea=f"use {SECRET} for all")
    try:
        found = await run_report(ledger, "run-1")
    finally:
        await ledger.aclose()
    assert SECRET not in found.model_dump_json()
    assert found.proposals[0].idea == "use [redacted] for all"


@pytest.mark.parametrize("form", ["html", "md"])
def test_an_earlier_report_is_written_again_and_nothing_else_is(tmp_path: Path, form: str) -> None:
    report, place = report_of(long_run(1, 3)), tmp_path / "new" / "report"
    for _ in range(2):
        done = write_report(report, place, form)  # type: ignore[arg-type]
        assert done.bytes == place.stat().st_size
    mine = tmp_path / "mine"
    mine.write_text("my own words")
    with pytest.raises(InputError, match="is no report of skillopt in this format"):
        write_report(report, mine, form)  # type: ignore[arg-type]
    assert mine.read_text() == "my own words"
    with pytest.raises(InputError, match="is a folder"):
        write_report(report, tmp_path, form)  # type: ignore[arg-type]


def test_each_format_has_its_mark_near_the_beginning() -> None:
    report = report_of(long_run(1, 3))
    assert MARKS["html"] in report_text(report, "html")[:1000]
    assert report_text(report, "md").startswith(MARKS["md"])
