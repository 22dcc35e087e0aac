"""`skillopt ledger verify` and `head`, plain and signed."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger
from skillopt.errors import InputError
from tests.adapters.ledger.samples import a_rollout, filled
from tests.cli.commands import ran, said, said_json


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filled ledger, the one that commands in the working directory use."""
    path = tmp_path / "ledger.db"

    async def fill() -> None:
        async with SqlLedger.open(path) as opened:
            await filled(opened)

    asyncio.run(fill())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SKILLOPT_LEDGER", str(path))
    return path


def test_a_pinned_head_must_still_be_in_the_chain() -> None:
    head = said("ledger", "head").strip()
    assert said_json("ledger", "head")["link"] == head
    assert said("ledger", "verify", "--pin", head)
    Path("ledger.head").write_text(f"{head}\n")
    assert said("ledger", "verify", "--pin", "ledger.head")
    assert "verification FAILED" in said("ledger", "verify", "--pin", "f" * 64, exits=1)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_signed_head_names_its_signer_and_rows_that_were_entered_since(ledger: Path) -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "key"], check=True)
    Path("allowed_signers").write_text("me@example.org " + Path("key.pub").read_text())
    Path("ledger.head").write_text(said("ledger", "head", "--sign", "key"))
    asked = ("ledger", "verify", "--pin", "ledger.head", "--signers", "allowed_signers")
    assert "signed by me@example.org" in said(*asked)
    assert said_json(*asked)["signer"] == "me@example.org"

    async def enter() -> None:
        async with SqlLedger.open(ledger) as opened:
            await opened.add_rollout("run-1", a_rollout(1))

    asyncio.run(enter())
    assert "it was entered after the signed head" in said(*asked, exits=1)
    assert said("ledger", "verify", "--pin", "ledger.head")
    assert isinstance(ran("ledger", "verify", "--signers", "allowed_signers").exception, InputError)
