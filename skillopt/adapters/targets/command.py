"""A command as the target: an agent in any language, or a coding agent's own command line."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from skillopt.adapters.files.rendered import rendered_skill
from skillopt.adapters.meter import SpendMeter
from skillopt.adapters.models.outage import Outage
from skillopt.adapters.processes import Caps, Fence, NotStarted, PrintedTooMuch, own_folder, run
from skillopt.adapters.processes.placing import placed
from skillopt.adapters.secrets import redacted
from skillopt.adapters.targets.failures import counted_error
from skillopt.adapters.user_code import Identified, Identity, command_identity
from skillopt.core.evaluation.rollout import Answer, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD
from skillopt.core.value import content_hash
from skillopt.errors import CallFailed, RunStopped, TargetError

TRY_LATER = 75
"""The exit code (`EX_TEMPFAIL` of sysexits.h) of a command whose model does not answer: the rollout
is missing, and does not score 0."""
LARGEST_ANSWER = 1_000_000
"""Bytes of standard output."""
MOST_ERRORS = 10_000_000
"""Bytes of standard error, of which the end is kept."""

_CAPS = Caps(out=LARGEST_ANSWER, err=16_384, err_total=MOST_ERRORS)


class CommandTarget(Identified):
    """A command that reads a JSON object on standard input and writes its answer to the output.

    The object: `skill_path` (a SKILL.md in a fresh folder that is named as the skill is, with all
    the skill's other files around it; null for no skill), `input` (a text, or a list of messages
    with `role` and `content`), `task_id`, `trial`. The answer is all of standard
    output without its last line break. Exit code 75 says that its model does not answer: the
    rollout is missing. Any other than 0 is the target's failure, and scores 0.

    Args:
        command: program and arguments; no shell reads them.
        name: names it in messages, and in the ledger in place of its identity.
        identity: names it and its version in the ledger; by default the command with the content of
            its program and of the files that it names.
        meter: counts each run of it as one call.
        timeout: seconds one run may take; then all of its processes are killed.
        fence: what it is given of this machine.
        folder: where it runs; by default in a folder of its own each time.
        deterministic: it answers alike every time.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        name: str | None = None,
        identity: str | None = None,
        meter: SpendMeter | None = None,
        timeout: float | None = 120.0,
        deterministic: bool = False,
        fence: Fence | None = None,
        folder: str | Path | None = None,
    ) -> None:
        self._command = tuple(command)
        self._meter = meter or SpendMeter(SpendLimits())
        self._timeout = timeout
        self._fence = fence or Fence()
        self._start = Path.cwd()
        self._folder = None if folder is None else Path(folder).absolute()
        self.outage = Outage()
        self._who = name or self._command[0]
        self._named = identity if identity is not None else name
        self.identify()
        self.deterministic = deterministic

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        """The command's answer; see :class:`skillopt.ports.Target`.

        Raises:
            CallFailed: it says that its model does not answer.
            TargetError: it failed, took too long, or wrote what is no UTF-8 text.
            RunStopped: there is no such program, or its model does not answer many times in a row.
            SpendExhausted: a limit leaves no room for the call.
        """
        with await self._meter.reserve(self.upper), own_folder() as own:
            question = {
                "skill_path": await asyncio.to_thread(_rendered, skill, own),
                "input": task.model_dump(mode="json", include={"input"})["input"],
                "task_id": task.id,
                "trial": trial,
            }
            return Answer(text=self._text(await self._run(json.dumps(question).encode(), own)))

    @property
    def upper(self) -> Usage:
        """What a call reserves before it is made."""
        return Usage(calls=1)

    def _code(self) -> object:
        return self._command

    def _derived(self) -> Identity:
        found = command_identity(self._command, self._named)
        if self._named is None and self._fence.sandbox:  # without a network it may answer otherwise
            return replace(found, digest=content_hash([found.digest, "sandbox"]))
        return found

    async def _run(self, question: bytes, own: Path) -> bytes:
        start = self._start
        order = self._fence.order(
            placed(self._command, start),
            own=own,
            cwd=self._folder or own,
            within=self._timeout,
            env={"PYTHONPATH": with_folder(os.environ.get("PYTHONPATH"), start)},
            sees=(start,),
        )
        try:
            ended = await run(order, question, caps=_CAPS, within=self._timeout)
        except TimeoutError:
            raise TargetError(f"{self._who} took over {self._timeout} s and was killed") from None
        except PrintedTooMuch:
            raise TargetError(
                f"{self._who} printed without end and was killed; the limit is "
                f"{LARGEST_ANSWER:,} bytes on standard output, {MOST_ERRORS:,} on standard error"
            ) from None
        except NotStarted as error:
            raise RunStopped(
                f"the target's command {self._command[0]!r} cannot be run: {error}"
            ) from None
        if ended.code != 0:
            said = redacted(ended.err.decode("utf-8", "replace")[-2000:])
            if ended.code == TRY_LATER:
                failed = CallFailed(f"{self._who}: its model does not answer: {said.strip()}")
                raise counted_error(failed, outage=self.outage)
            raise TargetError(f"{self._who} ended with exit code {ended.code}: {said}")
        self.outage.answer()
        return ended.out

    def _text(self, out: bytes) -> str:
        try:
            return out.decode("utf-8").removesuffix("\n").removesuffix("\r")
        except UnicodeDecodeError as error:
            raise TargetError(
                f"{self._who} wrote output that is not UTF-8: byte {error.start}"
            ) from None


def _rendered(skill: Skill | None, folder: Path) -> str | None:
    if skill is None:
        return None
    return str(rendered_skill(skill, folder) / SKILL_MD)


def with_folder(paths: str | None, folder: Path) -> str:
    """``folder`` before the others of a path variable."""
    return os.pathsep.join(filter(None, (str(folder), paths)))
