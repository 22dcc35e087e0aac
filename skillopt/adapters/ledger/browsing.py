"""What the pages of a ledger ask of it; each question is loaded when it is first put."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from skillopt.adapters.ledger.db.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skillopt.core.history.browsed import (
        Activity,
        Evidence,
        RefusedGroup,
        SkillLines,
        SkillRow,
        WaitingRow,
    )
    from skillopt.core.history.run import RunRecord
    from skillopt.core.history.views import RunSummary


class Browsing:
    """The part of a ledger that serves its pages; nothing here enters anything."""

    _reader: Reader

    async def skill_rows(self, *, start: int = 0, limit: int = 500) -> Sequence[SkillRow]:
        """The skills, those with the newest runs first.

        Args:
            start: how many of them are passed over.
            limit: maximum number.
        """
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.skill_rows, start=start, limit=limit))

    async def skill_names(self, *, limit: int = 500) -> dict[str, str]:
        """What skills are called, by their ids, those with the newest runs first."""
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.skill_names, limit=limit))

    async def run_rows(
        self, *, skill: str | None = None, before: str | None = None, limit: int = 50
    ) -> Sequence[RunSummary]:
        """Runs, newest first.

        Args:
            skill: only its runs, by name, path or id.
            before: only runs that began before this one, by its whole id.
            limit: maximum number.

        Raises:
            InputError: there is no run ``before``.
        """
        from skillopt.adapters.ledger.read import browsed

        job = partial(browsed.run_rows, skill=skill, before=before, limit=limit)
        return await self._reader.read(job)

    async def run_row(self, given: str) -> RunSummary:
        """A run in one line, by its id or the beginning of one.

        Raises:
            InputError: no run has it, or several have.
        """
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.named_run, given=given))

    async def run_records(self, runs: Sequence[str]) -> Sequence[RunRecord]:
        """Runs by their whole ids, in this order, each as it stands."""
        from skillopt.adapters.ledger.read import listings

        return await self._reader.read(partial(listings.run_records, runs=runs))

    async def skill_lines(
        self, skill: str, *, line: int | None = None, file: str = "SKILL.md"
    ) -> SkillLines:
        """Each line of a skill's newest version, traced to the proposal that put it there.

        Args:
            skill: its path in the project, or its name where only one skill has it.
            line: one of them, counted from 1, with its evidence and what was refused beside it.
            file: the file of the skill whose lines are wanted.

        Raises:
            InputError: the ledger has no run on the skill, several skills have the name, or the
                skill has no such text file or line.
        """
        from skillopt.adapters.ledger.read import blame

        return await self._reader.read(partial(blame.skill_lines, name=skill, line=line, file=file))

    async def waiting_rows(
        self, *, decided: bool = False, before: str | None = None, limit: int = 50
    ) -> Sequence[WaitingRow]:
        """What waits here for a person, newest first; with ``decided`` what has waited instead.

        Args:
            decided: those on which somebody decided.
            before: only those that began to wait before this one, by its whole id.
            limit: maximum number.

        Raises:
            InputError: nothing waits or waited under the id ``before``.
        """
        from skillopt.adapters.ledger.read import approvals

        job = partial(approvals.waiting_rows, decided=decided, before=before, limit=limit)
        return await self._reader.read(job)

    async def evidence(self, given: str) -> Evidence:
        """The rollouts that a round's optimizer was shown, and its replies, with all texts.

        Raises:
            InputError: no round has that id, or several have.
        """
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.evidence, given=given))

    async def refused_groups(self, *, skill: str | None = None) -> Sequence[RefusedGroup]:
        """The newest refusals by the rule that decided, the most frequent first."""
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.refused_groups, skill=skill))

    async def activity(self, given: str) -> Activity:
        """What a run is at, by its newest rows.

        Raises:
            InputError: no run has that id, or several have.
        """
        from skillopt.adapters.ledger.read import browsed

        return await self._reader.read(partial(browsed.activity, given=given))
