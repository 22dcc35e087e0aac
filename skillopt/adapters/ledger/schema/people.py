"""From what waits for a person, and what people decide, to rows and back."""

from __future__ import annotations

from datetime import datetime

from skillopt.adapters.ledger.schema.mapping import (
    Row,
    round_document,
    round_of,
    stored_json,
    stored_text,
    telling,
)
from skillopt.core.approval.decision import Decision
from skillopt.core.history.browsed import WaitingRow
from skillopt.core.history.run import Round
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.value import Value


def waiting_row(round_: Round, skill_name: str) -> Row:
    """The row of a round that waits."""
    named = {"skill_name": skill_name, "document": round_document(round_)}
    return {**waiting_columns(round_), **named}


def waiting_columns(round_: Round) -> Row:
    """What the columns repeat of the document."""
    return {
        "id": round_.id,
        "run": round_.run,
        "number": round_.number,
        "parent": round_.parent,
        "candidate": round_.decision.candidate,
    }


def waiting_of(row: Row, decision: Row | None) -> Waiting:
    """What waits, by its row and that of its decision."""
    return Waiting(
        round=round_of(row["document"]),
        skill=row["skill_name"],
        since=datetime.fromisoformat(row["created"]),
        decision=None if decision is None else decision_of(decision),
    )


class _Draft(Value):
    idea: str


class _Proposal(Value):
    draft: _Draft


class _Verdict(Value):
    gain: float | None


class _Decided(Value):
    verdict: _Verdict


class _InShort(Value):
    """What a list shows of a round that waits; the rest of its document is passed over."""

    proposal: _Proposal | None
    decision: _Decided


def waiting_in_short(row: Row) -> WaitingRow:
    """What waits, in one line, by its row with its decision's ``kind`` and ``person``.

    Raises:
        LedgerError: its document is none.
    """
    with telling("round"):
        found = _InShort.model_validate_json(row["document"], extra="ignore")
    return WaitingRow(
        id=row["id"],
        run=row["run"],
        skill=row["skill_name"],
        idea=found.proposal.draft.idea if found.proposal else "",
        gain=found.decision.verdict.gain,
        since=datetime.fromisoformat(row["created"]),
        decision=row["kind"],
        person=row["person"],
    )


def decision_row(decision: Decision) -> Row:
    """The row of a decision; the edits are kept as they are, since they make a version."""
    proposal = decision.proposal
    return {
        "approval": decision.entry,
        "kind": decision.kind,
        "person": stored_text(decision.person),
        "known_by": decision.known_by,
        "reason": stored_text(decision.reason),
        "candidate": decision.candidate,
        "proposal": None if proposal is None else stored_json(proposal.model_dump(mode="json")),
    }


def decision_of(row: Row) -> Decision:
    """The decision of a row.

    Raises:
        ValueError: it is none.
    """
    stored = row["proposal"]
    fields = {name: row[name] for name in ("kind", "person", "known_by", "reason", "candidate")}
    return Decision(
        entry=row["approval"],
        proposal=None if stored is None else Proposal.model_validate_json(stored, extra="ignore"),
        decided=datetime.fromisoformat(row["created"].rstrip("~")),
        **fields,
    )
