"""`skillopt ledger verify` and `skillopt ledger head`: whether the record can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.output import count, print_json, say
from skillopt.cli.store import LedgerOption, read
from skillopt.cli.terminal import printable

UNSOUND = 1
"""Exit code of `verify` if a row is bad."""


def verify_command(
    *,
    pin: Annotated[
        str | None,
        typer.Option(help="An earlier head, or its file; it must still be in the chain."),
    ] = None,
    signers: Annotated[
        Path | None,
        typer.Option(
            help="Allowed signers, as ssh-keygen reads them; one must have signed the --pin head."
        ),
    ] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash and replay every accepted edit; report the first bad row.

    With --signers, rows that were entered after the signed head are reported as well. Exit code 0
    if the ledger verifies, 1 if not, 4 if it cannot be read.

    Example: skillopt ledger verify --pin ledger.head --signers allowed_signers
    """
    from skillopt.app.signed_heads import averify

    found, signer = read(ledger, lambda opened: averify(opened, pin=pin, signers=signers))
    if as_json:
        print_json({"sound": found.sound, "signer": signer, **found.model_dump(mode="json")})
    elif found.bad is None:
        pruned = f", {found.pruned} payloads pruned" if found.pruned else ""
        replayed = f"{count(found.replayed, 'accepted edit')} replayed"
        signed = f", signed by {printable(signer)}" if signer else ""
        say(f"verified: {count(found.rows, 'row')}, {replayed}{pruned}{signed}")
        say(f"head {found.head.link}")
    else:
        bad = found.bad
        say(f"verification FAILED at row {bad.seq} ({bad.table} {bad.row}): {bad.problem}")
        say(f"{count(found.rows, 'row')} before it verified")
    if not found.sound:
        raise typer.Exit(UNSOUND)


def head_command(
    *,
    sign: Annotated[
        Path | None,
        typer.Option(metavar="KEY", help="Verify the ledger and sign its head with this SSH key."),
    ] = None,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Print the hash that covers everything in the ledger, to pin in version control.

    Example: skillopt ledger head --sign ~/.ssh/id_ed25519 > ledger.head
    """
    if sign is None:
        head = read(ledger, lambda opened: opened.chain_head())
        if as_json:
            print_json(head)
        else:
            say(head.link)
        return
    from skillopt.app.signed_heads import asign_head

    key = sign.expanduser()
    signed = read(ledger, lambda opened: asign_head(opened, key))
    if as_json:
        print_json(signed)
    else:
        say(signed.text.rstrip())
