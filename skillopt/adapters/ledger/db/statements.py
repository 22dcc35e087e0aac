"""Statements compiled to SQL, shared by all the SQLite files that a process opens.

SQLAlchemy keeps them for each engine, so every ledger would begin by compiling the same ones again:
a sixth of a short run. The dialects of two SQLite files compile alike, for it is one library.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Compiled, Dialect
from sqlalchemy.util import LRUCache


class Statements(LRUCache[Any, Compiled]):
    """Compiled statements by the key that SQLAlchemy makes, whose first part is the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        """What the statement was compiled to, for any of the files."""
        return super().get(_shared(key), default)

    def __setitem__(self, key: Any, value: Compiled) -> None:
        super().__setitem__(_shared(key), value)


def _shared(key: Any) -> Any:
    """The key with the kind of the dialect; a key that is made otherwise is left as it is."""
    dialect, *rest = key
    return (type(dialect), *rest) if isinstance(dialect, Dialect) else key


SQLITE = Statements(500)
