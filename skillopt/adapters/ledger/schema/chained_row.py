"""What every row of the chain has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlmodel import Field, SQLModel

Place: Any = BigInteger().with_variant(Integer, "sqlite")
"""The type of `seq`; SQLite keys a table by its rows' own numbers only if it is called INTEGER."""


class ChainedRow(SQLModel):
    """What every row of the chain has."""

    seq: int = Field(primary_key=True, sa_type=Place, sa_column_kwargs={"autoincrement": False})
    """Its place in the chain, counted from 1."""
    created: str
    """When it was entered, UTC."""
    origin: str | None = Field(default=None)
    """The ledger it was taken in from; NULL for a row that was entered here."""
    link: str
    """SHA-256 of the link before it and of the row's content."""
