"""The ledger in a SQL database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from skillopt.adapters.ledger.append import transaction
from skillopt.adapters.ledger.append.writer import Writer
from skillopt.adapters.ledger.browsing import Browsing
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.db.reader import Reader
from skillopt.adapters.ledger.db.sqlite_file import no_ledger
from skillopt.adapters.ledger.index import recall, run_skills
from skillopt.adapters.ledger.locks.run_lock import Holding
from skillopt.adapters.ledger.maintenance import Asking
from skillopt.adapters.ledger.migrations import migrate
from skillopt.adapters.ledger.read import answers, approvals, run_queries, task_usage
from skillopt.adapters.ledger.read.covered import each_once, only_covered
from skillopt.adapters.unversioned import create_unversioned
from skillopt.core.evaluation.answer_faults import AnswerFault
from skillopt.core.evaluation.rollout import Graded, Missing, RolloutKey, Usage
from skillopt.core.gate.contest import Verdict
from skillopt.core.history.recall import Recall, Tally
from skillopt.core.history.run import Exchange, Round, RunRecord
from skillopt.core.history.sealed_openings import Opened
from skillopt.core.history.waiting import Waiting
from skillopt.core.proposals.refusal import Ablation, Refusal
from skillopt.core.skill.skill import Skill
from skillopt.errors import LedgerError

if TYPE_CHECKING:
    from skillopt.adapters.ledger.append.external_edits import TriedEdit
    from skillopt.core.proposals.screen import Screened
    from skillopt.core.skill.edit import Edit

OWN_FOLDER = ".skillopt"
"""The folder that is skillopt's own, in whichever project."""


