"""An agent with a command line as the target: Claude Code, Codex, Copilot, or any other command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from skillopt.adapters.files.rendered import folder_name, rendered_skill
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.processes import Caps, Ended, Fence, NotStarted, PrintedTooMuch, run
from skillopt.adapters.processes.placing import placed
from skillopt.adapters.secrets import redacted
from skillopt.adapters.targets.agent_version import agent_version
from skillopt.adapters.targets.failures import counted_error
from skillopt.adapters.user_code import Identified, Identity, command_identity
from skillopt.adapters.workspace import (
    Snapshot,
    Workspaces,
    changes,
    made_repository,
    read_file,
    snapshot,
    written_files,
)
from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.heard import exited, heard
from skillopt.core.agents.presets import Preset
from skillopt.core.agents.stream import AgentFailed, Heard
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import ProducedFile, Trace
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.errors import CallFailed, InputError, RunStopped, TargetError

LARGEST_STREAM = 32_000_000
"""Bytes of standard output."""
MOST_ERRORS = 10_000_000
"""Bytes of standard error, of which the end is kept."""
LONGEST_ARGUMENT = 128_000
"""Bytes of a prompt that is an argument: Linux takes no longer one."""

_Found = TypeVar("_Found")

_CAPS = Caps(out=LARGEST_STREAM, err=16_384, err_total=MOST_ERRORS)


@dataclass(frozen=True)
class _Scene:
    """A workspace that is ready for the agent."""

    workspace: Path
    skills: Path | None
    """The folder of the skill; None for no skill at all."""
    start: Snapshot

    @property
    def own(self) -> Path:
        """The rollout's own folder."""
        return self.workspace.parent

    @property
    def prompt_file(self) -> Path:
        return self.own / "prompt.md"

    @property
    def answer_file(self) -> Path:
        return self.own / "answer.txt"


