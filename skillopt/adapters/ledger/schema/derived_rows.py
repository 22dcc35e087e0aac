"""The tables that are made from the chain and are no part of it: each answers from one index."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field, SQLModel

from skillopt.adapters.ledger.schema.chained_row import Place


class RunSkillRow(SQLModel, table=True):
    """The skill that a run's record belongs to now. Not a part of the chain."""

    __tablename__ = "run_skills"
    __table_args__ = (Index("run_skills_skill", "skill"),)

    run: str = Field(primary_key=True)
    """The run's id."""
    skill: str
    """The skill's id: its path after all moves, or its name where it was given as a value."""


class RoundKeyRow(SQLModel, table=True):
    """A round is filed under its skill, criteria and sections. Not a part of the chain."""

    __tablename__ = "round_keys"

    key: int = Field(primary_key=True, sa_type=BigInteger)
    """Stands for `skill`, `criterion` or `section`, and its name."""
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    """The round's number in the chain."""


class RecalledRow(SQLModel, table=True):
    """A refusal as screens and digests need it. Made from its round; not a part of the chain."""

    __tablename__ = "recalled"

    entry: int = Field(primary_key=True, sa_type=Place, sa_column_kwargs={"autoincrement": False})
    """Grows with the age of the row it was made from; a part of a bundle comes after the whole."""
    round: str = Field(index=True)
    """The round's id."""
    document: str = Field(sa_type=Text)
    """The refusal."""


class RecallKeyRow(SQLModel, table=True):
    """A refusal under a recall key (:mod:`skillopt.core.history.recall`); not part of the chain."""

    __tablename__ = "recall_keys"

    key: int = Field(primary_key=True, sa_type=BigInteger)
    entry: int = Field(primary_key=True, sa_type=BigInteger)


class TallyRow(SQLModel, table=True):
    """How often an idea was refused at a stage. Made from the rounds; not a part of the chain."""

    __tablename__ = "tallies"
    __table_args__ = (Index("tallies_most", "skill_id", "count"),)

    skill_id: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    outcome: str = Field(primary_key=True)
    """`rejected` or `inconclusive`."""
    idea: str = Field(primary_key=True)
    """Name of the idea, the same for two spellings of it; empty for all ideas together."""
    example: str = Field(sa_type=Text)
    """The idea as it was first put."""
    count: int = Field(sa_type=BigInteger)
