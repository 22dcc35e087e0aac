"""Searching ideas, edits and critiques, on both databases."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.schema.full_text import terms_of
from skillopt.errors import InputError
from tests.adapters.ledger.samples import (
    filled,
)


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
    with pytest.raises(InputError, match="no word to search for"):
        await ledger.search("-order")
