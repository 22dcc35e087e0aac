"""What waits for a person's approval: list it, approve it, edit it, refuse it with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from skillopt.adapters.files.skill_file import read_text
from skillopt.adapters.ledger import SqlLedger
from skillopt.app.ledger import open_ledger
from skillopt.app.outdated import outdated, outdated_runs
from skillopt.app.person import who
from skillopt.app.sync import wait_for
from skillopt.core.approval import rules
from skillopt.core.approval.decision import Decision, DecisionKind, KnownBy, Person
from skillopt.core.approval.own_version import Waits, own_version
from skillopt.core.content.finding import Finding
from skillopt.core.history.run import RunRecord
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.proposal import Candidate
from skillopt.core.skill.diff import skill_diff
from skillopt.core.skill.skill import LARGEST_SKILL, Skill
from skillopt.core.value import Value
from skillopt.errors import AlreadyDecided, InputError, LedgerError, SkillError

Where = SqlLedger | str | Path | None
"""An open ledger, its path or URL; None for that of this folder's project."""

EVERY = 2.0
"""Seconds between two looks for a decision."""


class Decided(Value):
    """A decision that was entered."""

    entry: str
    run: str
    """The run that goes on with it."""
    skill: str
    kind: DecisionKind
    person: str
    known_by: KnownBy
    reason: str
    candidate: str | None
    """Digest of the person's own version, where that was edited; the run tests it."""
    outdated: str = ""
    """Why the run does not go on with it as things are; empty where it does."""


class Shown(NamedTuple):
    """What waits, with the texts that it is about."""

    waiting: Waiting
    run: RunRecord
    parent: Skill
    """The incumbent."""
    candidate: Skill
    """The version that waits."""
    outdated: str = ""
    """Why the run does not go on as things are; empty where it does, or there is a decision."""

    @property
    def diff(self) -> str:
        """The change, as a unified diff."""
        names = ("incumbent", "candidate")
        return "\n".join(skill_diff(self.parent, self.candidate, names=names, context=3))

    @property
    def content(self) -> tuple[Finding, ...]:
        """What the content policy has found in it."""
        return self.waiting.round.content


def approvals(
    *, skill: str | None = None, decided: bool = False, limit: int = 50, ledger: Where = None
) -> tuple[Waiting, ...]:
    """:func:`aapprovals`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    asked = aapprovals(skill=skill, decided=decided, limit=limit, ledger=ledger)
    return wait_for(asked, instead="aapprovals")


async def aapprovals(
    *, skill: str | None = None, decided: bool = False, limit: int = 50, ledger: Where = None
) -> tuple[Waiting, ...]:
    """What waits for a person, newest first.

    Args:
        skill: only of this skill, by its path in the project or its name.
        decided: also what has waited.
        limit: bound on the result.
        ledger: an open one, its path or URL.

    Raises:
        LedgerError: there is none, or it failed.
    """
    async with _opened(ledger) as opened:
        return await opened.list_waiting(skill=skill, decided=decided, limit=limit)


async def dated_approvals(
    *, skill: str | None = None, decided: bool = False, limit: int = 50, ledger: Where = None
) -> tuple[tuple[Waiting, str], ...]:
    """What :func:`aapprovals` gives, each with why it is out of date; empty where it is not."""
    async with _opened(ledger) as opened:
        found = await opened.list_waiting(skill=skill, decided=decided, limit=limit)
        waiting = (one.round.run for one in found if one.decision is None)
        told = await outdated_runs(opened, waiting)
    return tuple((one, "" if one.decision else told.get(one.round.run, "")) for one in found)


async def show_approval(entry: str, *, ledger: Where = None) -> Shown:
    """What waits, or waited, by its id or the beginning of it.

    Raises:
        InputError: nothing has the id, or several have.
        LedgerError: the ledger failed.
    """
    async with _opened(ledger) as opened:
        return await _shown(opened, entry)


def approve(
    entry: str,
    *,
    edit: str | None = None,
    reason: str = "",
    by: str | Person | None = None,
    ledger: Where = None,
) -> Decided:
    """:func:`aapprove`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    deciding = aapprove(entry, edit=edit, reason=reason, by=by, ledger=ledger)
    return wait_for(deciding, instead="aapprove")


async def aapprove(
    entry: str,
    *,
    edit: str | None = None,
    reason: str = "",
    by: str | Person | None = None,
    ledger: Where = None,
) -> Decided:
    """Approve what waits. The run goes on with it when the same `tune` is called again.

    Args:
        entry: its id, or the beginning of it.
        edit: the SKILL.md as it should be instead; the run screens and tests it in full.
        reason: why, in one line.
        by: who decides; by default git's `user.name`, else the login's name.
        ledger: an open one, its path or URL.

    Raises:
        AlreadyDecided: somebody was first; the message says who, and what they decided.
        InputError: nothing waits under this id, or the edited text cannot be used.
        LedgerError: the ledger failed.
    """
    kind: DecisionKind = "approved" if edit is None else "edited"
    return await _decide(entry, kind, edit=edit, reason=reason, by=by, ledger=ledger)


