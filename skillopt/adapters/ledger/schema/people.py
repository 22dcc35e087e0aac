"""From what waits for a person, and what people decide, to rows and back."""

from __future__ import annotations

from datetime import datetime

from skillopt.adapters.ledger.schema.mapping import (
    Row,
    round_document,
    round_of,
    stored_json,
    stored_text,
)
from skillopt.core.approval.decision import Decision
from skillopt.core.history.run import Round
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.proposal import Proposal


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
