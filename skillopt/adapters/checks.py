"""Checks that touch the world: Python callables, commands and files."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, assert_never

from skillopt.adapters.callables import NoCallable, load_callable, source_digest
from skillopt.adapters.guard import (
    THREADS,
    Printed,
    TookTooLong,
    awaited,
    called,
    described,
)
from skillopt.adapters.identity.lasting import kept, leave
from skillopt.adapters.processes import Caps, Fence, NotStarted, PrintedTooMuch, own_folder, run
from skillopt.adapters.processes.placing import placed
from skillopt.adapters.scores import Found, scored, scored_later, scored_or_later
from skillopt.adapters.secrets import redacted
from skillopt.adapters.user_code import identity_of, is_async
from skillopt.adapters.worker import CheckWorkers, Crashed
from skillopt.adapters.workspace import read_file
from skillopt.core.evaluation.check_mechanics import without_mechanics
from skillopt.core.evaluation.checks import CheckResult, Command, File, Python
from skillopt.core.evaluation.file_grading import FoundFile, grade_file
from skillopt.core.evaluation.grading import label, result, shown, wanted
from skillopt.core.evaluation.produced import NOTHING, Produced
from skillopt.core.evaluation.task import Task
from skillopt.core.value import content_hash
from skillopt.errors import CallFailed, InputError

OwnCheck = Callable[[str, Task], "Scored | Awaitable[Scored]"]
"""`check(answer, task)`: sync or async; True or False, a score in [0, 1], or a score and a sentence
of feedback for the optimizer."""

Scored = bool | float | tuple[float, str]

OWN = "own:"
"""A `python` check that calls `own:<name>` is one the caller has given."""

KEPT_OUTPUT = 16_384
"""Bytes kept of what a command prints: the last ones."""

MOST_OUTPUT = 10_000_000
"""Bytes that a command may print: one that prints more is ended."""

_CAPS = Caps(out=0, err=KEPT_OUTPUT, err_total=MOST_OUTPUT, joined=True)
_FEEDBACK_LINES = 5
_LONGEST_FAILURE = 1_000
"""Characters of what a worker says of a check that failed."""
_TOLD = {"id", "input", "expected", "tags"}


class ProgramChecks:
    """Runs `python`, `command` and `file` checks (:class:`skillopt.ports.CheckRunner`).

    A command runs in the target's workspace where it has one (then SKILLOPT_WORKSPACE is its path,
    and files of ``folder`` that the command names are named in full), or in ``folder``, with the
    answer on its standard input, the task's id in
    SKILLOPT_TASK_ID, and its id, input, expected and tags as JSON in SKILLOPT_TASK. What it still
    has running when it ends, or when its time is up, is ended with it.

    A callable may return or raise, and no more: what it prints is kept apart, what would end the
    program is an error of the check, and its time is limited. Synchronous ones are called one after
    the other, in a thread of their own; one that waits for something should be `async`.
    """

    def __init__(
        self,
        *,
        folder: str | Path | None = None,
        own: Mapping[str, OwnCheck] | None = None,
        fence: Fence | None = None,
        isolates: bool = False,
    ) -> None:
        """Nothing is loaded yet.

        Args:
            folder: where modules of callables may lie and commands run; default: here.
            own: the caller's own callables, which checks call `own:<name>`.
            fence: what commands and workers are given of this machine.
            isolates: run callables of modules in worker processes, whatever the check says.
        """
        self._folder = Path(folder or ".").absolute()
        self._own = dict(own or {})
        self._fence = fence or Fence()
        self._isolates = isolates
        self._workers = CheckWorkers(folder=self._folder, fence=self._fence)
        self._found: set[str] = set()
        """Callables that a worker has had: what is missing later is a fault of the check."""
        self._identities: dict[int, str] = {}
        self._turn = asyncio.Lock()

    async def run(
        self,
        check: Python | Command | File,
        answer: str,
        task: Task,
        *,
        produced: Produced = NOTHING,
    ) -> CheckResult:
        """The check's result; see :class:`skillopt.ports.CheckRunner`.

        Raises:
            CallFailed: the callable raised or returned no score; the command could not be started
                or took too long. Missing data, not a failed answer.
            InputError: there is no such callable.
        """
        match check:
            case Python():
                return await self._call(check, answer, task)
            case Command():
                return await self._command(check, answer, task, produced)
            case File():
                return await asyncio.to_thread(_file, check, task, produced)
            case _:
                assert_never(check)

    async def prepare(self, tasks: Iterable[Task]) -> None:
        """Import what runs in workers, so that a fault of it is known before anything is spent.

        Raises:
            InputError: there is no such callable, or it cannot run in a worker.
        """
        checks = [check for task in tasks for check in task.checks if isinstance(check, Python)]
        calls = {check.call for check in checks if self._is_apart(check)}
        for call in sorted(calls):
            if call.startswith(OWN):
                raise InputError(_NOT_APART.format(call=call))
            try:
                complaint = await self._workers.load(call)
            except (Crashed, TimeoutError) as error:
                how = "ends its process" if isinstance(error, Crashed) else "takes too long"
                raise InputError(f"the module of the check {call} {how} when imported") from None
            if complaint:
                raise InputError(complaint)
            self._found.add(call)

    def _is_apart(self, check: Python) -> bool:
        """It runs in a worker: what is the program's own does only where it asks for it."""
        return check.isolated or (self._isolates and not check.call.startswith(OWN))

    async def close(self) -> None:
        """End the workers."""
        await self._workers.close()

    def identity(self, tasks: Iterable[Task]) -> str:
        """Digest of the modules that the tasks' callables come from: other code, other scores."""
        checks = [check for task in tasks for check in task.checks if isinstance(check, Python)]
        here = {check.call for check in checks if not self._is_apart(check)}
        return content_hash({check.call: self._source(check.call, here) for check in checks})

    def unidentified(self, tasks: Iterable[Task]) -> str | None:
        """Why a callable of the caller's own has no identity from run to run; None where all do."""
        found = (identity_of("check", check, None).unknown for check in self._called(tasks))
        return next((reason for reason in found if reason), None)

    def settle(self, tasks: Iterable[Task]) -> None:
        """Called when a run ends: what its calls have changed makes no other check of it."""
        for check in self._called(tasks):
            now = identity_of("check", check, None).digest
            leave(check, identity=self._identities.get(id(check), now), now=now)

    def _called(self, tasks: Iterable[Task]) -> list[OwnCheck]:
        """The caller's own callables that the tasks' checks call."""
        calls = {check.call for task in tasks for check in task.checks if isinstance(check, Python)}
        return [self._callable(call) for call in sorted(calls) if call.startswith(OWN)]

    def _source(self, call: str, here: set[str]) -> str:
        if not call.startswith(OWN):
            if call in here:
                self._callable(call)
            return source_digest(call, self._folder)
        function = self._callable(call)
        found = kept(function, identity_of("check", function, None).digest)
        return self._identities.setdefault(id(function), found)

    def _callable(self, call: str) -> OwnCheck:
        try:
            if not call.startswith(OWN):
                return load_callable(call, self._folder)
            return self._own[call.removeprefix(OWN)]
        except KeyError:
            known = ", ".join(f"{OWN}{name}" for name in sorted(self._own)) or "none"
            raise InputError(f"no check {call!r} was given; `checks` has {known}") from None
        except NoCallable as error:
            raise InputError(str(error)) from None

    async def _call(self, check: Python, answer: str, task: Task) -> CheckResult:
        try:
            if self._is_apart(check):
                found = await self._found_apart(check, answer, task)
            else:
                found = await self._found_here(check, answer, task)
        except (TookTooLong, TimeoutError):
            raise CallFailed(
                f"the check {check.call} took longer than {check.timeout:g} s on task {task.id!r}; "
                "give it a longer `timeout`, or make it quicker",
                passing=False,
            ) from None
        except _Failed as failed:
            raise CallFailed(
                f"the check {check.call} failed on task {task.id!r}: {failed}", passing=False
            ) from failed.__cause__
        if isinstance(found, str):
            raise CallFailed(
                f"the check {check.call} returned {found} for task {task.id!r}; a check "
                "returns a bool, a score from 0 to 1, or a score and a text",
                passing=False,
            )
        score, feedback = found
        if score < 1 and not feedback:
            feedback = wanted(check, "an answer that the check accepts", shown(answer))
        return result(label(check), score, feedback)

    async def _found_apart(self, check: Python, answer: str, task: Task) -> Found:
        """What the callable finds in a worker process."""
        try:
            reply = await self._workers.run(check.call, answer, task, within=check.timeout)
        except Crashed:
            raise _Failed("it ended its worker process, which was replaced") from None
        if "absent" in reply and check.call not in self._found:
            raise InputError(reply["absent"])
        found = reply.get("found")
        if isinstance(found, str):
            return found
        if isinstance(found, list):
            again = scored(tuple(found))  # what a worker says is the check's word, too
            return again if isinstance(again, tuple) else repr(found)[:80]
        said = reply.get("failed") or reply.get("absent") or "its worker said nothing of it"
        raise _Failed(redacted(said)[:_LONGEST_FAILURE])

    async def _found_here(self, check: Python, answer: str, task: Task) -> Found:
        """What the callable finds in this process."""
        function, printed = self._callable(check.call), Printed()
        try:
            if is_async(function):
                later: Any = function(answer, task)
            else:
                call = partial(called, lambda: scored_or_later(function(answer, task)), printed)
                async with self._turn:
                    later = await THREADS.run(call, within=check.timeout)
                if not inspect.isawaitable(later):
                    found: Found = later
                    return found
            return await awaited(scored_later(later), within=check.timeout, printed=printed)
        except TookTooLong:
            raise
        except Exception as error:  # the check is somebody else's code
            raise _Failed(described(error) + printed.told) from error

    async def _command(
        self, check: Command, answer: str, task: Task, produced: Produced
    ) -> CheckResult:
        try:
            code, output = await self._output(check, answer, task, produced.workspace)
        except TimeoutError:
            raise CallFailed(
                f"the check {check.argv[0]!r} took longer than {check.timeout:g} s on task "
                f"{task.id!r}; give it a longer `timeout`, or make it quicker",
                passing=False,
            ) from None
        except PrintedTooMuch:
            raise CallFailed(
                f"the check {check.argv[0]!r} printed more than {MOST_OUTPUT:,} bytes on task "
                f"{task.id!r}, and was ended",
                passing=False,
            ) from None
        except NotStarted as error:
            raise CallFailed(
                f"the check {check.argv[0]!r} cannot be started: {error}", passing=False
            ) from None
        if code == 0:
            return result(label(check), 1.0, "")
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        said = " / ".join(lines[-_FEEDBACK_LINES:]) or f"no output for {shown(answer)}"
        ended = f"exit code {code}" if code > 0 else f"an end by signal {-code}"
        told = f"{ended}: {without_mechanics(check, said)}"
        return result(label(check), 0.0, wanted(check, "exit code 0", told))

    async def _output(
        self, check: Command, answer: str, task: Task, workspace: str | None
    ) -> tuple[int, str]:
        """Exit code and the last output, both streams together."""
        content = json.dumps(task.model_dump(mode="json", include=_TOLD))
        told = {"SKILLOPT_TASK_ID": task.id, "SKILLOPT_TASK": content}
        argv: Sequence[str] = check.argv
        if workspace is not None:
            told["SKILLOPT_WORKSPACE"] = workspace
            argv = placed(argv, self._folder)
        with own_folder() as own:
            order = self._fence.order(
                argv,
                own=own if workspace is None else Path(workspace).parent,
                cwd=self._folder if workspace is None else Path(workspace),
                within=check.timeout,
                env=told,
                sees=() if workspace is None else (self._folder,),
            )
            given = answer.encode("utf-8", "replace")
            ended = await run(order, given, caps=_CAPS, within=check.timeout)
        return ended.code, ended.err.decode("utf-8", "replace")


def _file(check: File, task: Task, produced: Produced) -> CheckResult:
    """What a `file` check finds in the workspace, or in what the target says it has produced."""
    if produced.workspace is not None:
        found = read_file(Path(produced.workspace), check.path)
    else:
        left = next((file for file in produced.files if file.path == check.path), None)
        flaw = "whose content is not known" if left and left.text is None else None
        found = FoundFile(text=left.text if left else None, flaw=flaw)
    return grade_file(check, found, task, others=tuple(file.path for file in produced.files))


class _Failed(Exception):  # noqa: N818 - it names what happened
    """A callable failed; the message says how."""


_NOT_APART = (
    "the check {call} cannot run in a process of its own, since it is a function of this program; "
    "put it into a module and name it `module:function`, or take `isolated` out"
)
