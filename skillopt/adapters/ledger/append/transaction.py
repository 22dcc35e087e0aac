"""What one transaction enters: rows get their places in the chain, and nothing is entered twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, Table, insert, select, text, update

from skillopt.adapters.ledger.index.filing import file_rows, refill
from skillopt.adapters.ledger.index.run_skills import (
    all_skills,
    file_runs,
    is_of,
    run_counts,
    skills_of,
)
from skillopt.adapters.ledger.schema import folders, mapping
from skillopt.adapters.ledger.schema.chain import next_link
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.state import state_of
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    BLOBS,
    EDITS,
    EXCHANGES,
    HEAD_MOVES,
    ROLLOUTS,
    ROUNDS,
    RUN_ENDS,
    RUNS,
    SKILL_MOVES,
    STATE,
    VERSIONS,
)
from skillopt.core.history.run import Exchange, Round, RunRecord
from skillopt.core.proposals.refusal import Ablation
from skillopt.core.skill.diff import changed_lines
from skillopt.core.skill.skill import Skill
from skillopt.errors import HeadMoved, InputError, LedgerError

MOST_KEYS = 500
"""Keys looked up by one statement."""


class Entering:
    """A transaction that holds the ledger's lock from its first statement to its commit."""

    def __init__(self, connection: Connection, *, now: str) -> None:
        self.connection = connection
        self._now = now
        state = state_of(connection, lock=True)
        self._seq, self._link = state["seq"], state["link"]
        self._first = self._seq
        self._new: dict[Table, list[Row]] = defaultdict(list)

    @property
    def place(self) -> int:
        """Number of the last row."""
        return int(self._seq)

    def append(self, table: Table, row: Row, *, origin: str | None = None) -> int:
        """Give ``row`` the next place in the chain; it is written by :meth:`write`."""
        self._seq += 1
        placed = {"seq": self._seq, "created": self._now, "origin": origin, **row}
        self._link = next_link(self._link, table.name, placed)
        placed["link"] = self._link
        self._new[table].append(placed)
        return int(self._seq)

    def write(self) -> None:
        """Insert what was appended so far, and move the chain's end."""
        for table, rows in self._new.items():
            self.connection.execute(insert(table), rows)
        self._index(self._new.get(ROUNDS, ()))
        self._file()
        self._new.clear()
        if self._seq > self._first:
            moved = update(STATE).values(seq=self._seq, link=self._link)
            self.connection.execute(moved)
            self._first = self._seq

    def first_of(self, query: Select[Any]) -> Row | None:
        """The first row of ``query``, what was appended before included."""
        self.write()
        found = self.connection.execute(query.limit(1)).mappings().first()
        return dict(found) if found else None

    def _file(self) -> None:
        if SKILL_MOVES in self._new:
            refill(self.connection)
            return
        file_runs(self.connection, self._new.get(RUNS, ()))
        file_rows(
            self.connection,
            rounds=self._new.get(ROUNDS, ()),
            ablations=self._new.get(ABLATIONS, ()),
        )

    def _index(self, rounds: Iterable[Row]) -> None:
        indexed = [{"seq": row["seq"]} for row in rounds]
        if indexed and self.connection.dialect.name == "sqlite":
            into = text(
                "INSERT INTO round_search (rowid, words) "
                "SELECT seq, words FROM round_written WHERE seq = :seq"
            )
            self.connection.execute(into, indexed)


def enter_rollouts(entering: Entering, rows: Sequence[Row]) -> None:
    """Enter rollouts; those that are there already are left as they are."""
    there: set[tuple[str, str]] = set()
    keys = [row["key"] for row in rows]
    for start in range(0, len(keys), MOST_KEYS):
        known = ROLLOUTS.c.key.in_(keys[start : start + MOST_KEYS])
        found = entering.connection.execute(select(ROLLOUTS.c.key, ROLLOUTS.c.attempt).where(known))
        there.update((key, attempt) for key, attempt in found)
    for row in rows:
        name = (row["key"], row["attempt"])
        if name not in there:
            there.add(name)
            entering.append(ROLLOUTS, row)


