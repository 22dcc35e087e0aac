"""Signing the head of a ledger, and verifying a ledger against a head from before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from skillopt.adapters.ssh_signatures import sign, signer
from skillopt.core.history.signed_head import SignedHead, signed_head
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.adapters.ledger.audit.verification import Verification

_LINK = re.compile(r"([0-9a-fA-F]{64})")
_PRINTED = re.compile(r'"link": ?"([0-9a-f]{64})"')
"""As `skillopt ledger head --json` prints it."""


async def asign_head(ledger: SqlLedger, key: Path) -> SignedHead:
    """Where the chain ends, signed; the whole ledger is verified first.

    Raises:
        InputError: the key cannot sign, or the ledger is not sound: nobody should sign for that.
    """
    found = await ledger.verify()
    if found.bad is not None:
        raise InputError(
            f"the ledger is not sound at row {found.bad.seq} ({found.bad.table} {found.bad.row}): "
            f"{found.bad.problem}; it was not signed"
        )
    head = SignedHead(ledger=found.head.ledger, rows=found.head.seq, link=found.head.link)
    return head.model_copy(update={"signature": sign(head.message, key)})


async def averify(
    ledger: SqlLedger, *, pin: str | None = None, signers: Path | None = None
) -> tuple[Verification, str | None]:
    """What verification finds, and who has signed for the ledger.

    Args:
        ledger: open.
        pin: a head from before, plain or signed, or the file it is in: it must still be in the
            chain.
        signers: a file of allowed signers. One of them must have signed the head, and no row may
            come after it.

    Raises:
        InputError: there is no signed head to check, or ``pin`` is no head.
    """
    text = _content(pin) if pin is not None else None
    head = signed_head(text) if text is not None else None
    if signers is None:
        link = head.link if head else _plain_link(text) if text is not None else None
        return await ledger.verify(pinned=link), None
    if head is None:
        raise InputError(
            "--signers needs a signed head: make one with `skillopt ledger head --sign KEY > "
            "ledger.head`, then give --pin ledger.head"
        )
    name = signer(head.message, head.signature, signers)
    found = await ledger.verify(pinned=head.link, signed=head.rows)
    problem = None
    if name is None:
        problem = f"none of the signers in {signers} has signed it"
    elif found.head.ledger != head.ledger:
        problem = f"it was signed for the ledger {head.ledger}, this is {found.head.ledger}"
    if problem is not None:
        from skillopt.adapters.ledger.audit.verification import BadRow

        bad = BadRow(table="signed head", seq=head.rows, row=head.link[:12], problem=problem)
        found = found.model_copy(update={"bad": bad})
    return found, name


def _plain_link(text: str) -> str:
    """The link that an unsigned head is.

    Raises:
        InputError: it is none; a pin that is empty would hold nothing.
    """
    found = _LINK.fullmatch(text.strip()) or _PRINTED.search(text)
    if found is None:
        got = repr(text.strip()[:80]) if text.strip() else "empty"
        raise InputError(
            f"--pin is {got}, no head of a ledger: give the 64 hex digits that `skillopt ledger "
            "head` prints, or the file that they are in"
        )
    return found[1].lower()


def _content(pin: str) -> str:
    try:
        return Path(pin).read_text(encoding="utf-8") if Path(pin).is_file() else pin
    except (OSError, ValueError):
        return pin
