"""Entering what waits for a person, and the decision: one, by the first who decides."""

from __future__ import annotations

from sqlalchemy import select

from skillopt.adapters.ledger.append.transaction import Entering, enter_version
from skillopt.adapters.ledger.schema import people
from skillopt.adapters.ledger.schema.tables import APPROVALS, DECISIONS, ROUNDS, RUNS
from skillopt.core.approval.decision import Decision
from skillopt.core.approval.rules import told
from skillopt.core.history.run import Round
from skillopt.core.skill.skill import Skill
from skillopt.errors import AlreadyDecided, InputError, LedgerError


def enter_waiting(entering: Entering, round_: Round, skill: Skill) -> None:
    """Enter a round that waits, and its candidate's text; the same again changes nothing.

    Raises:
        LedgerError: the run is not there, or waits for another proposal in this round.
    """
    run = entering.first_of(select(RUNS.c.skill_name).where(RUNS.c.id == round_.run))
    if run is None:
        raise LedgerError(f"run {round_.run} is not in the ledger; start it before its rounds")
    row = people.waiting_row(round_, run["skill_name"])
    there = entering.first_of(select(APPROVALS.c.candidate).where(APPROVALS.c.id == round_.id))
    if there is not None and there["candidate"] != row["candidate"]:
        raise LedgerError(
            f"round {round_.number} of run {round_.run} waits with another proposal: two processes "
            "work on this run; stop one of them"
        )
    enter_version(entering, skill)
    if there is None:
        entering.append(APPROVALS, row)


def enter_decision(entering: Entering, decision: Decision, own: Skill | None) -> None:
    """Enter what a person decided; the same again changes nothing.

    Args:
        entering: the transaction, which holds the ledger's lock: nobody decides in between.
        decision: on something that waits.
        own: the person's own version, where that was edited.

    Raises:
        AlreadyDecided: somebody was first; the message says who, and what they decided.
        InputError: nothing waits under this id.
    """
    waits = entering.first_of(select(APPROVALS).where(APPROVALS.c.id == decision.entry))
    if waits is None:
        raise InputError(f"no proposal {decision.entry} waits for approval")
    if waits["origin"] is not None:
        raise InputError(
            f"proposal {decision.entry} waits in the ledger that it was imported from; decide there"
        )
    there = entering.first_of(select(DECISIONS).where(DECISIONS.c.approval == decision.entry))
    if there is not None:
        first = people.decision_of(there)
        if not first.same_as(people.decision_of({**there, **people.decision_row(decision)})):
            raise AlreadyDecided(f"proposal {decision.entry} was decided before: {told(first)}")
        return
    if entering.first_of(select(ROUNDS.c.seq).where(ROUNDS.c.id == decision.entry)) is not None:
        raise InputError(f"proposal {decision.entry} is decided; `skillopt ledger show` says how")
    if own is not None:
        enter_version(entering, own)
    entering.append(DECISIONS, people.decision_row(decision))
