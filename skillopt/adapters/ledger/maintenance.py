"""What people ask of the ledger: each verb is loaded when it is first used.

A command of one verb does not wait for the imports of the others.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

from skillopt.adapters.ledger.append.writer import Writer
from skillopt.adapters.ledger.db.database import Database
from skillopt.adapters.ledger.db.reader import Reader

if TYPE_CHECKING:
    from pandas import DataFrame

    from skillopt.adapters.ledger.audit import export, importing, verification
    from skillopt.adapters.ledger.db.plain_sql import PlainSql
    from skillopt.core.approval.decision import Decision
    from skillopt.core.history.views import (
        Hit,
        RoundEntry,
        RoundFilter,
        RoundSummary,
        RunEntry,
        RunSummary,
        SkillVersion,
        Stats,
        Tracing,
    )
    from skillopt.core.history.waiting import Waiting
    from skillopt.core.report.facts import RunFacts
    from skillopt.core.skill.skill import Skill

T = TypeVar("T")


class Asking:
    """The part of a ledger that serves people; a run needs none of it."""

    _database: Database
    _reader: Reader
    _writer: Writer

    # -- whether it can be trusted

    async def chain_head(self) -> verification.Head:
        """Where the chain ends; pin its link in version control."""
        from skillopt.adapters.ledger.audit import verification

        return await self._reader.audit(verification.end_of_chain)

    async def verify(
        self, *, pinned: str | None = None, signed: int | None = None
    ) -> verification.Verification:
        """Read the whole ledger again and recompute it.

        Args:
            pinned: a link that :meth:`chain_head` gave earlier; it must still be in the chain.
            signed: number of the last row that somebody has signed for; none may come after it.
        """
        from skillopt.adapters.ledger.audit import verification

        job = partial(verification.verify, pinned=pinned, signed=signed)
        return await self._reader.audit(job)

    async def prune(self, *, before: float) -> int:
        """Take away the answers, prompts and replies that were entered before a moment.

        Rollouts without their answers are run again where they are needed, and paid again.
        Verdicts, critiques, proposals and versions stay whole.

        Args:
            before: seconds since the epoch.

        Returns:
            How many texts were deleted.
        """
        from skillopt.adapters.ledger.append import pruning
        from skillopt.adapters.ledger.schema import mapping

        taken: int = await self._writer.do(partial(pruning.prune, before=mapping.utc(before)))
        if taken:
            await asyncio.to_thread(pruning.give_back_space, self._database)
        return taken

    async def prunable(self, *, before: float) -> int:
        """How many texts :meth:`prune` would take away.

        Args:
            before: seconds since the epoch.
        """
        from skillopt.adapters.ledger.append import pruning
        from skillopt.adapters.ledger.schema import mapping

        return await self._reader.read(partial(pruning.prunable, before=mapping.utc(before)))

    async def one_skill(self, given: str) -> str:
        """The id of the skill that a name, path or id stands for; else what was given.

        Raises:
            InputError: several skills have the name.
        """
        from skillopt.adapters.ledger.index import run_skills

        return await self._reader.read(partial(run_skills.one_skill, given=given))

    async def attach(self, old: str, new: str) -> int:
        """Let a moved skill's record go on under its new id; returns how many runs it has.

        Args:
            old: the skill's id so far (:mod:`skillopt.core.history.skill_ids`).
            new: its id from now on.

        Raises:
            InputError: the ledger has no run of the skill.
        """
        from skillopt.adapters.ledger.append import transaction

        job = partial(transaction.enter_skill_move, old=old, new=new)
        runs: int = await self._writer.do(job)
        return runs

    # -- what waits for a person

    async def list_waiting(
        self, *, skill: str | None = None, decided: bool = False, limit: int = 50
    ) -> tuple[Waiting, ...]:
        """What waits for a person, newest first; with ``decided`` also what has waited.

        Raises:
            InputError: several skills have the name.
        """
        from skillopt.adapters.ledger.read import approvals

        job = partial(approvals.list_waiting, skill=skill, decided=decided, limit=limit)
        return await self._reader.read(job)

    async def waiting_id(self, run: str) -> str | None:
        """Id of the proposal that waits in a run for a decision; None for none."""
        from skillopt.adapters.ledger.read import approvals

        return await self._reader.read(partial(approvals.waiting_id, run=run))

    async def show_waiting(self, given: str) -> Waiting:
        """What waits, or waited, by its id, or by a beginning of it that only one has.

        Raises:
            InputError: none has it, or several have.
        """
        from skillopt.adapters.ledger.read import approvals

        return await self._reader.read(partial(approvals.show_waiting, given=given))

    async def decide(self, decision: Decision, own: Skill | None = None) -> None:
        """Enter a person's decision; the same again changes nothing.

        Args:
            decision: on something that waits.
            own: the person's own version, where that was edited.

        Raises:
            AlreadyDecided: somebody was first.
            InputError: nothing waits under this id.
        """
        from skillopt.adapters.ledger.append.approvals import enter_decision

        await self._writer.do(partial(enter_decision, decision=decision, own=own))

    # -- taking it elsewhere

    async def export(self, to: TextIO, *, form: export.Form = "jsonl") -> int:
        """Write every row as JSONL, or every proposal as CSV; returns how many."""
        from skillopt.adapters.ledger.audit import export

        return await self._reader.read(partial(export.export, to=to, form=form))

    async def take_in(self, source: str | Path | importing.Source) -> importing.Imported:
        """Take in another ledger (file or URL) or a JSONL export; nothing is entered twice.

        Args:
            source: where it is, or what :func:`importing.read_source` has opened.

        Raises:
            InputError: the file is no export of this schema.
            LedgerError: the source does not verify, or is of an earlier schema.
        """
        from skillopt.adapters.ledger.audit import importing

        stack = ExitStack()
        with stack:
            if isinstance(source, importing.Source):
                read = source
            else:
                opened = importing.read_source(source)
                read = await asyncio.to_thread(stack.enter_context, opened)
            rows = new = 0
            pages = importing.pages(read)
            while page := await asyncio.to_thread(next, pages, None):
                job = partial(importing.take_in, ledger=read.ledger, page=page)
                new += await self._writer.do(job)
                rows += len(page)
            told = partial(importing.enter_import, ledger=read.ledger, head=read.head, new=new)
            await self._writer.do(told)
        return importing.Imported(ledger=read.ledger, head=read.head, rows=rows, new=new)

    # -- what people ask

    async def search(
        self, wanted: str, *, skill: str | None = None, limit: int = 20
    ) -> tuple[Hit, ...]:
        """Rounds with all of the words (or `"a phrase"`, without `-words`), best match first.

        Raises:
            InputError: there is no word to look for.
        """
        from skillopt.adapters.ledger.read import search

        job = partial(search.search, wanted=wanted, skill=skill, limit=limit)
        return await self._reader.read(job)

    async def why(
        self,
        skill: str,
        *,
        current: Skill | None = None,
        line: int | None = None,
        file: str = "SKILL.md",
    ) -> Tracing:
        """Each line of a skill, or one of them, traced to the proposal that put it there.

        Args:
            skill: its path in the project, or its name where only one skill has it.
            current: the file's text now; by default the newest version in the ledger.
            line: only this one, counted from 1, with its evidence and what was refused beside it.
            file: the file of the skill whose lines are wanted.

        Raises:
            InputError: the ledger has no run on the skill, several skills have the name, or the
                skill has no such text file or line.
        """
        from skillopt.adapters.ledger.read import blame

        job = partial(blame.trace, name=skill, current=current, line=line, file=file)
        return await self._reader.read(job)

    async def stats(self, *, skill: str | None = None) -> Stats:
        """The ledger in numbers."""
        from skillopt.adapters.ledger.read import stats

        return await self._reader.read(partial(stats.stats, skill=skill))

    async def look(self, query: Callable[[PlainSql], T]) -> T:
        """What a query in plain SQL returns."""
        from skillopt.adapters.ledger.db.plain_sql import EngineSql

        return await self._reader.read(lambda connection: query(EngineSql(connection)))

    async def list_rounds(self, wanted: RoundFilter | None = None) -> tuple[RoundSummary, ...]:
        """Rounds that pass the filter, newest first.

        Raises:
            InputError: no run begins as the filter says, or there is no word in its text.
        """
        from skillopt.adapters.ledger.read import listings
        from skillopt.core.history.views import RoundFilter

        asked = wanted or RoundFilter()
        return await self._reader.read(partial(listings.list_rounds, wanted=asked))

    async def count_rounds(self, wanted: RoundFilter | None = None) -> int:
        """How many rounds pass the filter, whatever its limit.

        Raises:
            InputError: no run begins as the filter says, or there is no word in its text.
        """
        from skillopt.adapters.ledger.read import listings
        from skillopt.core.history.views import RoundFilter

        asked = wanted or RoundFilter()
        return await self._reader.read(partial(listings.count_rounds, wanted=asked))

    async def show_round(self, given: str) -> RoundEntry:
        """A round by its id, or by a beginning of it that only one has.

        Raises:
            InputError: no round has it, or several have.
        """
        from skillopt.adapters.ledger.read import listings

        return await self._reader.read(partial(listings.show_round, given=given))

    async def list_runs(
        self, *, skill: str | None = None, limit: int = 50
    ) -> tuple[RunSummary, ...]:
        """Runs, newest first."""
        from skillopt.adapters.ledger.read import listings

        return await self._reader.read(partial(listings.list_runs, skill=skill, limit=limit))

    async def count_runs(self, *, skill: str | None = None) -> int:
        """How many runs there are."""
        from skillopt.adapters.ledger.read import listings

        return await self._reader.read(partial(listings.count_runs, skill=skill))

    async def show_run(self, given: str) -> RunEntry:
        """A run by its id, or by a beginning of it that only one has.

        Raises:
            InputError: no run has it, or several have.
        """
        from skillopt.adapters.ledger.read import listings

        return await self._reader.read(partial(listings.show_run, given=given))

    async def run_facts(self, given: str) -> RunFacts:
        """A run with all that a report shows, by its id or the beginning of one.

        Raises:
            InputError: no run has it, or several have.
        """
        from skillopt.adapters.ledger.read import run_facts

        return await self._reader.read(partial(run_facts.run_facts, given=given))

    async def skill_versions(self, name: str) -> tuple[SkillVersion, ...]:
        """Every version of a skill, by its path or name, oldest first.

        Raises:
            InputError: several skills have the name.
        """
        from skillopt.adapters.ledger.read import versions

        return await self._reader.read(partial(versions.skill_versions, name=name))

    # -- as tables

    async def to_frame(self, wanted: RoundFilter | None = None) -> DataFrame:
        """Entries that pass the filter as a pandas table, newest first, one a row.

        Without a filter the newest 100,000. Columns: `id`, `run`, `skill`, `target`, `outcome`,
        `stage`, `code`, `reason`, `idea`, `criteria` and `sections` (joined by "; "), `parent`,
        `candidate`, `kept_by` string, `round`, `edits`, `tasks_seen` Int64, `gain`, `p_value`
        Float64, `identity_unknown` boolean, `created` datetime64[us, UTC]. What an entry has not,
        a gain for example, is NA.

        Raises:
            InputError: pandas is not installed, or the filter is wrong, as in `list_rounds`.
        """
        from skillopt.adapters.ledger.read import frames
        from skillopt.core.history.views import RoundFilter

        asked = wanted or RoundFilter(limit=100_000)
        return await self._reader.read(partial(frames.entries_frame, wanted=asked))

    async def rollouts_to_frame(self, run: str | None = None) -> DataFrame:
        """Rollouts as a pandas table, in the order they were entered: one trial of a task a row.

        Columns: `run` (the one that paid), `version`, `task`, `target` (digest), `status`
        (graded or missing) string, `trial`, `calls`, `prompt_tokens`, `completion_tokens` Int64,
        `score`, `seconds`, `cost` Float64, `created` datetime64[us, UTC]. The score of a missing
        one is NA, and so is an unknown cost.

        Args:
            run: the run that paid for them, by its id or the beginning of one; None for all.

        Raises:
            InputError: pandas is not installed, or no run begins so.
        """
        from skillopt.adapters.ledger.read import frames

        return await self._reader.read(partial(frames.rollouts_frame, run=run))
