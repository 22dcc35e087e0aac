"""Tune a library of skills with one budget: a round at a time, where the most is to be expected."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, Unpack

from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models import Callers
from skillopt.adapters.pace import pace_of
from skillopt.app.ledger import default_ledger
from skillopt.app.library import Library, LibrarySkill, read_library
from skillopt.app.options import Options
from skillopt.app.result_place import file_of, resolved
from skillopt.app.sync import wait_for
from skillopt.app.tune import Tuning, opened_run
from skillopt.app.tuned_library import State, TunedLibrary, TunedSkill, tuned_skill
from skillopt.app.wiring import callers_of, ledger_of
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.history.run import RunRecord
from skillopt.core.library.allocation import SkillRecord, next_skill
from skillopt.core.library.entry import may_enter
from skillopt.core.library.progress import skill_record
from skillopt.core.value import content_hash
from skillopt.errors import ApprovalNeeded, InputError, SkilloptError, SpendExhausted
from skillopt.ports import Ledger

_Result = TypeVar("_Result")

_NO_TASKS = "no validation set is named after it"
_FULL = "the budget leaves no room for another round"


def tune_all(*paths: str | Path, write: bool = True, **options: Unpack[Options]) -> TunedLibrary:
    """:func:`atune_all`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(atune_all(*paths, write=write, **options), instead="atune_all")


async def atune_all(
    *paths: str | Path, write: bool = True, **options: Unpack[Options]
) -> TunedLibrary:
    """Tune every skill in some folders, with one budget for all of them.

    Each skill has an ordinary run in the ledger. The runs take turns, a round at a time: the next
    round goes to the skill of which the most is to be expected for its spend
    (:mod:`skillopt.core.library.allocation`). The calls of the sealed tests are kept first. A skill
    that fails does not end the others. The same call again goes on where it was interrupted, and
    with what has failed.

    Args:
        paths: folders, in which each `SKILL.md` is a skill, and each Markdown file with a
            validation set named after it; or single skills.
        write: False writes no skill file.
        options: as for :func:`skillopt.atune`, without a validation set: each skill has its own.
            Limits of spend hold for all the skills together; those in settings files, for each run.

    Raises:
        InputError: no skill is found, or none can be used; nothing was called yet.
        LedgerError: the ledger cannot be opened, or the same call is at work (`RunHeld`).
    """
    return await tune_library(read_library(paths, dict(options)), write=write)


async def tune_library(library: Library, *, write: bool = True) -> TunedLibrary:
    """:func:`atune_all` for a library that is read."""
    settings = [one.job.inputs.settings for one in library.skills]
    budget = SpendMeter(library.limits, pace=pace_of(settings))
    async with AsyncExitStack() as stack:
        callers = callers_of(settings)
        stack.push_async_callback(callers.close)
        team = _Team(library, budget, callers)
        await team.open(stack, write=write)
        await team.join()
        await team.begin()
        await team.run_rounds()
    return team.tuned()


class _Member:
    """A skill whose run is open."""

    def __init__(self, skill: LibrarySkill, ledger: Ledger) -> None:
        self.skill = skill
        self.ledger = ledger
        self.stack = AsyncExitStack()
        self.pending: RunRecord | None = None
        """The run that is resumed."""
        self.has_begun = False
        self.stop: str | None = None
        """Why it takes no further round."""
        self.ended: TunedSkill | None = None
        self._tuning: Tuning | None = None

    async def open(self, budget: SpendMeter, callers: Callers, *, write: bool) -> None:
        """Build what its run works with; nothing is called."""
        job = replace(self.skill.job, ledger=self.ledger, budget=budget, callers=callers)
        place = file_of(job.inputs, None) if write else None
        self._tuning = await self.stack.enter_async_context(opened_run(job, writes_to=place))
        self.run = self._tuning.paced()

    def record(self, budget: SpendMeter) -> SkillRecord:
        """What the rule gets to see."""
        return skill_record(
            self.skill.name,
            self.run.rounds,
            tasks=len(self.skill.job.inputs.validation_set.split("validation")),
            score=self.run.record.baseline or 0.0,
            measured=self.run.measured,
            share_of=budget.share_of,
            is_open=self.ended is None and self.stop is None,
        )

    async def conclude(self) -> None:
        """The sealed test, the run's end, and the file."""
        assert self._tuning is not None, "it is opened first"
        run = await self._tuning.conclude(self.stop or self.run.out_of_budget(_FULL))
        self.ended = tuned_skill(self._path, run.record, run.rounds, written=run.written)
        await self.stack.aclose()

    async def end(self, state: State, error: Exception) -> None:
        """It goes no further in this call."""
        reason = str(error) if isinstance(error, SkilloptError) else _said(error)
        self.ended = TunedSkill(path=self._path, state=state, reason=reason)
        if self.has_begun:
            record = self.run.record
            usage = await self.ledger.usage(record.id)
            self.ended = tuned_skill(
                self._path, record, self.run.rounds, state=state, reason=reason, usage=usage
            )
        # The same call goes on with it later: what it has to test keeps its calls.
        is_tested_later = self.has_begun and (state == "waits" or self.ended.accepted > 0)
        if self._tuning is not None and not is_tested_later:
            self._tuning.release_reserve()
        await self.stack.__aexit__(type(error), error, error.__traceback__)

    def leave_out(self, reason: str) -> None:
        """The budget has no room for it."""
        self.ended = TunedSkill(path=self._path, state="not begun", reason=reason)

    @property
    def _path(self) -> str:
        return str(self.skill.path)


