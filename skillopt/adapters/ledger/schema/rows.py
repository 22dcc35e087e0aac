"""The tables. Rows are never changed: what happens later is another row.

Every table but :class:`LedgerState` is a part of one chain
(:mod:`skillopt.adapters.ledger.schema.chain`): ``seq`` counts through all of them without a gap,
and ``link`` seals a row and everything before it. Times are UTC as ISO 8601 text; documents are
canonical JSON as text, so that they read, sort and hash alike in every database. Payloads are texts
that `prune` may delete later; the row keeps their digest.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from skillopt.adapters.ledger.schema.chained_row import ChainedRow
from skillopt.adapters.ledger.schema.people_rows import ApprovalRow, DecisionRow


class LedgerState(SQLModel, table=True):
    """One row: what this ledger is and where its chain ends."""

    __tablename__ = "ledger_state"
    __table_args__ = (CheckConstraint("id = 1", name="ledger_state_one"),)

    id: int = Field(primary_key=True)
    """Always 1."""
    ledger: str
    """Random name of this ledger; the origin of its rows when another ledger takes them in."""
    schema_version: int
    seq: int = Field(sa_type=BigInteger)
    """Number of the last row."""
    link: str
    """Link of the last row; the ledger's head."""


class RunRow(ChainedRow, table=True):
    """A run began."""

    __tablename__ = "runs"

    id: str = Field(unique=True)
    """When it began, and a random end."""
    fingerprint: str = Field(index=True)
    """Digest of skill, validation set, models and settings."""
    skill_name: str = Field(index=True)
    """What the skill is called; several skills may have one name."""
    skill_path: str | None
    """The skill's file or folder in the project, by which its record is kept; NULL for a value."""
    first: str
    """Digest of the version it started from."""
    validation_set: str
    """Digest of the validation set."""
    target: str
    """The model's string, or the name of a target of the caller's own."""
    optimizer: str
    """Likewise."""
    judge: str | None
    """Likewise; NULL where no rubric asks for one."""
    started: str
    """When the run began, UTC."""
    document: str = Field(sa_type=Text)
    """The run's record at its start."""


class RunEndRow(ChainedRow, table=True):
    """A run ended; where there are several rows, the newest holds."""

    __tablename__ = "run_ends"

    run: str = Field(index=True)
    """The run's id."""
    finished: str | None
    """When it ended, UTC."""
    stopped_by: str | None
    """Why the loop ended."""
    last: str | None
    """Digest of the version it ended with."""
    baseline: float | None
    """The first version's mean score on the validation tasks."""
    sealed_first: float | None
    """The first version's score in the sealed test, where that was opened."""
    sealed_last: float | None
    """The last version's."""
    certified: bool | None
    """Whether the sealed test proves the gain."""
    calls: int
    """Requests, retries included."""
    prompt_tokens: int
    """Tokens sent."""
    completion_tokens: int
    """Tokens received."""
    cost: float | None
    """US dollars; NULL where a price is unknown."""
    document: str = Field(sa_type=Text)
    """The run's record at its end."""


class VersionRow(ChainedRow, table=True):
    """A version of a skill, byte for byte."""

    __tablename__ = "versions"

    digest: str = Field(unique=True)
    """SHA-256 of the text in UTF-8; with other files, of the tree."""
    chars: int
    """The text's length in characters."""
    text: str = Field(sa_type=Text)
    """The content of the SKILL.md, or of a lone file."""
    files: str | None = Field(default=None, sa_type=Text)
    """JSON list of the folder's other files by path: `[path, digest, executable]`."""


class BlobRow(ChainedRow, table=True):
    """What a file beside a SKILL.md holds, byte for byte; versions that share it name it."""

    __tablename__ = "blobs"

    digest: str = Field(unique=True)
    """SHA-256 of the content."""
    size: int = Field(sa_type=BigInteger)
    """Bytes."""
    encoding: str
    """`utf-8` for text; `base64` for everything else."""
    content: str = Field(sa_type=Text)
    """The content in that encoding."""


