"""One edit through the gate, and the run that records it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.app.session import open_session
from skillopt.app.single_edit import GatedEdit, decide
from skillopt.core.gate import Outcome
from skillopt.core.gate.power import power_on
from skillopt.core.history.run import AcceptedRound, RefusedRound
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.skill.skill import Skill
from skillopt.errors import CallFailed, RunStopped
from tests.app.jobs import BETTER, WORDS, job
from tests.engine.setups import proposal_of
from tests.scripted import SKILL, tasks
from tests.standins_ledger import MemoryLedger
from tests.targets import ScriptedTarget

WORSE = Skill(text=SKILL.text.replace("- bread: bakery\n", ""))
CANDIDATE = Candidate(proposal=proposal_of(WORDS), skill=BETTER, changed_chars=len(WORDS))


async def decided(ledger: MemoryLedger, what: Candidate | Skill, **more: Any) -> GatedEdit:
    options = {key: more.pop(key) for key in ("target",) if key in more}
    async with open_session(job(ledger=ledger, **options)) as session:
        return await decide(session, what, **more)


@pytest.mark.parametrize(
    ("new", "outcome"), [(BETTER, Outcome.ACCEPTED), (WORSE, Outcome.REJECTED)]
)
async def test_the_run_of_an_edit_has_one_round_and_the_version_that_goes_on(
    new: Skill, outcome: Outcome
) -> None:
    ledger = MemoryLedger()
    found = await decided(ledger, new)
    assert (found.outcome, found.old, found.new) == (outcome, SKILL.digest, new.digest)
    record = ledger.ends[found.run]
    assert (record.kind, record.stopped_by) == ("gate", outcome.value)
    assert record.last == (new if outcome is Outcome.ACCEPTED else SKILL).digest
    (round_,) = await ledger.rounds(found.run)
    assert round_.decision.verdict == found.verdict
    assert isinstance(round_.decision, AcceptedRound) is (outcome is Outcome.ACCEPTED)
    assert await ledger.skill(new.digest) == new
    assert found.usage == await ledger.usage(found.run) == round_.spent
    assert found.power == power_on(tasks(), record.settings.gate)


async def test_a_hand_written_version_has_no_proposal_and_a_candidate_has_its_own() -> None:
    for what, proposal in ((BETTER, None), (CANDIDATE, CANDIDATE.proposal)):
        ledger = MemoryLedger()
        found = await decided(ledger, what, retries="r1" if proposal else None)
        (round_,) = await ledger.rounds(found.run)
        assert (round_.proposal, round_.number) == (proposal, 1)
        assert found.retries == ledger.runs[found.run].retries == ("r1" if proposal else None)


async def test_a_baseline_that_could_not_be_had_is_inconclusive_and_kept() -> None:
    def before(skill: str, _task: object, _trial: int) -> None:
        if skill == SKILL.text:
            raise CallFailed("the provider is down")

    ledger = MemoryLedger()
    found = await decided(ledger, BETTER, target=ScriptedTarget(before=before))
    assert (found.outcome, found.verdict.code) == (Outcome.INCONCLUSIVE, "missing")
    assert "24 of 24 validation tasks have no outcome" in found.verdict.reason
    (round_,) = await ledger.rounds(found.run)
    assert isinstance(round_.decision, RefusedRound)
    assert ledger.ends[found.run].last == SKILL.digest


async def test_a_provider_that_refuses_every_call_leaves_the_run_without_an_end() -> None:
    def before(_skill: str, _task: object, _trial: int) -> None:
        raise RunStopped("wrong key")

    ledger = MemoryLedger()
    with pytest.raises(RunStopped):
        await decided(ledger, BETTER, target=ScriptedTarget(before=before))
    (record,) = ledger.runs.values()
    assert ledger.ends == {}
    assert await ledger.rounds(record.id) == ()


async def test_two_files_of_one_name_and_text_share_what_was_paid_and_no_entry(
    tmp_path: Path,
) -> None:
    (tmp_path / "skillopt.toml").touch()
    for folder in ("a", "b"):
        (tmp_path / folder / "desks").mkdir(parents=True)
        (tmp_path / folder / "desks" / "SKILL.md").write_bytes(SKILL.to_bytes())

    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:

        async def asked(folder: str) -> GatedEdit:
            made = job(ledger=ledger, skill=tmp_path / folder / "desks")
            async with open_session(made) as session:
                return await decide(session, WORSE)

        first, other = await asked("a"), await asked("b")
        assert other.verdict == first.verdict
        assert (first.usage.calls > 0, other.usage.calls) == (True, 0)
        assert other.entry != first.entry
        for folder, found in (("a", first), ("b", other), ("a", first)):
            again = await asked(folder)
            assert (again.entry, again.known_since is None) == (found.entry, False)
            (kept,) = await ledger.list_rounds(RoundFilter(skill=f"./{folder}/desks"))
            assert kept.id == found.entry
