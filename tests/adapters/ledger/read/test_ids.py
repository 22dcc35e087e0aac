"""Ids as people type them, and what a wrong one is answered with."""

from __future__ import annotations

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_proposal, a_round, a_run, an_insert


async def filled(ledger: SqlLedger, *ids: str) -> None:
    await ledger.start_run(a_run("20260102-run"), SKILL)
    await ledger.start_run(a_run("20260103-run"), SKILL)
    for number, name in enumerate(ids, 1):
        proposal = a_proposal(an_insert(f"- {number}.\n"), idea=f"idea {name} " + "and more " * 9)
        round_ = a_round(number, run="20260102-run", proposal=proposal)[0]
        await ledger.add_round(round_.model_copy(update={"id": name}), None)


async def test_an_ambiguous_beginning_names_the_candidates(ledger: SqlLedger) -> None:
    await filled(ledger, "a1b2", "a1c3", "ffff")
    with pytest.raises(InputError) as told:
        await ledger.show_round("a1")
    assert "a1b2 (rejected: idea a1b2 and more" in str(told.value)
    assert "a1c3 (rejected: idea a1c3 and more" in str(told.value)
    assert "…)" in str(told.value)
    assert "ffff" not in str(told.value)
    with pytest.raises(InputError, match=r"could be 20260102-run \(of triage\), 20260103-run"):
        await ledger.show_run("2026")


async def test_of_many_candidates_some_are_named(ledger: SqlLedger) -> None:
    await filled(ledger, *(f"a{number}" for number in range(7)))
    with pytest.raises(InputError, match=r"a4 \(.*\) or another one; type more of the id"):
        await ledger.show_round("a")


@pytest.mark.parametrize("typo", ["3f9a12345687", "3f9b12345678", "3f91a"])
async def test_a_typo_is_told_with_the_closest_id_and_how_to_list(
    ledger: SqlLedger, typo: str
) -> None:
    await filled(ledger, "3f9a12345678", "0123456789ab")
    with pytest.raises(InputError) as told:
        await ledger.show_round(typo)
    assert "did you mean 3f9a12345678?" in str(told.value)
    assert "`skillopt ledger list` shows the ids" in str(told.value)


async def test_what_resembles_nothing_is_told_how_to_list(ledger: SqlLedger) -> None:
    await filled(ledger, "3f9a12345678")
    with pytest.raises(InputError, match=r"^no proposal 'zzzz' in the ledger; `skillopt ledger"):
        await ledger.show_round("zzzz")
    with pytest.raises(InputError, match=r"no run 'zzzz' in the ledger; `skillopt runs list`"):
        await ledger.list_rounds(RoundFilter(run="zzzz"))


async def test_an_id_of_the_other_kind_is_told_with_the_right_command(ledger: SqlLedger) -> None:
    await filled(ledger, "3f9a12345678")
    with pytest.raises(InputError, match="is a run, not a proposal; `skillopt runs show 20260102"):
        await ledger.show_round("20260102-run")
    with pytest.raises(InputError, match="is a proposal, not a run; `skillopt ledger show 3f9a`"):
        await ledger.show_run("3f9a")