class RolloutRow(ChainedRow, table=True):
    """One run of the target on one task with one version of the skill."""

    __tablename__ = "rollouts"
    __table_args__ = (
        UniqueConstraint("key", "attempt", name="rollouts_key_attempt"),
        Index("rollouts_spend", "run", "calls", "prompt_tokens", "completion_tokens", "cost"),
    )
    key: str
    """Digest of skill, task, target and trial: what has the same key need not be run again."""
    attempt: str
    """Who ran it: the run; for a missing one, the run and a hash of what happened."""
    run: str
    """The run that paid for it."""
    skill: str
    """Digest of the version; digest of the empty text for no skill."""
    task: str
    """Digest of the task."""
    task_id: str
    """The task's id in its validation set."""
    target: str
    """Digest of the target's identity."""
    trial: int
    """Which run of the same task and version, from 0."""
    status: str
    """`graded` or `missing`."""
    score: float | None
    """In [0, 1]; NULL for a missing one."""
    seconds: float
    """From sending the request to the graded answer."""
    calls: int
    """Requests, retries included."""
    prompt_tokens: int
    """Tokens sent."""
    completion_tokens: int
    """Tokens received."""
    cost: float | None
    """US dollars; NULL where a price is unknown."""
    payload_digest: str
    """Digest of the payload, also once that is pruned."""
    payload: str | None = Field(sa_type=Text)
    """JSON: the answer and the checks' results, or why it is missing; NULL once pruned."""


class ExchangeRow(ChainedRow, table=True):
    """One reply of the optimizer."""

    __tablename__ = "exchanges"
    __table_args__ = (
        UniqueConstraint("run", "key", "prompt_digest", name="exchanges_run_key_prompt"),
    )
    run: str
    """The run that paid for it."""
    key: str
    """`<round>/<step>`."""
    model: str
    """Identity digest of the optimizer."""
    prompt_digest: str
    """Digest of the optimizer's identity and the prompt."""
    calls: int
    """Requests, retries included."""
    prompt_tokens: int
    """Tokens sent."""
    completion_tokens: int
    """Tokens received."""
    cost: float | None
    """US dollars; NULL where a price is unknown."""
    payload_digest: str
    """Digest of the payload, also once that is pruned."""
    payload: str | None = Field(sa_type=Text)
    """JSON: the prompt and the reply; NULL once pruned."""


class RoundRow(ChainedRow, table=True):
    """A decided round: a proposal, its verdict and why."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("run", "number", name="rounds_run_number"),
        Index("rounds_skill_outcome", "skill_name", "outcome", "seq"),
        Index("rounds_skill", "skill_name", "seq"),
        Index("rounds_run", "run", "seq"),
        Index("rounds_outcome", "outcome", "seq"),
        Index("rounds_stage", "stage", "seq"),
        Index("rounds_code", "code", "seq"),
        Index("rounds_created", "created", "seq"),
    )

    id: str = Field(unique=True)
    """What `skillopt ledger show` takes."""
    run: str
    """The run's id."""
    number: int
    """Counted from 1 in its run."""
    skill_name: str
    """What the run's skill is called."""
    outcome: str
    """`accepted`, `rejected` or `inconclusive`."""
    stage: str
    """Where it was decided: `reply`, `fit`, `screen` or `gate`."""
    code: str
    """One word: the rule that decided."""
    reason: str = Field(sa_type=Text)
    """One sentence for a person."""
    idea: str = Field(sa_type=Text)
    """What the edits do, in the optimizer's words; empty where the reply was no proposal."""
    criteria: str = Field(sa_type=Text)
    """JSON list: the criteria the edits were meant to fix."""
    sections: str = Field(sa_type=Text)
    """JSON list: the headings under which the edits write."""
    parent: str
    """Digest of the incumbent."""
    candidate: str | None
    """Digest of the version it makes, where the edits fitted."""
    context: str
    """Digest of what a refusal is a fact about: target, validation set, gate policy."""
    edits_digest: str | None
    """Names the set of edits, whatever their order and white space."""
    edits: int
    """How many."""
    predicted_gain: float | None
    """What the optimizer expected the mean score to gain."""
    gain: float | None
    """Mean paired difference over the tasks seen; biased by selection."""
    p_value: float | None
    """Of the gate's last test."""
    tasks_seen: int | None
    """Validation tasks that the verdict rests on."""
    document: str = Field(sa_type=Text)
    """The whole round: critiques, proposal, first try, verdict with its pairs, spend."""
    words: str = Field(sa_type=Text)
    """What full-text search looks in; in rows that an earlier schema entered, the reason first."""