def enter_run(entering: Entering, run: RunRecord, skill: Skill) -> None:
    """Enter a run and its skill's first version.

    Raises:
        LedgerError: another run has this id.
    """
    row = mapping.run_row(run)
    there = entering.first_of(select(RUNS.c.fingerprint).where(RUNS.c.id == run.id))
    if there and there["fingerprint"] != run.fingerprint:
        raise LedgerError(f"run {run.id} is in the ledger with another skill, task set or settings")
    if not there:
        entering.append(RUNS, row)
    enter_version(entering, skill)


def enter_version(entering: Entering, skill: Skill) -> None:
    """Enter a version's text and the content of its other files, each once."""
    query = select(VERSIONS.c.seq).where(VERSIONS.c.digest == skill.digest)
    if entering.first_of(query) is not None:
        return
    blobs = list(folders.blob_rows(skill))
    there: set[str] = set()
    for start in range(0, len(blobs), MOST_KEYS):
        wanted = [blob["digest"] for blob in blobs[start : start + MOST_KEYS]]
        known = select(BLOBS.c.digest).where(BLOBS.c.digest.in_(wanted))
        there.update(entering.connection.execute(known).scalars())
    for blob in blobs:
        if blob["digest"] not in there:
            entering.append(BLOBS, blob)
    entering.append(VERSIONS, folders.version_row(skill))


def version(connection: Connection, digest: str) -> Skill | None:
    """A version by digest.

    Raises:
        LedgerError: its files cannot be read, or are not there.
    """
    return versions_of(connection, (digest,)).get(digest)


def versions_of(connection: Connection, digests: Iterable[str]) -> dict[str, Skill]:
    """Versions by their digests; those that the ledger does not have are left out.

    Raises:
        LedgerError: files of one cannot be read, or are not there.
    """
    query = select(VERSIONS.c.digest, VERSIONS.c.text, VERSIONS.c.files)
    asked = list(dict.fromkeys(digests))
    stored: list[Row] = []
    for start in range(0, len(asked), MOST_KEYS):
        some = query.where(VERSIONS.c.digest.in_(asked[start : start + MOST_KEYS]))
        stored += map(dict, connection.execute(some).mappings())
    found: dict[str, bytes] = {}
    wanted = sorted({file.digest for row in stored for file in folders.files_of(row)})
    for start in range(0, len(wanted), MOST_KEYS):
        blobs = select(BLOBS).where(BLOBS.c.digest.in_(wanted[start : start + MOST_KEYS]))
        rows = connection.execute(blobs).mappings()
        found.update((blob["digest"], folders.blob_data(dict(blob))) for blob in rows)
    return {str(row["digest"]): folders.skill_of(row, found) for row in stored}


def enter_round(entering: Entering, round_: Round, skill: Skill | None) -> None:
    """Enter a round, its edits and its candidate's text.

    Raises:
        LedgerError: the run is not there; or this round of it is, with another end.
    """
    run = entering.first_of(select(RUNS.c.skill_name).where(RUNS.c.id == round_.run))
    if run is None:
        raise LedgerError(f"run {round_.run} is not in the ledger; start it before its rounds")
    row = mapping.round_row(
        round_, run["skill_name"], changed=_changed_by_hand(entering, round_, skill)
    )
    same_id = ROUNDS.c.id == round_.id
    same_place = (ROUNDS.c.run == round_.run) & (ROUNDS.c.number == round_.number)
    columns = (ROUNDS.c.id, ROUNDS.c.outcome, ROUNDS.c.edits_digest, ROUNDS.c.candidate)
    there = entering.first_of(select(*columns).where(same_id | same_place))
    if there is None:
        entering.append(ROUNDS, row)
        for edit in mapping.edit_rows(round_):
            entering.append(EDITS, edit)
    elif any(there[name] != row[name] for name in there):
        raise LedgerError(
            f"round {round_.number} of run {round_.run} is in the ledger and ended otherwise: two "
            "processes work on this run; stop one of them"
        )
    if skill is not None and not mapping.holds_secret(round_):
        enter_version(entering, skill)


def _changed_by_hand(entering: Entering, round_: Round, new: Skill | None) -> str:
    """The lines that a hand-written edit took away or wrote: it has no proposal to search in."""
    if round_.proposal is not None or new is None or mapping.holds_secret(round_):
        return ""
    entering.write()
    old = version(entering.connection, round_.parent)
    return "" if old is None else "\n".join(changed_lines(old, new))