def refuse(
    entry: str, reason: str, *, by: str | Person | None = None, ledger: Where = None
) -> Decided:
    """:func:`arefuse`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(arefuse(entry, reason, by=by, ledger=ledger), instead="arefuse")


async def arefuse(
    entry: str, reason: str, *, by: str | Person | None = None, ledger: Where = None
) -> Decided:
    """Refuse what waits; the reason is kept, and later proposals are conditioned on it.

    Args:
        entry: its id, or the beginning of it.
        reason: why, in one line; the optimizer reads it.
        by: who decides; by default git's `user.name`, else the login's name.
        ledger: an open one, its path or URL.

    Raises:
        AlreadyDecided: somebody was first; the message says who, and what they decided.
        InputError: nothing waits under this id, or there is no reason.
        LedgerError: the ledger failed.
    """
    return await _decide(entry, "refused", edit=None, reason=reason, by=by, ledger=ledger)


def read_edit(file: Path) -> str:
    """A file with the SKILL.md as a person wants it.

    Raises:
        SkillError: it cannot be read, or is no skill.
    """
    if not file.is_file():
        raise SkillError(f"no such file: {file}; name the edited SKILL.md itself")
    return read_text(file).text


async def until_decided(entry: str, *, ledger: Where = None, every: float = EVERY) -> None:
    """Returns once somebody has decided, here or elsewhere.

    Args:
        entry: what waits.
        ledger: an open one, its path or URL.
        every: seconds between two looks.
    """
    async with _opened(ledger) as opened:
        while (await opened.show_waiting(entry)).decision is None:  # noqa: ASYNC110 - elsewhere
            await asyncio.sleep(every)


async def _decide(
    entry: str,
    kind: DecisionKind,
    *,
    edit: str | None,
    reason: str,
    by: str | Person | None,
    ledger: Where,
) -> Decided:
    person = by if isinstance(by, Person) else who(by)
    said = rules.reason(reason, kind)
    async with _opened(ledger) as opened:
        shown = await _shown(opened, entry)
        waiting = shown.waiting
        own = None if edit is None else _edited(shown, edit)
        decision = Decision(
            entry=waiting.id,
            kind=kind,
            person=person.name,
            known_by=person.known_by,
            reason=said,
            proposal=own.proposal if own else None,
            candidate=own.skill.digest if own else None,
        )
        await opened.decide(decision, own.skill if own else None)
    return Decided(
        run=waiting.round.run,
        skill=waiting.skill,
        candidate=decision.candidate,
        outdated=shown.outdated,
        **decision.approval.model_dump(),
    )


def _edited(shown: Shown, text: str) -> Candidate:
    waiting = shown.waiting
    if waiting.decision is not None:
        first = rules.told(waiting.decision)
        raise AlreadyDecided(f"proposal {waiting.id} was decided before: {first}")
    if waiting.fixed:
        raise InputError(waiting.fixed)
    if len(text) > LARGEST_SKILL:
        raise InputError(f"{len(text)} characters; a skill has at most {LARGEST_SKILL}")
    try:
        text = Skill.from_bytes(text.encode("utf-8", "surrogateescape")).text
    except (SkillError, UnicodeEncodeError) as error:
        raise InputError(f"the edited text cannot be used: {error}") from None
    assert waiting.round.proposal is not None
    waits = Waits(waiting.round.proposal, shown.parent, shown.candidate)
    return own_version(waits, text, settings=shown.run.settings)


async def _shown(ledger: SqlLedger, entry: str) -> Shown:
    waiting = await ledger.show_waiting(entry)
    record = (await ledger.show_run(waiting.round.run)).record
    parent = await ledger.skill(waiting.round.parent)
    candidate = await ledger.skill(waiting.candidate)
    if parent is None or candidate is None:
        raise LedgerError(
            f"a version of proposal {waiting.id} is not in the ledger; run `skillopt ledger verify`"
        )
    why = "" if waiting.decision else await outdated(record)
    return Shown(waiting, record, parent, candidate, why)


@asynccontextmanager
async def _opened(ledger: Where) -> AsyncIterator[SqlLedger]:
    if isinstance(ledger, SqlLedger):
        yield ledger
        return
    async with open_ledger(None if ledger is None else str(ledger)) as opened:
        yield opened
