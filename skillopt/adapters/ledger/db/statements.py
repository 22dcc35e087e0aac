"""Statements compiled to SQL, shared by all the SQLite files that a process opens.

SQLAlchemy keeps them for each engine, so every ledger would begin by compiling the same ones again:
a sixth of a short run. The dialects of two SQLite files compile alike, for it is one library.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Compiled
from sqlalchemy.util import LRUCache


class Statements(LRUCache[Any, Compiled]):
    """Compiled statements by the key that SQLAlchemy makes, whose first part is the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What the statement was compiled to, for whichever file."""
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, value: Compiled) -> None:
        super().__setitem__(key[1:], value)


SQLITE = Statements(500)
