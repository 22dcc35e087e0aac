"""What people decided must agree with what waited, and with the rounds that came of it."""

from __future__ import annotations

from sqlalchemy import Connection

from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.schema import mapping, people
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.core.approval.decision import Approval
from skillopt.core.history.run import AcceptedRound, Round, RunRecord
from skillopt.core.proposals.proposal import Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.redaction import REDACTED
from skillopt.core.skill.edit import Misfit, apply


class Decisions:
    """What is known of them while the rows of the chain go by."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asking: set[str] = set()
        self._waiting: dict[str, str] = {}
        """By the id of what waits: the digest of its parent."""
        self._decided: dict[str, Approval] = {}

    def run(self, record: RunRecord) -> None:
        """Remember whether what the run accepts needs a person's approval."""
        if record.settings.approve and record.kind == "tune":
            self._asking.add(record.id)

    def approval(self, row: Row) -> str | None:
        """What is wrong with a row of `approvals`; None for nothing."""
        round_ = mapping.round_of(row["document"])
        if not isinstance(round_.decision, AcceptedRound) or round_.proposal is None:
            return "it waits for approval, but the gate has not accepted it"
        self._waiting[round_.id] = round_.parent
        return self._makes(round_.parent, round_.proposal, round_.decision.candidate)

    def decision(self, row: Row) -> str | None:
        """What is wrong with a row of `decisions`; None for nothing."""
        found = people.decision_of(row)
        if found.entry not in self._waiting:
            return f"no proposal {found.entry} waited before it"
        self._decided[found.entry] = found.approval
        if found.proposal is None or found.candidate is None:
            return None
        return self._makes(self._waiting[found.entry], found.proposal, found.candidate)

    def round(self, round_: Round) -> str | None:
        """What is wrong with the approval of a round; None for nothing."""
        approval, decision = round_.approval, round_.decision
        accepted = isinstance(decision, AcceptedRound)
        if approval is None:
            by_person = not isinstance(decision, AcceptedRound) and (
                decision.stage is Stage.APPROVAL
            )
            unasked = accepted and round_.run in self._asking
            return "no person's decision is with it" if by_person or unasked else None
        told = self._decided.get(approval.entry)
        if told is None or (told != approval and REDACTED not in approval.model_dump_json()):
            return f"it says {approval.person} {approval.kind} it, the table decisions does not"
        if accepted and approval.kind == "refused":
            return f"{approval.person} refused it, and it was accepted"
        return None

    def _makes(self, parent: str, proposal: Proposal, candidate: str) -> str | None:
        """Edits must make their version of their parent."""
        text = run_queries.skill(self._connection, parent)
        if text is None:
            return f"its parent {parent[:12]} is not in the ledger"
        made = apply(text, proposal.edits)
        if isinstance(made, Misfit):
            return f"its edits do not fit its parent: {made.detail}"
        if made.digest != candidate:
            return f"its edits make {made.digest[:12]} of its parent, not its candidate"
        there = run_queries.skill(self._connection, candidate) is not None
        return None if there else f"its candidate {candidate[:12]} is not in the ledger"