class AgentTarget(Identified):
    """An agent that is started for each task, in a workspace of its own.

    The workspace holds the task's files, is a git repository where the task says so, and has the
    skill's folder where the agent looks for skills. A conversation is given as one text. The
    workspace is there until :meth:`release` is called with the answer.

    Args:
        form: how it is called.
        identity: names it and its version in the ledger; by default the form with the version that
            the agent prints.
        meter: counts the calls of its model, as far as it says them.
        timeout: seconds one run may take; then all of its processes are killed.
        fence: what it is given of this machine.
        workspaces: where its workspaces are, and whether they are kept.
        deterministic: it answers alike every time.
        neighbours: skills that lie beside the tuned one; one of its own name is left out.

    Raises:
        SettingsError: there is no such program, or it does not say its version.
    """

    def __init__(
        self,
        form: AgentForm,
        *,
        identity: str | None = None,
        meter: SpendMeter | None = None,
        timeout: float | None = 120.0,
        fence: Fence | None = None,
        workspaces: Workspaces | None = None,
        deterministic: bool = False,
        neighbours: Sequence[Skill] = (),
    ) -> None:
        self._form = form
        self._meter = meter or SpendMeter(SpendLimits())
        self._timeout = timeout
        self._fence = fence or Fence()
        self._workspaces = workspaces or Workspaces()
        self._neighbours = tuple(neighbours)
        self._start = Path.cwd()
        self._words = (form.name, *form.command)
        self._called = form.model_copy(update={"command": self._in_place(form)})
        self.outage = Outage()
        self._named = identity
        self._version = (
            agent_version(form, fence=self._fence) if form.version and identity is None else None
        )
        self.identify()
        self.deterministic = deterministic

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The agent's answer; see :class:`skillopt.ports.Target`.

        Raises:
            CallFailed: it says that its provider does not answer.
            TargetError: it failed, took too long, or printed what cannot be read.
            RunStopped: there is no such program, or no call of its provider can succeed.
            SpendExhausted: a limit leaves no room for the call.
            InputError: the task cannot be given to this agent.
        """
        with await self._meter.reserve(self.upper) as reservation:
            workspace = self._workspaces.new(f"{task.id}-{trial}")
            try:
                scene = await _whole(lambda: self._prepared(workspace, skill, task))
                try:
                    found = await self._run(scene, task)
                except AgentFailed as failed:
                    reservation.settle(failed.used)
                    raise self._error(failed) from None
                reservation.settle(found.usage)
                self.outage.answer()
                files = await _whole(lambda: self._changes(scene))
            except BaseException:
                self._workspaces.done(workspace)
                raise
        return Answer(
            text=found.text,
            usage=found.usage,
            trace=found.trace if self._form.tells_steps else None,
            files=files,
            workspace=str(workspace),
        )

    @property
    def upper(self) -> Usage:
        """What a call reserves before it is made."""
        return Usage(calls=1, cost=0.0 if self._form.tells_cost else None)

    async def release(self, answer: Answer) -> None:
        """The checks are done with the answer's workspace: it is deleted, or moved."""
        if answer.workspace is not None:
            workspace = Path(answer.workspace)
            await _whole(lambda: self._workspaces.done(workspace))

    def _code(self) -> object:
        return self._words

    def _in_place(self, form: AgentForm) -> tuple[str, ...]:
        """The command for another working folder: files that it names are named in full.

        Of an agent that is known by name, no word but the program is a file.
        """
        if not isinstance(form, Preset):
            return tuple(placed(form.command, self._start))
        program, *rest = form.command
        return (*(placed([program], self._start) if "/" in program else [program]), *rest)

    def _derived(self) -> Identity:
        called = [self._form.model_dump(mode="json"), self._fence.sandbox]
        called += [[one.digest for one in self._neighbours]] if self._neighbours else []
        if self._named is not None:
            return Identity(content_hash(["agent", self._named]))
        if self._version is not None:
            return Identity(content_hash(["agent", *called, self._version]))
        found = command_identity(self._form.command, None)
        return replace(found, digest=content_hash(["agent", *called, found.digest]))

    def _prepared(self, workspace: Path, skill: Skill | None, task: Task) -> _Scene:
        """Everything is in its place; called off the loop."""
        try:
            written_files(workspace, task.files)
            folder = workspace / self._form.skills
            skills = None if skill is None else rendered_skill(skill, folder)
            for one in self._neighbours:
                if skill is None or folder_name(one) != folder_name(skill):
                    rendered_skill(one, folder)
            if task.git:
                made_repository(workspace)
        except OSError as error:
            raise InputError(
                f"the workspace of task {task.id!r} cannot be made: {error.strerror}: "
                f"{error.filename}; rename its file, or the agent's folder of skills"
            ) from None
        scene = _Scene(workspace, skills, snapshot(workspace))
        if self._form.prompt == "file":
            scene.prompt_file.write_text(task.text, encoding="utf-8")
        return scene

    async def _run(self, scene: _Scene, task: Task) -> Heard:
        words = self._called.words(
            prompt=task.text,
            prompt_file=str(scene.prompt_file),
            answer_file=str(scene.answer_file),
        )
        if self._form.prompt == "argument" and len(task.text.encode()) > LONGEST_ARGUMENT:
            raise InputError(
                f"task {task.id!r} has {len(task.text.encode()):,} bytes, and the agent "
                f"{self._form.name!r} is given it as an argument, which has at most "
                f"{LONGEST_ARGUMENT:,}; put the text into one of the task's `files`, and let the "
                "input name it"
            )
        order = self._fence.order(
            words,
            own=scene.own,
            cwd=scene.workspace,
            within=self._timeout,
            env=self._form.env,
            sees=(self._start,),
        )
        given = task.text.encode("utf-8", "replace") if self._form.prompt == "stdin" else b""
        try:
            ended = await run(order, given, caps=_CAPS, within=self._timeout)
        except TimeoutError:
            raise TargetError(
                f"{self._form.name} took over {self._timeout:g} s on task {task.id!r} and was "
                "killed; give it longer with --timeout"
            ) from None
        except PrintedTooMuch:
            raise TargetError(
                f"{self._form.name} printed without end and was killed; the limit is "
                f"{LARGEST_STREAM:,} bytes on standard output, {MOST_ERRORS:,} on standard error"
            ) from None
        except NotStarted as error:
            raise RunStopped(f"the agent's command {words[0]!r} cannot be run: {error}") from None
        return await asyncio.to_thread(self._heard, ended, scene)

    def _heard(self, ended: Ended, scene: _Scene) -> Heard:
        """What the agent says; called off the loop, since streams are long."""
        out, err = ended.out, ended.err.decode("utf-8", "replace")
        match self._form.answer:
            case "stdout" | "file" as where:
                if ended.code != 0:
                    raise exited(ended.code, err)
                text = _decoded(out) if where == "stdout" else self._in_file(scene)
                return Heard(text.removesuffix("\n").removesuffix("\r"), Usage(calls=1), Trace())
            case format_:
                return heard(format_, out.decode("utf-8", "replace"), code=ended.code, err=err)

    def _in_file(self, scene: _Scene) -> str:
        named = self._form.answer_file
        place, path = (
            (scene.own, scene.answer_file.name) if named is None else (scene.workspace, named)
        )
        found = read_file(place, path)
        if found.text is None:
            raise AgentFailed(
                f"it left no answer in {path}{f', {found.flaw}' if found.flaw else ''}"
            )
        return found.text

    def _changes(self, scene: _Scene) -> tuple[ProducedFile, ...]:
        apart = {self._form.skills}
        if self._form.answer_file is not None:
            apart.add(self._form.answer_file)
        return changes(scene.workspace, scene.start, apart_from=frozenset(apart))

    def _error(self, failed: AgentFailed) -> Exception:
        message = redacted(f"{self._form.name}: {failed}")
        match failed.cause:
            case "agent":
                return TargetError(message, used=failed.used)
            case "passing":
                error = CallFailed(message, used=failed.used)
                return counted_error(error, outage=self.outage)
            case "final":
                return RunStopped(
                    f"{message}; fix this, and run the same command again: what was answered "
                    "before is kept",
                    used=failed.used,
                )


def _decoded(out: bytes) -> str:
    try:
        return out.decode("utf-8")
    except UnicodeDecodeError as error:
        raise AgentFailed(f"its output is not UTF-8 at byte {error.start}") from None


async def _whole(function: Callable[[], _Found]) -> _Found:
    """What ``function`` returns, in a thread; it is never left at work when this ends."""
    work = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(work)
    finally:
        if not work.done():
            await asyncio.wait([work])
