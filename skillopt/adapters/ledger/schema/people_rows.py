"""The tables of what waits for a person, and of what people decide."""

from __future__ import annotations

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field

from skillopt.adapters.ledger.schema.chained_row import ChainedRow


class ApprovalRow(ChainedRow, table=True):
    """The gate accepted a proposal, which waits for a person's decision."""

    __tablename__ = "approvals"
    __table_args__ = (UniqueConstraint("run", "number", name="approvals_run_number"),)

    id: str = Field(unique=True)
    """The id that its round has once it is decided."""
    run: str
    """The run's id."""
    number: int
    """The round, counted from 1 in its run."""
    skill_name: str
    """What the run's skill is called."""
    parent: str
    """Digest of the incumbent."""
    candidate: str
    """Digest of the version that waits."""
    document: str = Field(sa_type=Text)
    """The whole round, as it is entered if it is approved."""


class DecisionRow(ChainedRow, table=True):
    """A person decided on what waited: once, and nobody after that."""

    __tablename__ = "decisions"

    approval: str = Field(unique=True)
    """The id of what waited."""
    kind: str
    """`approved`, `edited` or `refused`."""
    person: str
    """Who decided, by the name that was given or found."""
    known_by: str
    """Where the name is from: `given`, `git`, `login` or `page`."""
    reason: str = Field(sa_type=Text)
    """Why, in the person's words; empty where nothing was said."""
    candidate: str | None
    """Digest of the person's own version, where it was edited."""
    proposal: str | None = Field(sa_type=Text)
    """JSON: the edits that make it."""
