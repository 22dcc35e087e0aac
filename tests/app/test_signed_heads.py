"""A head that somebody has signed finds what a chain cannot: rows forged with all their hashes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from skillopt.adapters.ledger import SqlLedger, Verification
from skillopt.adapters.ssh_signatures import NAMESPACE
from skillopt.app.signed_heads import asign_head, averify
from skillopt.errors import InputError
from tests.adapters.ledger.samples import SKILL, a_rollout, a_round, a_run

pytestmark = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="OpenSSH's ssh-keygen is not installed"
)


def new_key(folder: Path, name: str, *, kind: str = "ed25519") -> Path:
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key], check=True)
    return key


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return new_key(tmp_path, "key")


@pytest.fixture
def signers(key: Path) -> Path:
    return allowed(key, "me@example.org")


def allowed(key: Path, name: str, options: str = "") -> Path:
    file = key.with_name("allowed_signers")
    file.write_text(f"{name} {options} {key.with_suffix('.pub').read_text()}")
    return file


@pytest.fixture
async def ledger_file(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    async with SqlLedger.open(path) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_rollout("run-1", a_rollout(1))
    return path


async def signed(path: Path, key: Path) -> Path:
    async with SqlLedger.open(path) as ledger:
        head = await asign_head(ledger, key)
    file = path.with_name("ledger.head")
    file.write_text(head.text)
    return file


async def verified(path: Path, head: Path, signers: Path | None) -> tuple[Verification, str | None]:
    async with SqlLedger.open(path) as ledger:
        return await averify(ledger, pin=str(head), signers=signers)


async def test_a_signed_ledger_verifies(ledger_file: Path, key: Path, signers: Path) -> None:
    found, name = await verified(ledger_file, await signed(ledger_file, key), signers)
    assert found.sound
    assert name == "me@example.org"


async def test_an_appended_row_is_found_by_the_signed_head_alone(
    ledger_file: Path, key: Path, signers: Path
) -> None:
    """It has all its hashes: whoever can write the file can enter it as skillopt would."""
    head = await signed(ledger_file, key)
    async with SqlLedger.open(ledger_file) as ledger:
        await ledger.add_rollout("run-1", a_rollout(2))
        last = (await ledger.chain_head()).seq
    found, _ = await verified(ledger_file, head, None)
    assert found.sound
    found, _ = await verified(ledger_file, head, signers)
    assert found.bad
    assert (found.bad.table, found.bad.seq) == ("rollouts", last)
    assert "after the signed head" in found.bad.problem


async def test_a_ledger_written_anew_is_found(ledger_file: Path, key: Path, signers: Path) -> None:
    head = await signed(ledger_file, key)
    other = ledger_file.with_name("other.db")
    async with SqlLedger.open(other) as ledger:
        await ledger.start_run(a_run(), SKILL)
        await ledger.add_round(*a_round())
    found, _ = await verified(other, head, signers)
    assert found.bad


async def test_a_changed_head_and_a_stranger_s_key_are_refused(
    ledger_file: Path, key: Path, signers: Path, tmp_path: Path
) -> None:
    head = await signed(ledger_file, key)
    text = head.read_text()
    head.write_text(text.replace("rows ", "rows 1"))
    found, name = await verified(ledger_file, head, signers)
    assert (found.sound, name) == (False, None)
    head = await signed(ledger_file, new_key(tmp_path, "stranger"))
    found, name = await verified(ledger_file, head, signers)
    assert found.bad
    assert "none of the signers" in found.bad.problem


def openssh(*arguments: str | Path, message: str) -> str:
    command = ["ssh-keygen", "-Y", *arguments]
    done = subprocess.run(command, input=message, capture_output=True, text=True, check=True)
    return done.stdout


async def test_a_signature_for_something_else_is_none(
    ledger_file: Path, key: Path, signers: Path
) -> None:
    head = await signed(ledger_file, key)
    message, _, _ = head.read_text().partition("-----BEGIN")
    made = openssh("sign", "-f", key, "-n", "git", message=message)
    head.write_text(message + made)
    found, name = await verified(ledger_file, head, signers)
    assert (found.sound, name) == (False, None)


async def test_openssh_checks_a_signed_head_by_itself(
    ledger_file: Path, key: Path, signers: Path, tmp_path: Path
) -> None:
    text = (await signed(ledger_file, key)).read_text()
    message, begin, rest = text.partition("-----BEGIN")
    (tmp_path / "sig").write_text(begin + rest)
    who = ("-f", signers, "-I", "me@example.org", "-n", NAMESPACE, "-s", tmp_path / "sig")
    assert "Good" in openssh("verify", *who, message=message)


async def test_an_unsound_ledger_is_not_signed(ledger_file: Path, key: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(ledger_file)
    with connection:
        connection.execute("UPDATE rollouts SET score = 0.0")
    connection.close()
    with pytest.raises(InputError, match="not signed"):
        await signed(ledger_file, key)


async def test_what_is_missing_is_told(ledger_file: Path, key: Path, signers: Path) -> None:
    with pytest.raises(InputError, match="no such key"):
        await signed(ledger_file, key.with_name("none"))
    with pytest.raises(InputError, match="cannot sign"):
        await signed(ledger_file, ledger_file)
    head = await signed(ledger_file, key)
    with pytest.raises(InputError, match="no such file of allowed signers"):
        await verified(ledger_file, head, key.with_name("none"))
    async with SqlLedger.open(ledger_file) as ledger:
        plain = (await ledger.chain_head()).link
        with pytest.raises(InputError, match="--signers needs a signed head"):
            await averify(ledger, pin=plain, signers=signers)
        found, _ = await averify(ledger, pin=plain)
        assert found.sound


@pytest.mark.parametrize("pin", ["", " \n", "abc", "no-such.head", "f" * 63, "f" * 65])
async def test_a_pin_that_is_no_head_is_refused(ledger_file: Path, pin: str) -> None:
    """An empty variable or file would else pin nothing, and every ledger would verify."""
    async with SqlLedger.open(ledger_file) as ledger:
        with pytest.raises(InputError, match="no head of a ledger"):
            await averify(ledger, pin=pin)


@pytest.mark.parametrize("content", [b"", b"\n"])
async def test_an_empty_file_is_no_pin(ledger_file: Path, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "empty.head"
    file.write_bytes(content)
    async with SqlLedger.open(ledger_file) as ledger:
        with pytest.raises(InputError, match="empty"):
            await averify(ledger, pin=str(file))


async def test_what_head_prints_as_json_is_a_pin(ledger_file: Path, tmp_path: Path) -> None:
    async with SqlLedger.open(ledger_file) as ledger:
        head = await ledger.chain_head()
        file = tmp_path / "head.json"
        file.write_text(head.model_dump_json(indent=2))
        found, _ = await averify(ledger, pin=str(file))
        assert found.sound
        file.write_text(file.read_text().replace(head.link, "0" * 63 + "1"))
        found, _ = await averify(ledger, pin=str(file))
    assert not found.sound
