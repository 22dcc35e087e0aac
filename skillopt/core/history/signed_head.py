"""A head of the ledger as a text that somebody signs."""

from __future__ import annotations

import re

from skillopt.core.value import Value

_TEXT = re.compile(
    r"skillopt ledger head\nledger ([0-9a-f]+)\nrows ([0-9]{1,19})\nlink ([0-9a-f]{64})\n"
    r"(-----BEGIN SSH SIGNATURE-----\n.+\n-----END SSH SIGNATURE-----)\s*",
    re.DOTALL,
)


class SignedHead(Value):
    """Where a chain ended when somebody signed for it."""

    ledger: str
    """The ledger's name."""
    rows: int
    """How many rows it had."""
    link: str
    """Link of the last of them."""
    signature: str = ""
    """An SSH signature of :attr:`message`, in its armour."""

    @property
    def message(self) -> str:
        """What is signed."""
        return f"skillopt ledger head\nledger {self.ledger}\nrows {self.rows}\nlink {self.link}\n"

    @property
    def text(self) -> str:
        """The message and its signature."""
        return f"{self.message}{self.signature.strip()}\n"


def signed_head(text: str) -> SignedHead | None:
    """The head that a text says; None where it is no signed head."""
    found = _TEXT.fullmatch(text.replace("\r\n", "\n"))
    if found is None:
        return None
    ledger, rows, link, signature = found.groups()
    return SignedHead(ledger=ledger, rows=int(rows), link=link, signature=signature)
