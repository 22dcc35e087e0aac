"""What the optimizer would read of the ledger in the next round. Calls nothing, enters nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NoReturn

from pydantic import BaseModel

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs, read_inputs
from skillopt.app.records import seats, tuning_fingerprint
from skillopt.app.wiring import opened_ledger, wired
from skillopt.core.evaluation.rollout import Answer, Reply
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.core.events import Event
from skillopt.core.history.recall import Recall, Topic, about_keys
from skillopt.core.history.run import RunRecord
from skillopt.core.history.search import Search, resumed
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.context import RunContext
from skillopt.engine.round_work import RoundWork
from skillopt.engine.steps.recall import search_so_far
from skillopt.errors import SpendExhausted
from skillopt.ports import Ledger, Model, Target

About = Literal["the round's critiques", "the newest refusal", "nothing"]


class LedgerDigest(Value):
    """The digest, and what it rests on."""

    skill: str
    run: str | None
    """The unfinished run whose next round it is of; None where a new run would begin."""
    number: int
    """That round, counted from 1."""
    version: str
    """Digest of the version it would start from."""
    about: About
    """What its entries are chosen by. `the round's critiques`: the round is at work and has its
    critiques, so that this is the very text it sends. `the newest refusal`: as if the next failures
    were like those that the newest refused proposal was to mend."""
    text: str
    """What the prompt has in its block `refused`."""


async def aledger_digest(
    skill: Skill | str | Path,
    *,
    validation_set: ValidationSet | str | Path | None = None,
    target: OwnTarget | Target | str | None = None,
    optimizer: OwnModel | Model | str | None = None,
    judge: OwnModel | Model | str | None = None,
    checks: Mapping[str, OwnCheck] | None = None,
    ledger: Ledger | str | Path | None = None,
    writes_to: Path | None = None,
    **settings: Any,
) -> LedgerDigest:
    """The text that the next round of `tune`, called with the same arguments, would send.

    What decides which entries are current (target, tasks, gate policy, sections as they are now)
    is as it would be in that round. No model is asked and nothing is entered.

    Args:
        skill: as in :func:`skillopt.atune`, like all that follow.
        validation_set: path or value.
        target: what the rollouts are made with.
        optimizer: whose next prompt it is.
        judge: where a rubric asks for one.
        checks: the caller's own.
        ledger: by default the project's.
        writes_to: the file the run writes, where an unfinished run is to be found by it.
        settings: any other field of :class:`skillopt.core.settings.Settings`.

    Raises:
        InputError: something in the skill, the tasks or the settings.
        LedgerError: there is no ledger, or it failed.
    """
    named, own = seats(target, optimizer, judge, checks)
    inputs = read_inputs(skill, validation_set, {**named, **settings})
    async with (
        opened_ledger(ledger or inputs.settings.ledger, inputs.project, create=False) as store,
        wired(inputs, own=own, ledger=store, emit=_ignore) as parts,
    ):
        asleep = _Asleep(parts.context.target, parts.context.optimizer)
        context = replace(parts.context, target=asleep, optimizer=asleep.model)
        return await _digest(context, inputs, writes_to)


async def _digest(context: RunContext, inputs: Inputs, writes_to: Path | None) -> LedgerDigest:
    fingerprint = tuning_fingerprint(inputs, context, writes_to)
    unfinished = await context.ledger.unfinished_run(fingerprint)
    search = Search(incumbent=context.first.digest, book={})
    if unfinished:
        context, search = await _taken_up(context, unfinished)
    incumbent = await context.version(search.incumbent)
    work = RoundWork(context, search, incumbent)
    text, about = await _text(context, search, work)
    return LedgerDigest(
        skill=context.skill_name,
        run=unfinished.id if unfinished else None,
        number=work.number,
        version=incumbent.digest,
        about=about,
        text=text,
    )


async def _taken_up(context: RunContext, unfinished: RunRecord) -> tuple[RunContext, Search]:
    first = await context.version(unfinished.first)
    search = Search(incumbent=unfinished.first, book={})
    rounds = await context.ledger.rounds(unfinished.id)
    return replace(context, run=unfinished.id, first=first), resumed(search, rounds)


async def _text(context: RunContext, search: Search, work: RoundWork) -> tuple[str, About]:
    if context.run:
        try:
            return (await work.question()).refused, "the round's critiques"
        except SpendExhausted:  # the round has not come so far
            pass
    topic = await _newest_topic(context)
    text = await search_so_far(context, search, incumbent=work.incumbent, topic=topic or Topic())
    return text, "the newest refusal" if topic else "nothing"


async def _newest_topic(context: RunContext) -> Topic | None:
    """What the newest refused proposal was about."""
    keys = about_keys(context.skill_name, Topic())
    found = await context.ledger.recalled(Recall(keys, newest=1, most=1))
    if not found:
        return None
    newest = found[-1]
    criteria = newest.proposal.draft.criteria
    return Topic(sections=newest.sections, criteria=criteria, failures=newest.failures)


@dataclass(frozen=True)
class _SilentModel:
    """A model that is named and never asked."""

    identity: str

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        _refuse(messages, shape)


@dataclass(frozen=True)
class _Asleep:
    """A target and an optimizer that are named and never called: a digest costs nothing."""

    awake: Target
    optimizer: Model

    @property
    def identity(self) -> str:
        return self.awake.identity

    @property
    def deterministic(self) -> bool:
        return self.awake.deterministic

    @property
    def model(self) -> Model:
        return _SilentModel(self.optimizer.identity)

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        _refuse(skill, task, trial)


def _refuse(*_unused: object) -> NoReturn:
    raise SpendExhausted("a digest calls nothing")


def _ignore(_event: Event) -> None:
    """Nobody listens."""
