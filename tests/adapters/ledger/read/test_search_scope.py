"""Full-text search: in what people and models wrote, on both databases, in ledgers of any age."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.core.skill.skill import Skill
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert, filled

EARLIER = sorted((Path(__file__).parents[1] / "earlier").glob("*.gz"))


def unpacked(stored: Path, folder: Path) -> Path:
    path = folder / "other.db"
    path.write_bytes(gzip.decompress(stored.read_bytes()))
    return path


OF_REASONS = ("mean difference", "tasks", '"at most"')
"""Words that only skillopt's own sentences have in the samples."""


@pytest.mark.parametrize("words", OF_REASONS)
async def test_our_own_sentences_are_not_searched(ledger: SqlLedger, words: str) -> None:
    await filled(ledger)
    assert await ledger.search(words) == ()
    assert await ledger.list_rounds(RoundFilter(text=words)) == ()


@pytest.mark.parametrize("words", ["polite customers", "apologise", '"my refund"', "queue"])
async def test_ideas_edits_critiques_and_criteria_are(ledger: SqlLedger, words: str) -> None:
    await filled(ledger)
    found = await ledger.search(words)
    assert found
    assert all("»" in hit.excerpt and "difference" not in hit.excerpt for hit in found)


async def test_an_idea_that_repeats_a_reason_is_found(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(), SKILL)
    proposal = a_proposal(an_insert(), idea="the mean difference is not what counts")
    await ledger.add_round(*a_round(1, proposal=proposal))
    (hit,) = await ledger.search("mean difference")
    assert "»mean« »difference« is not" in hit.excerpt


async def test_a_hand_written_edit_is_found_by_the_lines_it_changed(ledger: SqlLedger) -> None:
    await ledger.start_run(a_run(kind="gate"), SKILL)
    new = Skill(text=SKILL.text.replace("- Be brief.", "- Be verbose."))
    round_, _ = a_round(1)
    by_hand = round_.model_copy(update={"proposal": None, "critiques": ()})
    await ledger.add_round(by_hand, new)
    assert [hit.round.id for hit in await ledger.search("verbose")] == [round_.id]
    assert await ledger.search('"Answer with the queue"') == ()
    assert (await ledger.verify()).sound


@pytest.mark.parametrize("stored", EARLIER, ids=lambda path: path.name)
async def test_an_earlier_ledger_is_searched_in_the_same_way_and_still_verifies(
    stored: Path, tmp_path: Path
) -> None:
    path = unpacked(stored, tmp_path)
    async with SqlLedger.open(path, create=False) as ledger:
        head = await ledger.chain_head()
        found = await ledger.search("refund")
        assert len(found) == 3
        assert all("difference" not in hit.excerpt for hit in found)
        for words in OF_REASONS:
            assert await ledger.search(words) == ()
        assert (await ledger.verify(pinned=head.link)).sound


@pytest.mark.parametrize("stored", EARLIER[2:], ids=lambda path: path.name)
async def test_rows_of_an_earlier_schema_that_are_taken_in_are_searched_in_the_same_way(
    stored: Path, tmp_path: Path, ledger: SqlLedger
) -> None:
    path = unpacked(stored, tmp_path)
    async with SqlLedger.open(path, create=False):
        pass
    await ledger.take_in(path)
    assert len(await ledger.search("refund")) == 3
    assert await ledger.search("mean difference") == ()
    assert (await ledger.verify()).sound