class _Team:
    """The skills of a library whose runs are open."""

    def __init__(self, library: Library, budget: SpendMeter, callers: Callers) -> None:
        self._library = library
        self._budget = budget
        self._callers = callers
        self._id: str | None = None
        self._members: list[_Member] = []

    async def open(self, stack: AsyncExitStack, *, write: bool) -> None:
        """Open the ledger and every run, in the order in which they begin."""
        ledgers: dict[str, Ledger] = {}
        for skill in self._library.in_order:
            member = _Member(skill, await _ledger(skill, ledgers, stack))
            self._members.append(member)
            await stack.enter_async_context(member.stack)
            await self._tried(member, member.open(self._budget, self._callers, write=write))
        if self._open:
            await self._hold(stack)

    async def join(self) -> None:
        """Make the runs one library, or find the one that was interrupted, and what it has paid."""
        for member in self._open:
            member.pending = await member.run.start.unfinished()
        pending = [one.pending for one in self._open if one.pending]
        known = [record for record in pending if record.library]
        newest = max(known, key=lambda record: record.started, default=None)
        self._id = newest.library if newest else _first_id(self._open)
        paid = Usage()
        for member in self._open:
            if member.pending is None and newest is not None:
                paid += await self._ended_before(member)
            elif member.pending is not None:
                paid += await member.ledger.usage(member.pending.id)
            if self._id is not None:
                member.run.start.join(self._id)
        if pending and self._budget.limited:  # the calls in flight may have been made
            paid += Usage(
                calls=max(one.skill.job.inputs.settings.concurrency for one in self._open)
            )
        self._budget.resume(paid)

    async def begin(self) -> None:
        """Measure the first versions, of interrupted runs first, while the budget has room."""
        begun = 0
        for member in sorted(self._open, key=lambda one: one.pending is None):
            calls = member.skill.entry.calls
            left = self._budget.share_left
            if member.pending is None and not may_enter(self._share(calls), left=left, begun=begun):
                member.leave_out(
                    f"measuring it and its sealed test take about {calls:,} calls, which would "
                    "leave less than half of the budget for rounds; raise the limit"
                )
                continue
            await self._tried(member, self._begun(member))
            begun += member.has_begun

    async def run_rounds(self) -> None:
        """Round after round, each where the most is expected; a skill that is done is ended."""
        while True:
            for member in self._open:
                if member.stop is not None:
                    await self._tried(member, member.conclude())
            records = [one.record(self._budget) for one in self._members if one.has_begun]
            if not records:
                return
            room, seed = self._budget.share_left, self._library.seed
            chosen = next_skill(records, room=room, seed=seed)
            if chosen is None:
                break
            member = next(one for one in self._open if one.skill.name == chosen)
            member.stop = await self._tried(member, member.run.round())
        for member in self._open:
            await self._tried(member, member.conclude())

    def tuned(self) -> TunedLibrary:
        """The library as it is now."""
        found = [one.ended for one in self._members if one.ended]
        found += [
            TunedSkill(path=str(path), state="left out", reason=_NO_TASKS)
            for path in self._library.left_out
        ]
        found += [
            TunedSkill(path=str(path), state="invalid", reason=says)
            for path, says in self._library.invalid
        ]
        skills = tuple(sorted(found, key=lambda one: one.path))
        return TunedLibrary(library=self._id, limits=self._library.limits, skills=skills)

    @property
    def _open(self) -> list[_Member]:
        """Those that have not ended."""
        return [one for one in self._members if one.ended is None]

    async def _hold(self, stack: AsyncExitStack) -> None:
        """Keep the same command from working on the library at the same time.

        Raises:
            RunHeld: it does.
        """
        ledger = self._open[0].ledger
        runs = sorted(one.run.start.record.fingerprint for one in self._open)
        name = content_hash(["tune-all", runs])
        await ledger.hold(name)
        stack.push_async_callback(ledger.release, name)

    async def _begun(self, member: _Member) -> None:
        member.stop = await member.run.begin()
        member.has_begun = True

    async def _ended_before(self, member: _Member) -> Usage:
        """What a run has paid that this library's tuning has ended already; else nothing."""
        last = await member.ledger.last_run(member.run.start.record.fingerprint)
        if last is None or last.library != self._id or last.pending:
            return Usage()
        rounds = await member.ledger.rounds(last.id)
        member.ended = tuned_skill(str(member.skill.path), last, rounds)
        await member.stack.aclose()
        return last.usage

    def _share(self, calls: int) -> float:
        """So many calls as a share of the budget, at the tokens and cost of those so far."""
        used = self._budget.used
        mean = self._budget.share_of(used) / used.calls if used.calls else 0.0
        return max(mean * calls, self._budget.share_of(Usage(calls=calls)))

    async def _tried(self, member: _Member, step: Awaitable[_Result]) -> _Result | None:
        """The result of a step; where it fails, that skill ends, and the others go on."""
        try:
            return await step
        except ApprovalNeeded as error:
            await member.end("waits", error)
        except InputError as error:
            await member.end("invalid", error)
        except SpendExhausted as error:
            await member.end("not begun", error)
        except (SkilloptError, OSError) as error:
            await member.end("failed", error)
        return None


async def _ledger(skill: LibrarySkill, ledgers: dict[str, Ledger], stack: AsyncExitStack) -> Ledger:
    """The ledger of a skill, opened once for all that share it."""
    given = skill.job.ledger or default_ledger(skill.job.inputs.project)
    if not isinstance(given, str | Path):
        return given
    name = str(given) if "://" in str(given) else resolved(Path(given))
    if name not in ledgers:
        ledgers[name], opening = ledger_of(skill.job)
        await stack.enter_async_context(opening)
    return ledgers[name]


def _first_id(members: list[_Member]) -> str | None:
    return members[0].run.start.record.id if members else None


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return f"{error.strerror or error}{where}"
    return str(error)
