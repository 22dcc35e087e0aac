"""Lists: any filter gives what reading every round would, and reads no table for it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from skillopt.adapters.ledger import RoundFilter, RoundSummary, SqlLedger
from skillopt.adapters.ledger.read import filters
from skillopt.core.gate.contest import Outcome
from skillopt.core.proposals.refusal import Stage
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert

IDEAS = ("invoices are money", "parcels go to shipping", "write short lines", "never apologise")
CRITERIA = (("queue",), ("tone",), ("queue", "tone"), ("a 'quoted' %_ name",))
SECTIONS = (("Triage > Rules",), ("Triage",), ("",), ())
OUTCOMES = (
    (Outcome.ACCEPTED, Stage.GATE),
    (Outcome.REJECTED, Stage.GATE),
    (Outcome.INCONCLUSIVE, Stage.GATE),
    (Outcome.REJECTED, Stage.FIT),
)


async def fill(ledger: SqlLedger, *, seed: int, rounds: int = 60) -> None:
    """Three runs on two skills, their rounds mixed."""
    chance = random.Random(seed)
    numbers = {"run-1": 0, "run-2": 0, "run-3": 0}
    for run in numbers:
        other = {"skill_name": "other", "skill_path": "other.md"} if run == "run-3" else {}
        await ledger.start_run(a_run(run, **other), SKILL)
    for _ in range(rounds):
        run = chance.choice(list(numbers))
        numbers[run] += 1
        idea = chance.choice(IDEAS)
        proposal = a_proposal(an_insert(f"- {idea}, {chance.random()}.\n"), idea=idea)
        draft = proposal.draft.model_copy(update={"criteria": chance.choice(CRITERIA)})
        outcome, stage = chance.choice(OUTCOMES)
        round_, candidate = a_round(
            numbers[run],
            run=run,
            proposal=proposal.model_copy(update={"draft": draft}),
            outcome=outcome,
            stage=stage,
        )
        placed = round_.model_copy(update={"sections": chance.choice(SECTIONS)})
        await ledger.add_round(placed, candidate)


def a_filter(chance: random.Random, moments: list[datetime]) -> RoundFilter:
    """Any conditions, together."""
    wishes: dict[str, Any] = {
        "skill": chance.choice(("triage", "other", "none")),
        "run": chance.choice(("run-1", "run-2", "run-3")),
        "outcome": chance.choice(("accepted", "rejected", "inconclusive")),
        "refused": True,
        "stage": chance.choice((Stage.GATE, Stage.FIT, Stage.SCREEN)),
        "code": chance.choice(("test", "too_many_edits", "duplicate")),
        "criterion": chance.choice(("queue", "tone", "que", "a 'quoted' %_ name")),
        "section": chance.choice(("Triage > Rules", "Triage", "", "Rules")),
        "since": chance.choice(moments),
        "until": chance.choice(moments),
        "text": chance.choice(
            ("invoice", "PARCELS shipping", '"short lines"', "apologise -parcel")
        ),
    }
    chosen = chance.sample(sorted(wishes), chance.randrange(4))
    limit = chance.choice((1, 5, 100))
    return RoundFilter(limit=limit, **{name: wishes[name] for name in chosen})


WORDS = {
    "invoice": lambda idea: "invoices" in idea,
    "PARCELS shipping": lambda idea: "parcels" in idea,
    '"short lines"': lambda idea: "short lines" in idea,
    "apologise -parcel": lambda idea: "apologise" in idea,
}


def passes(one: RoundSummary, wanted: RoundFilter) -> bool:
    return all(
        (
            wanted.skill in (None, one.skill),
            wanted.run in (None, one.run),
            wanted.outcome in (None, one.outcome),
            not wanted.refused or one.outcome != "accepted",
            wanted.stage in (None, one.stage),
            wanted.code in (None, one.code),
            wanted.criterion is None or wanted.criterion in one.criteria,
            wanted.section is None or wanted.section in one.sections,
            wanted.since is None or one.created >= wanted.since,
            wanted.until is None or one.created <= wanted.until,
            wanted.text is None or WORDS[wanted.text](one.idea),
        )
    )


@pytest.mark.parametrize("dense", [0, 5, filters.DENSE])
async def test_any_filter_gives_what_reading_everything_would(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    """Wherever the line between rare and frequent is drawn, the same comes out."""
    monkeypatch.setattr(filters, "DENSE", dense)
    await fill(ledger, seed=dense)
    everything = await ledger.list_rounds(RoundFilter(limit=1000))
    assert len(everything) == 60
    moments = [one.created + timedelta(microseconds=step) for one in everything for step in (0, 1)]
    chance = random.Random(dense)
    found = 0
    for _ in range(150):
        wanted = a_filter(chance, moments)
        expected = [one for one in everything if passes(one, wanted)][: wanted.limit]
        assert list(await ledger.list_rounds(wanted)) == expected, wanted
        found += bool(expected)
    assert found > 50


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, given: Any, *_more: Any) -> None:
        seen.append((statement, given))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


ALONE: tuple[dict[str, Any], ...] = (
    {"skill": "triage"},
    {"run": "run-1"},
    {"outcome": "accepted"},
    {"refused": True},
    {"stage": "fit"},
    {"code": "test"},
    {"criterion": "queue"},
    {"section": "Triage"},
    {"since": "2020-01-01T00:00:00Z"},
    {"text": "refund"},
)


async def test_sqlite_reads_an_index_for_any_filter_and_sorts_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    for dense, one, other in product((0, filters.DENSE), ALONE, ALONE):
        monkeypatch.setattr(filters, "DENSE", dense)
        async with SqlLedger.open(path) as ledger:
            if not await ledger.list_rounds():
                await fill(ledger, seed=1)
            with statements() as seen:
                await ledger.list_rounds(RoundFilter.model_validate({**one, **other}))
        connection = sqlite3.connect(path)
        for statement, given in seen:
            if not statement.startswith("SELECT") or "WHERE 1 = 1 ORDER BY rounds.seq" in statement:
                continue  # what all rounds meet: the newest are the first that are read
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", given).fetchall()
            steps = [str(step[3]) for step in plan]
            assert not [step for step in steps if step.startswith("SCAN rounds")], (
                statement,
                steps,
            )
        connection.close()


async def test_a_text_without_a_word_is_refused(ledger: SqlLedger) -> None:
    for empty in ("", "%", "-refund"):
        with pytest.raises(InputError, match="no word"):
            await ledger.list_rounds(RoundFilter(text=empty))


async def test_names_of_any_length_are_filed(ledger: SqlLedger) -> None:
    """PostgreSQL has a limit on what it indexes."""
    await ledger.start_run(a_run(), SKILL)
    round_, candidate = a_round()
    name = "Section " * 2000
    await ledger.add_round(round_.model_copy(update={"sections": (name,)}), candidate)
    assert len(await ledger.list_rounds(RoundFilter(section=name))) == 1


@pytest.mark.parametrize("dense", [0, filters.DENSE])
async def test_any_filter_counts_what_it_would_list_without_a_limit(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(filters, "DENSE", dense)
    await fill(ledger, seed=7)
    everything = await ledger.list_rounds(RoundFilter(limit=1000))
    moments = [one.created for one in everything]
    chance = random.Random(7)
    for _ in range(80):
        wanted = a_filter(chance, moments)
        expected = sum(passes(one, wanted) for one in everything)
        assert await ledger.count_rounds(wanted) == expected, wanted


@pytest.mark.parametrize("dense", [0, 5, filters.DENSE])
async def test_pages_one_after_another_are_the_whole_list(
    ledger: SqlLedger, monkeypatch: pytest.MonkeyPatch, dense: int
) -> None:
    monkeypatch.setattr(filters, "DENSE", dense)
    await fill(ledger, seed=dense + 1)
    moments = [one.created for one in await ledger.list_rounds(RoundFilter(limit=1000))]
    chance = random.Random(dense)
    for _ in range(8):
        wanted = a_filter(chance, moments).model_copy(update={"limit": 1000})
        whole = await ledger.list_rounds(wanted)
        found: list[RoundSummary] = []
        while True:
            last = found[-1].id if found else None
            page = await ledger.list_rounds(wanted.model_copy(update={"limit": 7, "before": last}))
            found += page
            if len(page) < 7:
                break
        assert tuple(found) == whole, wanted
    with pytest.raises(InputError, match="no proposal 'none'"):
        await ledger.list_rounds(RoundFilter(before="none"))


async def test_postgresql_has_room_for_the_hits_of_a_word_and_for_no_longer(
    postgres_url: str,
) -> None:
    rooms: list[str] = []

    def note(_connection: Any, cursor: Any, *_more: Any) -> None:
        rooms.extend(cursor.connection.execute("SHOW work_mem").fetchone())

    async with SqlLedger.open(postgres_url) as ledger:
        await fill(ledger, seed=1)
        event.listen(Engine, "after_cursor_execute", note)
        try:
            await ledger.list_rounds(RoundFilter(outcome="accepted"))
            before = set(rooms)
            await ledger.list_rounds(RoundFilter(text="refund"))
            assert rooms[-1] == "128MB"
            rooms.clear()
            await ledger.list_rounds(RoundFilter(outcome="accepted"))
        finally:
            event.remove(Engine, "after_cursor_execute", note)
    assert before == set(rooms) != {"128MB"}
