"""Tools that ask the ledger: they spend nothing and write nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import AwareDatetime, Field

from skillopt.app.digest import LedgerDigest, aledger_digest
from skillopt.app.job import Job
from skillopt.app.keep import aknown_refusal
from skillopt.app.ledger import open_ledger, project_ledger
from skillopt.app.skill_ids import asked_skill
from skillopt.cli.entry import told_entry
from skillopt.cli.mcp.answers import History, Proposal, Proposals, RefusalKnown, RunLine, Waits
from skillopt.cli.mcp.apart import run_apart
from skillopt.cli.mcp.root import Root
from skillopt.core.history.run import OutcomeName
from skillopt.core.history.views import RoundEntry, RoundFilter, Stats
from skillopt.core.proposals.refusal import Stage
from skillopt.core.skill.edit import Edit
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
    from skillopt.core.history.waiting import Waiting

Found = TypeVar("Found")

SkillPath = Annotated[
    str, Field(description="Path of a SKILL.md, or of its folder, in the root folder.")
]
SkillName = Annotated[
    str | None, Field(description="Only this skill: its path in the root folder, or its name.")
]
TasksPath = Annotated[
    str | None,
    Field(description="Path of the validation set; by default the one named after the skill."),
]
Edits = Annotated[
    list[Edit],
    Field(
        min_length=1,
        max_length=50,
        description="Edits, applied together. An anchor is text that occurs exactly once in the "
        "skill (in `section`, a heading path, where one is named).",
    ),
]
ContextName = Annotated[
    str | None, Field(description="Names your agent, its tasks and its rule, such as 'my-agent 2'.")
]
Most = Annotated[int, Field(ge=1, le=200, description="Maximum number of results.")]


class Asking:
    """The tools, for a root and a ledger."""

    def __init__(self, root: Root, ledger: str | None) -> None:
        self._root, self._ledger = root, ledger

    async def list_proposals(  # noqa: PLR0913 - each is a filter of its own
        self,
        *,
        skill: SkillName = None,
        text: Annotated[
            str | None,
            Field(description='Words of the idea, an edit or a critique; "a phrase", -without.'),
        ] = None,
        refused: Annotated[bool, Field(description="Only what was not accepted.")] = False,
        verdict: OutcomeName | None = None,
        stage: Literal["reply", "fit", "screen", "gate", "approval"] | None = None,
        reason: Annotated[
            str | None, Field(description="Only those decided by this rule (`code`).")
        ] = None,
        criterion: str | None = None,
        run: Annotated[
            str | None, Field(description="A run's id, or the first characters of it.")
        ] = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        limit: Most = 20,
    ) -> Proposals:
        """Search the ledger's proposals, newest first: what was tried, the verdict, and why.

        `kept_by` names another loop whose verdict it is; else it is that of skillopt's gate.
        """
        wanted = RoundFilter(
            skill=self._asked(skill),
            run=run,
            outcome=verdict,
            refused=refused,
            stage=Stage(stage) if stage else None,
            code=reason,
            criterion=criterion,
            since=since,
            until=until,
            text=text,
            limit=limit,
        )
        return await self._read(lambda opened: _found(opened, wanted))

    async def show_proposal(
        self,
        *,
        entry: Annotated[str, Field(description="A proposal's id, or its first characters.")],
    ) -> Proposal:
        """Show a proposal: its edits, the diff, what it was meant to fix, the verdict and why."""
        found = await self._read(lambda opened: _shown(opened, entry))
        return Proposal.of(found, list(told_entry(found, tasks=False)))

    async def skill_history(
        self,
        *,
        skill: Annotated[
            str, Field(description="The skill's path in the root folder, or its name.")
        ],
        limit: Most = 50,
    ) -> History:
        """List a skill's versions, with the verdict that each came from, and its runs."""
        asked = self._asked(skill) or skill

        async def read(opened: SqlLedger) -> History:
            versions = await opened.skill_versions(asked)
            runs = await opened.list_runs(skill=asked, limit=limit)
            return History(
                versions=versions[-limit:],
                runs=tuple(map(RunLine.of, runs)),
                total_versions=len(versions),
                total_runs=await opened.count_runs(skill=asked),
            )

        return await self._read(read)

    async def ledger_stats(self, *, skill: SkillName = None) -> Stats:
        """Count runs, proposals, refusals by rule, rollouts and spend."""
        asked = self._asked(skill)
        return await self._read(lambda opened: opened.stats(skill=asked))

    async def ledger_digest(
        self,
        *,
        skill: SkillPath,
        tasks: TasksPath = None,
        practice: Annotated[
            bool, Field(description="With the offline practice models, as `--practice`.")
        ] = False,
    ) -> LedgerDigest:
        """Show what the optimizer would read about earlier proposals in the next round."""
        path = self.skill(skill)
        options = self.options(tasks, practice=practice)
        return await run_apart(aledger_digest(path, writes_to=path, **options))

    async def known_refusal(
        self, *, skill: SkillPath, edits: Edits, context: ContextName = None
    ) -> RefusalKnown:
        """Ask before you try an edit: would it repeat a rejected one, which, and why?

        The same idea in other words is found. Without `context` the verdicts of every loop and of
        skillopt's gate count; with it only those kept under the same context.
        """
        path = self.skill(skill)
        found = await run_apart(
            aknown_refusal(path, edits, context=context, ledger=self.ledger_of(path))
        )
        return RefusalKnown(known=found is not None, refusal=found)

    # -- what the other tools need, too

    def skill(self, given: str) -> Path:
        """A skill's file or folder that an agent has named.

        Raises:
            InputError: it, or its project's ledger, is outside of the root.
        """
        path = self._root.path(given, name="skill")
        self.ledger_of(path)
        return path

    def ledger_of(self, path: Path) -> str | Path:
        """The ledger of a skill's file.

        Raises:
            InputError: it was found outside of the root.
        """
        if self._ledger is not None:
            return self._ledger
        found = project_ledger(path)
        if isinstance(found, Path):
            self._root.check(found, what=f"the ledger of the project of {path}")
        return found

    def check_ledger(self, job: Job) -> None:
        """Check the ledger that a job would write, which its tasks may name.

        Raises:
            InputError: it is a file outside of the root.
        """
        named = job.inputs.settings.ledger
        if self._ledger is None and named is not None and "://" not in named:
            self._root.check(self._root.folder / named, what="the ledger")

    def options(self, tasks: str | None, *, practice: bool) -> dict[str, Any]:
        """Options of a use case, with a path that is checked."""
        found: dict[str, Any] = {}
        if tasks is not None:
            found["validation_set"] = self._root.path(tasks, name="tasks")
        if practice:
            found["practice"] = True
        if self._ledger is not None:
            found["ledger"] = self._ledger
        return found

    def _asked(self, skill: str | None) -> str | None:
        """A skill as the ledger knows it: by its file, or by its name."""
        if skill is None:
            return None
        path = self._root.path(skill, name="skill")
        return asked_skill(str(self.skill(skill))) if path.exists() else skill

    async def _read(self, ask: Callable[[SqlLedger], Awaitable[Found]]) -> Found:
        where = str(self.ledger_of(self._root.folder))

        async def opened() -> Found:
            async with open_ledger(where) as ledger:
                return await ask(ledger)

        return await run_apart(opened())


async def _found(ledger: SqlLedger, wanted: RoundFilter) -> Proposals:
    found = await ledger.list_rounds(wanted)
    # Counting costs as much as listing: only where there may be more.
    total = len(found) if len(found) < wanted.limit else await ledger.count_rounds(wanted)
    waiting = await ledger.list_waiting(limit=wanted.limit)
    return Proposals(proposals=found, total=total, waiting=tuple(map(Waits.of, waiting)))


async def _shown(ledger: SqlLedger, entry: str) -> RoundEntry:
    """A proposal.

    Raises:
        InputError: there is none; one that waits for a person is named as that.
    """
    try:
        return await ledger.show_round(entry)
    except InputError:
        waiting = await _waits(ledger, entry)
    if waiting is None:
        return await ledger.show_round(entry)
    raise InputError(
        f"proposal {waiting.id} waits for a person's decision: a person reads it with "
        f"`skillopt approvals show {waiting.id}`; list_proposals names it under `waiting`"
    )


async def _waits(ledger: SqlLedger, entry: str) -> Waiting | None:
    try:
        return await ledger.show_waiting(entry)
    except InputError:
        return None