class EditRow(ChainedRow, table=True):
    """One edit of a round's proposal."""

    __tablename__ = "edits"
    __table_args__ = (UniqueConstraint("round", "number", name="edits_round_number"),)

    round: str
    """The round's id."""
    number: int
    """Counted from 0, as messages about edits do."""
    kind: str
    """`insert`, `replace` or `delete`."""
    section: str = Field(sa_type=Text)
    """Heading path, outermost first, joined by ` > `; empty for the whole body."""
    anchor: str = Field(sa_type=Text)
    """The text it was to be done at."""
    text: str = Field(sa_type=Text)
    """The new text; empty for a `delete`."""


class HeadMoveRow(ChainedRow, table=True):
    """A run made another version the head of a skill file."""

    __tablename__ = "head_moves"
    __table_args__ = (
        Index("head_moves_file", "skill_name", "path", "seq"),
        Index("head_moves_path", "path", "seq"),
    )

    skill_name: str
    """What the run's skill is called."""
    path: str
    """The file."""
    parent: str
    """Digest of the version it replaces."""
    new: str
    """Digest of the version it is now."""
    run: str
    """The run that moved it."""


class PruningRow(ChainedRow, table=True):
    """Payloads were deleted; the rows that had them stay, with their hashes."""

    __tablename__ = "prunings"

    before: str
    """Payloads of rows entered before this moment, UTC."""
    place: int = Field(sa_type=BigInteger)
    """Number of the last row it may have touched."""
    payloads: int = Field(sa_type=BigInteger)
    """How many were deleted."""


class ImportRow(ChainedRow, table=True):
    """Another ledger's rows were taken in; they are the rows with its name as their origin."""

    __tablename__ = "imports"

    ledger: str
    """The other ledger's random name."""
    head: str
    """Link of its last row at the time."""
    rows: int = Field(sa_type=BigInteger)
    """How many were new here."""


class AblationRow(ChainedRow, table=True):
    """The edits of a refused bundle were tried one by one, after its round was decided."""

    __tablename__ = "ablations"

    round: str = Field(index=True)
    """The round's id."""
    document: str = Field(sa_type=Text)
    """JSON list: each edit and how it fared alone."""


class SkillMoveRow(ChainedRow, table=True):
    """A skill's file was moved: what was entered before goes on under the new path."""

    __tablename__ = "skill_moves"

    old: str
    """The skill's id before: its path, or the name of one that was given as a value."""
    new: str
    """Its id from now on."""


class SchemaChangeRow(ChainedRow, table=True):
    """The ledger was created, or brought to another schema: what its state says is in the chain."""

    __tablename__ = "schema_changes"

    ledger: str
    """The ledger's name."""
    version: int
    """The schema from here on."""


CHAINED: tuple[type[ChainedRow], ...] = (
    RunRow,
    RunEndRow,
    VersionRow,
    BlobRow,
    RolloutRow,
    ExchangeRow,
    RoundRow,
    EditRow,
    HeadMoveRow,
    PruningRow,
    ImportRow,
    AblationRow,
    SkillMoveRow,
    ApprovalRow,
    DecisionRow,
    SchemaChangeRow,
)

for _row in CHAINED:
    _table = _row.__table__  # type: ignore[attr-defined]
    _table.append_constraint(CheckConstraint("seq > 0", name=f"{_table.name}_in_chain"))
