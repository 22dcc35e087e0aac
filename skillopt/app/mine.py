"""Candidate tasks out of traces and documents. Nothing found here counts before it is approved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Unpack

from skillopt.adapters.files.candidates_file import candidates_beside
from skillopt.adapters.files.validation_file import find_validation_set
from skillopt.adapters.models import OwnModel
from skillopt.adapters.traces.sources import (
    check_source,
    is_document,
    read_text,
    read_trace,
)
from skillopt.app.candidate_store import CandidateStore
from skillopt.app.inputs import Inputs, read_inputs, within
from skillopt.app.job import Job, Roles
from skillopt.app.options import SettingsOptions
from skillopt.app.sync import wait_for
from skillopt.app.wiring import Wiring
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.evaluation.task import Split
from skillopt.core.mining.candidate import Candidate, Found, Skipped
from skillopt.core.mining.choice import Sample
from skillopt.core.mining.drafts import passages, read_drafts
from skillopt.core.mining.questions import questions
from skillopt.core.replies import BadReply
from skillopt.core.role_settings import names_practice_model
from skillopt.core.value import Value
from skillopt.engine.steps.draft_tasks import draft_tasks
from skillopt.errors import ChargedError
from skillopt.ports import Model

Sources = str | Path | Sequence[str | Path]
"""One file or several."""

LIMIT = 100
"""New candidates of one search, where nothing else is asked for."""

MOST_SKIPPED = 1_000
"""Skipped records that are named; more are only counted."""


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
    """Those that are candidates already, refused ones among them."""
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

    inputs: Inputs
    store: CandidateStore
    found: int = 0
    copies: int = 0
    left_out: int = 0
    skipped: list[Skipped] = field(default_factory=list)
    skipped_total: int = 0
    failed: str | None = None
    usage: Usage = field(default_factory=Usage)

    def skip(self, one: Skipped) -> None:
        self.skipped_total += 1
        if len(self.skipped) < MOST_SKIPPED:
            self.skipped.append(one)

    def keep(self, finds: Iterable[Found | Skipped]) -> None:
        """Put what was read from one place into the file."""
        sample = Sample()
        for one in finds:
            if isinstance(one, Found):
                sample.add(one)
            else:
                self.skip(one)
        self.found += sample.seen
        self.copies += sample.copies
        self.left_out += sample.left_out
        if sample.seen:
            self.store.add(sample.finds())


def mine(
    sources: Sources,
    skill: str | Path,
    *,
    validation_set: str | Path | None = None,
    out: str | Path | None = None,
    limit: int = LIMIT,
    split: Split | None = None,
    optimizer: OwnModel | Model | str | None = None,
    **settings: Unpack[SettingsOptions],
) -> Mined:
    """:func:`amine`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    mining = amine(
        sources,
        skill,
        validation_set=validation_set,
        out=out,
        limit=limit,
        split=split,
        optimizer=optimizer,
        **settings,
    )
    return wait_for(mining, instead="amine")


async def amine(
    sources: Sources,
    skill: str | Path,
    *,
    validation_set: str | Path | None = None,
    out: str | Path | None = None,
    limit: int = LIMIT,
    split: Split | None = None,
    optimizer: OwnModel | Model | str | None = None,
    **settings: Unpack[SettingsOptions],
) -> Mined:
    """Search ``sources`` for tasks, and put what is new into the file of candidates.

    Args:
        sources: chat logs, exports of traces, documents.
        skill: path of the skill that the tasks are for.
        validation_set: path of its tasks; by default the one named after the skill.
        out: the file of candidates; by default beside the validation set.
        limit: at most how many new candidates.
        split: of all new candidates; by default that of their id's hash.
        optimizer: who drafts tasks from documents; by default the settings' optimizer.
        settings: any field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: a source, the skill, its tasks or the settings cannot be read.
    """
    files = [Path(one) for one in ([sources] if isinstance(sources, str | Path) else sources)]
    for source in files:
        check_source(source)
    path = Path(validation_set) if validation_set else find_validation_set(Path(skill))
    named = {"optimizer": optimizer} if isinstance(optimizer, str) else {}
    inputs = read_inputs(skill, path, {**settings, **named})
    place = Path(out) if out else candidates_beside(path)
    store = CandidateStore(place, path, inputs.validation_set.tasks, limit, split)
    store.read()  # a file that cannot be used is refused before anything is spent
    search = _Search(inputs, store)
    await _read(files, search, None if isinstance(optimizer, str) else optimizer)
    return _mined(search)


async def _read(
    sources: Sequence[Path], search: _Search, optimizer: OwnModel | Model | None
) -> None:
    named = [(source, within(search.inputs.project, source)) for source in sources]
    texts = [(name, read_text(source)) for source, name in named if is_document(source)]
    async with AsyncExitStack() as stack:
        inputs = search.inputs
        job = Job(inputs, Roles(optimizer=optimizer), ledger=None, self_judged=False)
        wiring = Wiring(job, stack)
        drafts = texts and (optimizer or _drafts(inputs))
        model = wiring.optimizer() if drafts else None
        traces = [
            read_trace(source, name=name) for source, name in named if not is_document(source)
        ]
        asked = [_questions(text, name) for name, text in texts if model is None]
        search.keep(chain(*traces, *asked))
        if model is not None:
            for name, text in texts:
                await _draft(model, name, text, search)
        search.usage = wiring.meter.used


def _drafts(inputs: Inputs) -> bool:
    """Whether there is a model that drafts tasks: the practice optimizer does not."""
    name = inputs.settings.model("optimizer")
    return name is not None and not names_practice_model(name)


def _questions(text: str, name: str) -> Iterator[Found | Skipped]:
    found = list(questions(text, name))
    yield from found
    if not found:
        reason = (
            "no question with an answer (a heading such as `## How long ...?`, `Q:` and `A:`, a "
            "table of questions, or `<details>`); set an --optimizer to draft tasks from plain text"
        )
        yield Skipped(source=name, reason=reason)


async def _draft(model: Model, name: str, text: str, search: _Search) -> None:
    """Drafts from a document, kept passage by passage: each is paid for."""
    skill, tasks = search.inputs.skill, search.inputs.validation_set
    for line, passage in passages(text):
        if search.failed is not None or not search.store.room:
            return
        at = f"{name}:{line}"
        try:
            reply = await draft_tasks(model, skill, tasks, passage=passage)
            search.keep(read_drafts(reply.text, passage, at, ending=reply.ending))
        except BadReply as error:
            search.skip(Skipped(source=at, reason=f"the optimizer's reply: {error}"))
        except ChargedError as error:
            search.failed = str(error)


def _mined(search: _Search) -> Mined:
    store, chosen = search.store, search.store.chosen
    skipped = (*search.skipped, *(one for each in chosen for one in each.skipped))
    return Mined(
        file=os.fspath(store.path),
        validation_set=os.fspath(store.validation_set),
        candidates=store.candidates,
        found=search.found,
        known=sum(each.known for each in chosen),
        in_set=sum(each.in_set for each in chosen),
        copies=search.copies + sum(each.copies for each in chosen),
        left_out=search.left_out + sum(each.left_out for each in chosen),
        redacted=sum(each.redacted for each in chosen),
        skipped=skipped[:MOST_SKIPPED],
        skipped_total=search.skipped_total + sum(len(each.skipped) for each in chosen),
        failed=search.failed,
        usage=search.usage,
    )
