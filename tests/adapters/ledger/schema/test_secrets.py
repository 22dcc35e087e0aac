"""Secrets are planted in everything that can be entered, and looked for in the file's bytes."""

from __future__ import annotations

import json
from pathlib import Path

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.proposals.critique import Critique
from skillopt.core.skill.skill import Skill
from tests.adapters.ledger.samples import (
    SKILL,
    a_missing,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
)

SECRET = "sk-PLANTED0123456789abcdef"
URL = "postgresql://me:PLANTEDpassword1@db/x"
BOTH = f"use {SECRET} at {URL}"
OTHERS = (
    "gsk_PLANTED0123456789abcdefghijkl",
    "nvapi-PLANTED_0123456789-abcdefghijkl",
    "GOCSPX-PLANTED0123456789abcdefghijk",
    "npm_PLANTED0123456789abcdefghijklmnopqrs",
    "https://hooks.slack.com/services/T0123/B0123/PLANTED0123456789",
    "AccountName=x;AccountKey=PLANTED0123456789abcdefghijklmnopqrstuvwxyz+/==;",
    "-----BEGIN PRIVATE KEY-----\nPLANTED0123456789abcdef+/\n-----END PRIVATE KEY-----",
)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_no_planted_secret_is_stored(tmp_path: Path) -> None:
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        run = a_run(target=URL, optimizer=BOTH, judge=SECRET, skill_path=f"/home/{SECRET}/SKILL.md")
        await ledger.start_run(run, SKILL)
        await ledger.add_rollout(
            "run-1", a_rollout(1, answer=BOTH).model_copy(update={"target_error": BOTH})
        )
        await ledger.add_rollout("run-1", a_missing(2, reason=BOTH))
        await ledger.add_exchange(an_exchange(prompt=BOTH, reply=BOTH))
        round_, candidate = a_round(1, proposal=a_proposal(an_insert(f"- {BOTH}\n"), idea=BOTH))
        critique = Critique(rollout="r1", criterion="queue", quote=BOTH, cause=BOTH)
        await ledger.add_round(round_.model_copy(update={"critiques": (critique,)}), candidate)
        await ledger.finish_run(an_end(run, stopped_by=BOTH))
        assert (await ledger.verify()).sound
        assert len(await ledger.refusals("triage")) == 1
        assert candidate
        assert await ledger.skill(candidate.digest) is None
        await ledger.list_rounds()
    stored = everything_in(tmp_path)
    assert b"PLANTED" not in stored
    assert b"[redacted]" in stored


async def test_an_accepted_version_is_kept_to_the_byte(tmp_path: Path) -> None:
    """A skill is published text: replay and revert need it exactly, and `docs/ledger.md` says so."""
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        proposal = a_proposal(an_insert("- Send `Authorization: Bearer 0123456789abcdef0123`.\n"))
        round_, candidate = a_round(1, proposal=proposal, outcome=Outcome.ACCEPTED)
        await ledger.add_round(round_, candidate)
        assert isinstance(candidate, Skill)
        assert await ledger.skill(candidate.digest) == candidate
        assert (await ledger.verify()).replayed == 1


async def test_keys_in_a_json_reply_are_not_stored_and_the_reply_stays_json(tmp_path: Path) -> None:
    reply = json.dumps({"keys": OTHERS, "lines": "\n".join(OTHERS)})
    async with SqlLedger.open(tmp_path / "ledger.db") as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_exchange(an_exchange(prompt="\n".join(OTHERS), reply=reply))
        kept = await ledger.exchange("run-1", an_exchange().key)
    assert b"PLANTED" not in everything_in(tmp_path)
    assert kept
    assert len(json.loads(kept.reply)["keys"]) == len(OTHERS)
