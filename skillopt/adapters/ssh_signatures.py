"""Signing and checking with the user's SSH key, by OpenSSH's own program, as git does it.

`ssh-keygen -Y` knows every kind of key that the user may have: in a file with or without a
passphrase, in an agent, on a security key, certified; and the rules of a file of allowed signers.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from skillopt.errors import InputError

NAMESPACE = "skillopt-ledger-head"
"""What signatures are for: one that was made for something else (a commit, a file) is none here."""

_PATIENCE = 300.0
"""Seconds: a person may have to type a passphrase, or to touch a key."""


def sign(message: str, key: Path) -> str:
    """The armoured signature of a message.

    Args:
        message: what is signed, in UTF-8.
        key: the private key's file; or the public one's, where an agent has the private key.

    Raises:
        InputError: the key cannot sign, or OpenSSH is not installed.
    """
    if not key.is_file():
        raise InputError(f"no such key: {key}; name the file of an SSH key, as ~/.ssh/id_ed25519")
    done = _ssh_keygen("sign", "-f", str(key), "-n", NAMESPACE, message=message)
    if done.returncode or not done.stdout.startswith("-----BEGIN SSH SIGNATURE-----"):
        raise InputError(f"{key} cannot sign: {_said(done)}")
    return done.stdout


def signer(message: str, signature: str, signers: Path) -> str | None:
    """Who of the allowed signers made a signature; None where none of them did.

    Args:
        message: what was signed, in UTF-8.
        signature: in its armour.
        signers: a file of allowed signers, as `ssh-keygen` and git read it.

    Raises:
        InputError: the file is not there, or OpenSSH is not installed.
    """
    if not signers.is_file():
        raise InputError(
            f"no such file of allowed signers: {signers}; write lines of a name and a public key: "
            'echo "me@example.org $(cat ~/.ssh/id_ed25519.pub)" > allowed_signers'
        )
    with tempfile.TemporaryDirectory(prefix="skillopt-signature-") as folder:
        file = Path(folder) / "signature"
        file.write_text(signature.strip() + "\n", encoding="utf-8")
        both = ("-s", str(file), "-f", str(signers))
        found = _ssh_keygen("find-principals", *both, message=message)
        for name in found.stdout.splitlines() if found.returncode == 0 else ():
            checked = _ssh_keygen("verify", *both, "-I", name, "-n", NAMESPACE, message=message)
            if checked.returncode == 0:
                return name
    return None


def _ssh_keygen(action: str, *arguments: str, message: str) -> subprocess.CompletedProcess[str]:
    command = ["ssh-keygen", "-Y", action, *arguments]
    try:
        return subprocess.run(  # noqa: S603 - no shell; the files are named by the user
            command,
            input=message,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise InputError(
            "ssh-keygen is not installed; signing needs OpenSSH 8.2 or newer (openssh-client)"
        ) from None
    except subprocess.TimeoutExpired:
        raise InputError(f"ssh-keygen did not answer in {_PATIENCE:.0f} s") from None


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"ssh-keygen ended with {done.returncode}"
