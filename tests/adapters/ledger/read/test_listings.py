"""Lists of rounds, runs and versions, and one of each in full, on both databases."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    SKILL,
    a_round,
    a_run,
    an_exchange,
    filled,
)


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
    await ledger.start_run(a_run("run-2", skill_name="another", skill_path="skills/another"), SKILL)
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