def enter_ablation(entering: Entering, ablation: Ablation) -> None:
    """Enter how the edits of a refused round fare alone; the same again changes nothing.

    Raises:
        LedgerError: the round is not there.
    """
    row = mapping.ablation_row(ablation)
    if entering.first_of(select(ROUNDS.c.seq).where(ROUNDS.c.id == ablation.round)) is None:
        raise LedgerError(f"round {ablation.round} is not in the ledger")
    ablations = select(ABLATIONS.c.document).where(ABLATIONS.c.round == ablation.round)
    last = entering.first_of(ablations.order_by(ABLATIONS.c.seq.desc()))
    if last is None or last["document"] != row["document"]:
        entering.append(ABLATIONS, row)


def enter_exchange(entering: Entering, exchange: Exchange) -> None:
    """Enter a reply, once."""
    row = mapping.exchange_row(exchange)
    same = [EXCHANGES.c[name] == row[name] for name in ("run", "key", "prompt_digest")]
    if entering.first_of(select(EXCHANGES.c.seq).where(*same)) is None:
        entering.append(EXCHANGES, row)


def enter_run_end(entering: Entering, run: RunRecord) -> None:
    """Enter a run's end; a later end of the same run holds in place of an earlier one.

    Raises:
        LedgerError: the run is not there.
    """
    if entering.first_of(select(RUNS.c.seq).where(RUNS.c.id == run.id)) is None:
        raise LedgerError(f"run {run.id} is not in the ledger; start it before it ends")
    row = mapping.run_end_row(run)
    ends = select(RUN_ENDS.c.document).where(RUN_ENDS.c.run == run.id)
    last = entering.first_of(ends.order_by(RUN_ENDS.c.seq.desc()))
    if last is None or last["document"] != row["document"]:
        entering.append(RUN_ENDS, row)


def enter_head_move(entering: Entering, move: Row) -> None:
    """Make another version the head of a skill file.

    Args:
        entering: the transaction.
        move: `skill_name`, `path`, `parent`, `new` and `run`.

    Raises:
        HeadMoved: since this run began, another one has moved the head elsewhere.
        LedgerError: the run is not there.
    """
    run = entering.first_of(select(RUNS.c.seq).where(RUNS.c.id == move["run"]))
    if run is None:
        raise LedgerError(f"run {move['run']} is not in the ledger; start it before its head")
    skill = skills_of(entering.connection, [move["run"]])[move["run"]]
    last = entering.first_of(last_head_move(skill, move["path"]))
    if last is not None:
        if (last["run"], last["new"]) == (move["run"], move["new"]):
            return
        moved_since = last["seq"] > run["seq"] and last["run"] != move["run"]
        if moved_since and last["new"] != move["parent"]:
            raise HeadMoved(
                f"run {last['run']} made version {last['new'][:12]} the head of {move['path']} "
                f"while run {move['run']} was in progress; both versions are in the ledger: "
                "compare them with `skillopt diff`, then tune again from the one you want"
            )
    entering.append(HEAD_MOVES, move)


def enter_skill_move(entering: Entering, old: str, new: str) -> int:
    """Let a skill's record go on under another id; how many runs it has.

    Raises:
        InputError: the ledger has no run of the skill.
    """
    entering.write()
    runs = run_counts(entering.connection, [old]).get(old, 0)
    if not runs:
        known = ", ".join(all_skills(entering.connection)) or "none"
        raise InputError(f"the ledger has no run of the skill {old}; it has: {known}")
    if old != new:
        entering.append(SKILL_MOVES, {"old": old, "new": new})
    return runs


def last_head_move(skill_id: str, path: str) -> Select[Any]:
    """The newest head of a skill file, first; those of ledgers that were taken in do not count."""
    file = is_of(HEAD_MOVES.c.run, skill_id) & (HEAD_MOVES.c.path == path)
    return (
        select(HEAD_MOVES)
        .where(file & HEAD_MOVES.c.origin.is_(None))
        .order_by(HEAD_MOVES.c.seq.desc())
    )
