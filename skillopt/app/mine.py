"""Candidate tasks out of traces and documents. Nothing found here counts before it is approved."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from skillopt.adapters.files.candidates_file import (
    CandidatesFile,
    candidates_beside,
    no_candidates,
    read_candidates,
)
from skillopt.adapters.files.file_edit import is_current, write_edit
from skillopt.adapters.files.validation_file import find_validation_set
from skillopt.adapters.models import OwnModel
from skillopt.adapters.traces.sources import (
    check_source,
    is_document,
    read_text,
    read_trace,
)
from skillopt.app.inputs import Inputs, read_inputs, within
from skillopt.app.job import Job, Roles
from skillopt.app.wiring import Wiring
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Split
from skillopt.core.mining.candidate import Candidate, Found, Skipped
from skillopt.core.mining.choice import Chosen, Sample, choose
from skillopt.core.mining.drafts import passages, read_drafts
from skillopt.core.mining.questions import questions
from skillopt.core.replies import BadReply
from skillopt.core.settings import names_practice_model
from skillopt.core.value import Value
from skillopt.engine.steps.draft_tasks import draft_tasks
from skillopt.errors import ChargedError, InputError, ValidationSetError
from skillopt.ports import Model

LIMIT = 100
"""New candidates of one search, where nothing else is asked for."""

MOST_SKIPPED = 1_000
"""Skipped records that are named; more are only counted."""


_TRIES = 5
"""How often the candidates are chosen again because the file has changed meanwhile."""


class Mined(Value):
    """What a search found."""

    file: str
    """The file of candidates."""
    validation_set: str
    candidates: tuple[Candidate, ...]
    """The new ones, all of which are in the file now."""
    found: int
    """Questions that were read."""
    known: int
    """Those that are candidates already, dropped ones among them."""
    in_set: int
    """Those that are nearly the same as a task of the validation set."""
    copies: int
    """Those that are nearly the same as another one."""
    left_out: int
    """Those beyond the limit."""
    redacted: int
    """Candidates from which a secret was taken out."""
    skipped: tuple[Skipped, ...]
    """Records that cannot become a task, and why; the first thousand."""
    skipped_total: int
    """How many those were."""
    failed: str | None
    """Why drafting ended early, where it did."""
    usage: Usage
    """What drafting has cost."""


@dataclass
class _Search:
    """What has been read so far."""

    sample: Sample = field(default_factory=Sample)
    skipped: list[Skipped] = field(default_factory=list)
    skipped_total: int = 0
    failed: str | None = None
    usage: Usage = field(default_factory=Usage)

    def add(self, one: Found | Skipped) -> None:
        if isinstance(one, Found):
            self.sample.add(one)
            return
        self.skipped_total += 1
        if len(self.skipped) < MOST_SKIPPED:
            self.skipped.append(one)


def mine(
    sources: Sequence[Path],
    skill: Path,
    *,
    validation_set: Path | None = None,
    out: Path | None = None,
    limit: int = LIMIT,
    split: Split | None = None,
    given: Mapping[str, Any] | None = None,
    optimizer: OwnModel | Model | None = None,
) -> Mined:
    """Search ``sources`` for tasks, and put what is new into the file of candidates.

    Args:
        sources: chat logs, exports of traces, documents.
        skill: path of the skill that the tasks are for.
        validation_set: path of its tasks; by default the one named after the skill.
        out: the file of candidates; by default beside the validation set.
        limit: at most how many new candidates.
        split: of all new candidates; by default that of their id's hash.
        given: settings from flags, the strongest.
        optimizer: who drafts tasks from documents; by default the settings' optimizer.

    Raises:
        InputError: a source, the skill, its tasks or the settings cannot be read.
    """
    for source in sources:
        check_source(source)
    path = validation_set or find_validation_set(skill)
    inputs = read_inputs(skill, path, dict(given or {}))
    where = out or candidates_beside(path)
    _file(where, path)  # it is refused before anything is spent
    search = _Search()
    asyncio.run(_read(sources, inputs, search, optimizer))
    for _ in range(_TRIES):
        file = _file(where, path)
        chosen = choose(
            search.sample.finds(),
            inputs.validation_set.tasks,
            file.candidates,
            limit=limit,
            split=split,
        )
        if not chosen.candidates or _written(file, chosen):
            return _mined(file, search, chosen)
    raise InputError(f"{where}: changes all the time and was left alone; run the command again")


def _written(file: CandidatesFile, chosen: Chosen) -> bool:
    """Whether the candidates are in the file now; False where another command was faster."""
    edit = file.edit([*file.candidates, *chosen.candidates])
    try:
        write_edit(edit)
    except ValidationSetError:
        if is_current(edit):
            raise
        return False
    return True


def _file(path: Path, validation_set: Path) -> CandidatesFile:
    """The candidates that are there already.

    Raises:
        InputError: the file is one of another kind, or belongs to another validation set.
    """
    if not path.exists():
        if path.suffix.lower() not in {".yaml", ".yml"}:
            raise InputError(f"{path}: candidates are kept in YAML; name a file such as x.yaml")
        return no_candidates(path, validation_set)
    if path.resolve() == validation_set.resolve():
        raise InputError(f"{path} is the validation set itself; name another file with --out")
    file = read_candidates(path)
    if file.validation_set.resolve() != validation_set.resolve():
        raise InputError(
            f"{path} holds candidates for {file.validation_set}, not for {validation_set}; "
            "name another file with --out"
        )
    return file


async def _read(
    sources: Sequence[Path], inputs: Inputs, search: _Search, optimizer: OwnModel | Model | None
) -> None:
    async with AsyncExitStack() as stack:
        job = Job(inputs, Roles(optimizer=optimizer), None, lambda _event: None, self_judged=False)
        wiring = Wiring(job, stack)
        drafts = any(is_document(source) for source in sources) and (optimizer or _drafts(inputs))
        model = wiring.optimizer() if drafts else None
        for source in sources:
            name = within(inputs.project, source)
            if not is_document(source):
                for one in read_trace(source, name=name):
                    search.add(one)
            elif model is None:
                _read_questions(source, name, search)
            elif search.failed is None:
                await _draft(source, name, inputs, model, search)
        search.usage = wiring.meter.used


def _drafts(inputs: Inputs) -> bool:
    """Whether there is a model that drafts tasks: the practice optimizer does not."""
    name = inputs.settings.model("optimizer")
    return name is not None and not names_practice_model(name)


def _read_questions(source: Path, name: str, search: _Search) -> None:
    before = search.sample.seen
    for found in questions(read_text(source), name):
        search.add(found)
    if search.sample.seen == before:
        reason = (
            "no question with an answer below it (a heading such as `## How long ...?`, or `Q:` "
            "and `A:`); set an --optimizer to draft tasks from plain text"
        )
        search.add(Skipped(source=name, reason=reason))


async def _draft(source: Path, name: str, inputs: Inputs, model: Model, search: _Search) -> None:
    for line, passage in passages(read_text(source)):
        at = f"{name}:{line}"
        try:
            reply = await draft_tasks(model, inputs.skill, inputs.validation_set, passage=passage)
            for one in read_drafts(reply.text, passage, at, ending=reply.ending):
                search.add(one)
        except BadReply as error:
            search.add(Skipped(source=at, reason=f"the optimizer's reply: {error}"))
        except ChargedError as error:  # what was drafted, and paid, is kept
            search.failed = str(error)
            return


def _mined(file: CandidatesFile, search: _Search, chosen: Chosen) -> Mined:
    skipped = (*search.skipped, *chosen.skipped)
    return Mined(
        file=os.fspath(file.path),
        validation_set=os.fspath(file.validation_set),
        candidates=chosen.candidates,
        found=search.sample.seen,
        known=chosen.known,
        in_set=chosen.in_set,
        copies=chosen.copies + search.sample.copies,
        left_out=chosen.left_out + search.sample.left_out,
        redacted=chosen.redacted,
        skipped=skipped[:MOST_SKIPPED],
        skipped_total=search.skipped_total + len(chosen.skipped),
        failed=search.failed,
        usage=search.usage,
    )