class SqlLedger(Asking, Browsing):
    """Runs, versions, rollouts, replies, rounds and heads in SQLite or PostgreSQL.

    Use it as ``async with SqlLedger.open(".skillopt/ledger.db") as ledger``. It may be shared by
    tasks, and the database by processes. What a method has entered is there after `kill -9`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Reader(database, opening=each_once, reading=only_covered)
        self._writer = Writer(database)
        self._holding = Holding(database)

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Self:
        """A ledger by path or URL, brought to this version's schema when it is entered.

        Args:
            where: a SQLite file, or `postgresql://user@host/database`.
            create: make a SQLite file that is not there.

        Raises:
            SettingsError: the URL is of a kind that is not understood.
            LedgerError: there is no such file, and ``create`` is off.
        """
        database = Database(where)
        if database.path is not None and not create and not database.path.exists():
            raise no_ledger(database.path)
        return cls(database)

    async def __aenter__(self) -> Self:
        try:
            await asyncio.to_thread(self._prepare)
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _prepare(self) -> None:
        path = self._database.path
        if path is not None:
            try:
                _create_folder(path.parent)
            except OSError as error:
                raise LedgerError(f"no folder for the ledger {path}: {error.strerror}") from None
        migrate(self._database)

    async def aclose(self) -> None:
        """Enter what is still waiting, and close."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writer.close()
        self._reader.close()
        self._holding.close()
        self._database.close()

    # -- what a run enters and asks

    async def rollouts(self, keys: Sequence[RolloutKey]) -> dict[RolloutKey, Graded]:
        """Those of ``keys`` that are there; of one that several runs paid for, the first."""
        if not keys:
            return {}
        return await self._reader.read(partial(run_queries.rollouts, keys=keys))

    async def add_rollout(self, run: str, rollout: Graded | Missing) -> None:
        """Returns once it is committed; the same again changes nothing.

        Where another run has entered the key before, this one is entered beside it: it was paid.
        """
        await self._writer.do((run, rollout))

    async def unfinished_run(self, fingerprint: str) -> RunRecord | None:
        """The newest run of that fingerprint that has no end."""
        return await self._reader.read(partial(run_queries.unfinished_run, fingerprint=fingerprint))

    async def hold(self, fingerprint: str) -> None:
        """Work on runs of that fingerprint alone, until it is released or the process dies.

        Raises:
            RunHeld: another process does, or another run of this one.
            LedgerError: nothing can be locked there.
        """
        taking = asyncio.ensure_future(asyncio.to_thread(self._holding.hold, fingerprint))
        try:
            await asyncio.shield(taking)
        except asyncio.CancelledError:
            # A thread cannot be called back: what it comes to hold is given up again.
            with suppress(LedgerError):
                await taking
                await self.release(fingerprint)
            raise

    async def release(self, fingerprint: str) -> None:
        """Let others work on them; nothing where it is not held here."""
        await asyncio.to_thread(self._holding.release, fingerprint)

    async def start_run(self, run: RunRecord, skill: Skill) -> None:
        """Enter a run and the first version of its skill."""
        await self._writer.do(partial(transaction.enter_run, run=run, skill=skill))

    async def rounds(self, run: str) -> tuple[Round, ...]:
        """The decided rounds, in order."""
        return await self._reader.read(partial(run_queries.rounds, run=run))

    async def newest_rounds(self, skill_id: str, *, most: int) -> tuple[Round, ...]:
        """The newest ``most`` decided rounds of a skill, of all runs, oldest first."""
        asked = partial(run_queries.newest_rounds, skill_id=skill_id, most=most)
        return await self._reader.read(asked)

    async def optimizer_rounds(self, run: str, *, most: int) -> tuple[Round, ...]:
        """The newest ``most`` rounds of the run's skill in which its optimizer proposed."""
        asked = partial(run_queries.optimizer_rounds, run=run, most=most)
        return await self._reader.read(asked)

    async def add_round(self, round_: Round, skill: Skill | None) -> None:
        """Enter a decided round, and the candidate's text if there is one, in one transaction.

        Raises:
            LedgerError: the run is not there, or this round of it ended otherwise.
        """
        await self._writer.do(partial(transaction.enter_round, round_=round_, skill=skill))

    async def waiting(self, run: str, number: int) -> Waiting | None:
        """What waits for a person, or was decided on by one, in this round; None for nothing."""
        return await self._reader.read(partial(approvals.waiting, run=run, number=number))

    async def add_waiting(self, round_: Round, skill: Skill) -> None:
        """Enter a round that waits for a person, and its candidate's text, in one transaction.

        Raises:
            LedgerError: the run is not there, or waits for another proposal in this round.
        """
        from skillopt.adapters.ledger.append.approvals import enter_waiting

        await self._writer.do(partial(enter_waiting, round_=round_, skill=skill))

    async def exchange(self, run: str, key: str) -> Exchange | None:
        """A reply that was already paid; the newest where a key was asked with several prompts."""
        return await self._reader.read(partial(run_queries.exchange, run=run, key=key))

    async def add_exchange(self, exchange: Exchange) -> None:
        """Enter a reply of the optimizer."""
        await self._writer.do(partial(transaction.enter_exchange, exchange=exchange))

    async def refusals(self, skill: str) -> tuple[Refusal, ...]:
        """Every refused proposal for a skill, by its id or name, of all runs, oldest first."""
        return await self._reader.read(partial(run_queries.refusals, skill=skill))

    async def accepted(
        self, skill_ids: Sequence[str], *, parent: str | None = None, most: int
    ) -> tuple[Round, ...]:
        """The ``most`` newest accepted rounds of these skills, of all runs, oldest first."""
        wanted = partial(run_queries.accepted, skill_ids=skill_ids, parent=parent, most=most)
        return await self._reader.read(wanted)

    async def recalled(self, asked: Recall) -> tuple[Refusal, ...]:
        """The refusals filed under most of the keys that are asked for, oldest first."""
        return await self._reader.read(partial(recall.recalled, asked=asked))

    async def tallies(self, skill_ids: Sequence[str], *, most: int) -> tuple[Tally, ...]:
        """How often what was refused: the totals, and the ``most`` frequent ideas of a skill."""
        wanted = partial(recall.tallies, skill_ids=skill_ids, most=most)
        return await self._reader.read(wanted)

    async def add_ablation(self, ablation: Ablation) -> None:
        """Enter how the edits of a refused round fare alone; the same again changes nothing.

        Raises:
            LedgerError: the round is not there.
        """
        await self._writer.do(partial(transaction.enter_ablation, ablation=ablation))

    async def usage(self, run: str) -> Usage:
        """Everything the run has paid so far: its rollouts, missing ones too, and exchanges."""
        return await self._reader.read(partial(run_queries.usage, run=run))

    async def answer_faults(self, run: str, keys: Sequence[str]) -> dict[str, AnswerFault | None]:
        """What is wrong with the answers that the run has paid for, and with those of ``keys``.

        By the digest of the rollout's key; None where nothing is wrong. An answer counts before a
        missing one; what is not stored, or pruned, is left out.
        """
        return await self._reader.read(partial(answers.answer_faults, run=run, keys=keys))

    async def skill(self, digest: str) -> Skill | None:
        """A version by digest."""
        return await self._reader.read(partial(run_queries.skill, digest=digest))

    async def finish_run(self, run: RunRecord) -> None:
        """Enter a run's end, or that it opens the sealed test; the latest entry of a run holds."""
        await self._writer.do(partial(transaction.enter_run_end, run=run))

    async def last_run(self, fingerprint: str) -> RunRecord | None:
        """The newest run of that fingerprint that has ended."""
        return await self._reader.read(partial(task_usage.last_run, fingerprint=fingerprint))

    async def openings(self, skill_id: str) -> tuple[Opened, ...]:
        """The runs that have looked at sealed tasks of the skill, oldest first."""
        return await self._reader.read(partial(task_usage.openings, skill_id=skill_id))

    async def skills_named(self, given: Sequence[str]) -> tuple[str, ...]:
        """The ids of the skills that these names, paths or ids stand for; each once.

        What the ledger has no run of stands for itself.
        """
        if not given:
            return ()
        return await self._reader.read(partial(run_skills.skills_named, given=given))

    async def looks(self, tasks: Sequence[str]) -> dict[str, int]:
        """On how many versions each task was scored, by task digest; reads every rollout."""
        return await self._reader.read(partial(task_usage.looks, tasks=tasks))

    async def verdicts(
        self, *, validation_set: str, target: str, newest: int = 20
    ) -> tuple[Verdict, ...]:
        """The newest verdicts of the gate on these tasks with this target, newest first.

        Args:
            validation_set: the digest of the validation set.
            target: as runs name it: a model's string, or the identity of a target of one's own.
            newest: at most so many.
        """
        job = partial(
            task_usage.verdicts, validation_set=validation_set, target=target, newest=newest
        )
        return await self._reader.read(job)

    async def head(self, skill_id: str, path: str) -> str | None:
        """Digest of the version that runs last left in a skill file; None before the first."""
        return await self._reader.read(partial(run_queries.head, skill_id=skill_id, path=path))

    async def move_head(
        self, skill_name: str, path: str, *, expected_parent: str, new: str, run: str
    ) -> None:
        """Make ``new`` the head of a skill file, before the file is written.

        Args:
            skill_name: what the skill is called.
            path: its file, resolved.
            expected_parent: digest of the text the run began with.
            new: digest of the version that goes into the file.
            run: the run that says so.

        Raises:
            HeadMoved: another run has moved the head to another version since this one began.
        """
        move = {"skill_name": skill_name, "path": path, "parent": expected_parent, "new": new}
        await self._writer.do(partial(transaction.enter_head_move, move={**move, "run": run}))

    # -- for loops that are not skillopt's

    async def keep(self, tried: TriedEdit) -> str:
        """Enter an edit that another loop has tried; returns the id of its entry.

        Raises:
            InputError: the edits do not fit the version they were made for.
        """
        from skillopt.adapters.ledger.append import external_edits

        entry: str = await self._writer.do(partial(external_edits.keep, tried=tried))
        return entry

    async def known_refusal(
        self, skill_id: str, skill: Skill, edits: Sequence[Edit], *, context: str = "own"
    ) -> Screened | None:
        """What says that these edits, or the same idea in other words, were rejected before.

        A rejection on this version always counts. One on another version counts where the
        edits were clearly harmful and their sections are as they were: otherwise they may be tried
        again (:mod:`skillopt.core.proposals.reopening`).

        Args:
            skill_id: the skill, as :attr:`TriedEdit.skill_id` has it.
            skill: its version now.
            edits: what is about to be tried.
            context: names agent, tasks and rule as they are now; entries of another do not count.
        """
        from skillopt.core.history.recall import same_keys
        from skillopt.core.proposals.proposal import Draft, Proposal
        from skillopt.core.proposals.screen import Known, earlier_rejections
        from skillopt.core.skill.changes import changes_of

        proposal = Proposal(parent=skill.digest, draft=Draft(idea="", edits=tuple(edits)))
        keys = same_keys(skill_id, context, proposal, changes_of(skill, edits))
        found = Known(refusals=await self.recalled(Recall(keys)), context=context)
        return earlier_rejections(proposal, skill=skill, known=found).block


def _create_folder(folder: Path) -> None:
    """Create a ledger's folder where there is none; a `.skillopt` is kept out of git."""
    if folder.name == OWN_FOLDER:
        create_unversioned(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
