"""What a row says must agree with itself, and with the rows before it.

The chain shows that a row is the one that was entered; this shows that it could have been: digests
are those of their texts, columns repeat their documents, and accepted edits make their versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sqlalchemy import Connection, Table, select

from skillopt.adapters.ledger.audit.decisions import Decisions
from skillopt.adapters.ledger.index.recall import parts_of
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.schema import folders, mapping, people
from skillopt.adapters.ledger.schema.mapping import Row, stored_json
from skillopt.adapters.ledger.schema.tables import (
    ABLATIONS,
    APPROVALS,
    BLOBS,
    DECISIONS,
    EDITS,
    EXCHANGES,
    PRUNINGS,
    ROLLOUTS,
    ROUNDS,
    RUN_ENDS,
    RUNS,
    SCHEMA_CHANGES,
    VERSIONS,
)
from skillopt.core.evaluation.rollout import RolloutKey
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.redaction import REDACTED
from skillopt.core.skill.edit import Misfit, apply
from skillopt.core.skill.skill_file import SKILL_MD, SkillFile
from skillopt.core.value import content_hash, text_hash
from skillopt.errors import LedgerError

_WORDS_SINCE = 7
"""The schema since which the words of a round are composed as they are now."""


class Contents:
    """What is known while the rows of the chain go by."""

    def __init__(self, connection: Connection, *, rows: int) -> None:
        self.replayed = 0
        self.pruned = 0
        self._connection = connection
        chained = PRUNINGS.c.seq.between(1, rows)
        columns = (PRUNINGS.c.place, PRUNINGS.c.before, PRUNINGS.c.payloads)
        self._prunings = connection.execute(select(*columns).where(chained)).all()
        self._edits: dict[str, list[Row]] = {}
        self._skills: dict[str, str] = {}
        self._blobs: set[str] = set()
        self._state: tuple[str, int] | None = None
        self._decisions = Decisions(connection)
        self._checks: dict[Table, Callable[[Row], str | None]] = {
            RUNS: self._run,
            RUN_ENDS: self._run_end,
            VERSIONS: self._version,
            BLOBS: self._blob,
            ROLLOUTS: self._rollout,
            EXCHANGES: self._payload,
            ROUNDS: self._round,
            EDITS: self._edit,
            ABLATIONS: self._ablation,
            APPROVALS: self._approval,
            DECISIONS: self._decisions.decision,
            SCHEMA_CHANGES: self._schema_change,
        }

    def check(self, table: Table, row: Row) -> str | None:
        """What is wrong with a row, in a sentence; None for nothing."""
        check = self._checks.get(table)
        try:
            return check(row) if check else None
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            return f"it cannot be read: {error}"
        except LedgerError as error:
            return str(error)

    def ends(self, state: Row) -> str | None:
        """What is missing once all rows have gone by."""
        missing = sum(len(rows) for rows in self._edits.values())
        if missing:
            return f"{missing} edits of rounds are missing"
        deleted = sum(pruning.payloads for pruning in self._prunings)
        if deleted != self.pruned:
            return f"{self.pruned} payloads are missing, but {deleted} were pruned"
        if self._state != (state["ledger"], state["schema_version"]):
            name, version = self._state or ("without a name", 0)
            return (
                f"it says ledger {state['ledger']} with schema {state['schema_version']}, "
                f"the chain says ledger {name} with schema {version}"
            )
        return None

    def _schema_change(self, row: Row) -> str | None:
        self._state = (row["ledger"], row["version"])
        return None

    def _run(self, row: Row) -> str | None:
        record = _record(row)
        self._skills[row["id"]] = row["skill_name"]
        self._decisions.run(record)
        return _unlike(mapping.run_columns(record), row)

    def _run_end(self, row: Row) -> str | None:
        return _unlike(mapping.run_end_columns(_record(row)), row)

    def _version(self, row: Row) -> str | None:
        files = folders.files_of(row)
        listed = {"skill": text_hash(row["text"]), "files": [list(file) for file in files]}
        if row["digest"] != (content_hash(listed) if files else listed["skill"]):
            return f"the {'tree' if files else 'text'} does not have this digest"
        paths = [SkillFile(path=file.path, data=b"").path for file in files]
        if paths != sorted({*paths} - {SKILL_MD}):
            return "its files are not listed by path, each once"
        missing = next((file for file in files if file.digest not in self._blobs), None)
        if missing:
            return f"the content of {missing.path!r} is not in the ledger before it"
        told: Row = {"chars": len(row["text"])}
        if files:
            told["files"] = stored_json([list(file) for file in files])
        return _unlike(told, row)

    def _blob(self, row: Row) -> str | None:
        data = folders.blob_data(row)
        self._blobs.add(row["digest"])
        if hashlib.sha256(data).hexdigest() != row["digest"]:
            return "the content does not have this digest"
        return _unlike(folders.blob_row(SkillFile(path="file", data=data)), row)

    def _rollout(self, row: Row) -> str | None:
        key = RolloutKey(
            skill=row["skill"], task=row["task"], target=row["target"], trial=row["trial"]
        )
        if key.digest != row["key"]:
            return "the key is not the digest of skill, task, target and trial"
        graded = row["status"] == "graded"
        if not graded and row["status"] != "missing":
            return f"the status is {row['status']!r}, neither `graded` nor `missing`"
        if graded != (row["score"] is not None) or (graded and not 0 <= row["score"] <= 1):
            return f"the score {row['score']} is none of a rollout that is {row['status']}"
        missed = mapping.missing_attempt(row["run"], row["payload_digest"], row["seconds"])
        if row["attempt"] != (row["run"] if graded else missed):
            return "the attempt does not name its run"
        return self._payload(row)

    def _payload(self, row: Row) -> str | None:
        if row["payload"] is not None:
            whole = text_hash(row["payload"]) == row["payload_digest"]
            return None if whole else "the payload does not have this digest"
        for pruning in self._prunings:
            if row["seq"] <= pruning.place and row["created"] < pruning.before:
                self.pruned += 1
                return None
        return "the payload is missing and was not pruned"

    def _round(self, row: Row) -> str | None:
        round_ = mapping.round_of(row["document"])
        self._edits[round_.id] = mapping.edit_rows(round_)
        told = mapping.round_columns(round_)
        if REDACTED in row["document"]:
            del told["edits_digest"]  # it names the edits as they were proposed
        told["skill_name"] = self._skills.get(round_.run)
        wrong = self._replay(round_) or self._decisions.round(round_)
        return wrong or _unlike(told, row) or self._words(round_, row)

    def _approval(self, row: Row) -> str | None:
        columns = people.waiting_columns(mapping.round_of(row["document"]))
        told = {**columns, "skill_name": self._skills.get(row["run"])}
        return self._decisions.approval(row) or _unlike(told, row)

    def _words(self, round_: Round, row: Row) -> str | None:
        """The lines that a hand-written edit changed are not in its document."""
        here = self._state is not None and self._state[1] >= _WORDS_SINCE and not row["origin"]
        if not here or round_.proposal is None or REDACTED in row["document"]:
            return None
        return _unlike({"words": mapping.round_words(round_)}, row)

    def _replay(self, round_: Round) -> str | None:
        decision = round_.decision
        if not isinstance(decision, AcceptedRound):
            return None
        parent = run_queries.skill(self._connection, round_.parent)
        if parent is None:
            return f"its parent {round_.parent[:12]} is not in the ledger"
        if round_.proposal is None:
            return self._by_hand(round_)
        made = apply(parent, round_.proposal.edits)
        if isinstance(made, Misfit):
            return f"its edits do not fit its parent: {made.detail}"
        if made.digest != decision.candidate:
            return f"its edits make {made.digest[:12]} of its parent, not its candidate"
        self.replayed += 1
        return None

    def _by_hand(self, round_: Round) -> str | None:
        """A hand-written edit has no proposal to replay; its run says so, and its text is here."""
        query = select(RUNS.c.document).where(RUNS.c.id == round_.run)
        record = mapping.run_of(self._connection.execute(query).scalar_one())
        if record.kind != "gate":
            return "it was accepted without a proposal"
        candidate = round_.decision.candidate or ""
        there = run_queries.skill(self._connection, candidate) is not None
        return None if there else f"its candidate {candidate[:12]} is not in the ledger"

    def _edit(self, row: Row) -> str | None:
        waiting = self._edits.get(row["round"], [])
        told = waiting.pop(0) if waiting else {}
        if not waiting:
            self._edits.pop(row["round"], None)
        same = bool(told) and all(row[name] == value for name, value in told.items())
        return None if same else "it is not the edit that its round has here"

    def _ablation(self, row: Row) -> str | None:
        parts_of(row["document"])
        return None


def _record(row: Row) -> RunRecord:
    return mapping.run_of(row["document"])


def _unlike(told: Row, row: Row) -> str | None:
    """Which column does not say what the document says."""
    for name, value in told.items():
        if row[name] != value:
            return f"the column {name} is {row[name]!r:.60}, its document says {value!r:.60}"
    return None
