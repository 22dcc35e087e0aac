"""Deleting payloads: texts go, the record of them stays, on both databases."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from tests.adapters.ledger.samples import a_rollout, an_exchange, filled

EVER = 4_000_000_000.0
"""Seconds since the epoch, long after this."""
SECRET = "a text that nobody else has written"


async def full(ledger: SqlLedger) -> None:
    await filled(ledger)
    await ledger.add_rollout("run-1", a_rollout(1, answer=SECRET))
    await ledger.add_exchange(an_exchange(reply=SECRET))


async def test_answers_prompts_and_replies_go_and_the_record_stays(ledger: SqlLedger) -> None:
    await full(ledger)
    rounds, usage = await ledger.rounds("run-1"), await ledger.usage("run-1")
    assert await ledger.prune(before=EVER) == 2
    assert await ledger.rounds("run-1") == rounds
    assert await ledger.usage("run-1") == usage
    found = await ledger.verify()
    assert (found.sound, found.pruned) == (True, 2)


async def test_a_rollout_without_its_answer_is_run_again(ledger: SqlLedger) -> None:
    await full(ledger)
    key = a_rollout(1).key
    assert key in await ledger.rollouts([key])
    await ledger.prune(before=EVER)
    assert await ledger.rollouts([key]) == {}
    assert await ledger.exchange("run-1", "1/propose") is None


async def test_what_is_newer_stays(ledger: SqlLedger) -> None:
    await full(ledger)
    head = await ledger.chain_head()
    assert await ledger.prune(before=1.0) == 0
    assert await ledger.chain_head() == head, "nothing to enter"


async def test_twice_takes_nothing_more(ledger: SqlLedger) -> None:
    await full(ledger)
    await ledger.prune(before=EVER)
    head = await ledger.chain_head()
    assert await ledger.prune(before=EVER) == 0
    assert await ledger.chain_head() == head


async def test_the_text_is_gone_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await full(ledger)
        await ledger.prune(before=EVER)
        left = b"".join(file.read_bytes() for file in (path, path.with_name("ledger.db-wal")))
    assert SECRET.encode() not in left
