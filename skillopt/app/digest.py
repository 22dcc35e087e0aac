"""What the optimizer would read of the ledger in the next round. Calls nothing, enters nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn, Unpack

from pydantic import BaseModel

from skillopt.app.job import read_job
from skillopt.app.options import Options
from skillopt.app.records import tuning_fingerprint
from skillopt.app.session import TuningSession, open_tuning
from skillopt.app.sync import wait_for
from skillopt.core.evaluation.rollout import Answer, Reply
from skillopt.core.evaluation.task import Message, Task
from skillopt.core.history.recall import Recall, Topic, about_keys
from skillopt.core.history.run import RunRecord
from skillopt.core.history.search import Search, resumed
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.engine.context import Setup, TuningContext
from skillopt.engine.loop import next_round
from skillopt.engine.steps.recall import search_so_far
from skillopt.errors import SpendExhausted

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
    were like those that the newest refused proposal was meant to fix."""
    text: str
    """What the prompt has in its block `refused`."""


def ledger_digest(
    skill: Skill | str | Path, *, writes_to: Path | None = None, **options: Unpack[Options]
) -> LedgerDigest:
    """:func:`aledger_digest`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = aledger_digest(skill, writes_to=writes_to, **options)
    return wait_for(running, instead="aledger_digest")


async def aledger_digest(
    skill: Skill | str | Path, *, writes_to: Path | None = None, **options: Unpack[Options]
) -> LedgerDigest:
    """The text that the next round of `tune`, called with the same arguments, would send.

    Which refusals are current (target, tasks, gate policy, sections as they are now) is decided as
    in that round. No model is called and nothing is written.

    Args:
        skill: a path or a value.
        writes_to: the file the run writes, which helps to find an unfinished run.
        options: as for :func:`skillopt.atune`.

    Raises:
        InputError: the skill, the tasks or the settings cannot be used.
        LedgerError: there is no ledger, or it failed.
    """
    job = read_job(skill, proposes=True, **options)
    async with open_tuning(job, create=False) as session:
        fingerprint = tuning_fingerprint(job, session.setup, session.optimizer, writes_to)
        unfinished = await session.ledger.unfinished_run(fingerprint)
        if unfinished is None:
            return await _of_new_run(session)
        return await _of_next_round(session, unfinished)


async def _of_new_run(session: TuningSession) -> LedgerDigest:
    skill = session.job.inputs.skill
    search = Search(incumbent=skill.digest, book={})
    text, about = await _by_newest_refusal(session.setup, search, run=None, incumbent=skill)
    return LedgerDigest(
        skill=session.setup.skill_name,
        run=None,
        number=1,
        version=skill.digest,
        about=about,
        text=text,
    )


async def _of_next_round(session: TuningSession, unfinished: RunRecord) -> LedgerDigest:
    context, search = await _resumed(session, unfinished)
    work = await next_round(context, search)
    incumbent = work.incumbent
    about: About = "the round's critiques"
    try:
        text = (await work.question()).refused
    except SpendExhausted:  # the round has no critiques yet
        text, about = await _by_newest_refusal(
            context, work.search, run=unfinished.id, incumbent=incumbent
        )
    return LedgerDigest(
        skill=context.skill_name,
        run=unfinished.id,
        number=work.number,
        version=incumbent.digest,
        about=about,
        text=text,
    )


async def _resumed(session: TuningSession, unfinished: RunRecord) -> tuple[TuningContext, Search]:
    setup, skill = session.setup, session.job.inputs.skill
    first = await setup.for_run(unfinished.id, first=skill).version(unfinished.first)
    asleep = replace(setup, target=_SilentTarget(setup.target.identity, setup.deterministic))
    context = asleep.for_tuning(
        unfinished.id, first=first, optimizer=_SilentModel(session.optimizer.identity)
    )
    rounds = await session.ledger.rounds(unfinished.id)
    return context, resumed(Search(incumbent=unfinished.first, book={}), rounds)


async def _by_newest_refusal(
    setup: Setup, search: Search, *, run: str | None, incumbent: Skill
) -> tuple[str, About]:
    topic = await _newest_topic(setup)
    text = await search_so_far(setup, search, run=run, incumbent=incumbent, topic=topic or Topic())
    return text, "the newest refusal" if topic else "nothing"


async def _newest_topic(setup: Setup) -> Topic | None:
    """What the newest refused proposal was about."""
    keys = about_keys(setup.skill_id, Topic())
    found = await setup.ledger.recalled(Recall(keys, newest=1, most=1))
    if not found:
        return None
    newest = found[-1]
    criteria = newest.proposal.draft.criteria
    return Topic(sections=newest.sections, criteria=criteria, failures=newest.failures)


@dataclass(frozen=True)
class _SilentModel:
    """Has the identity of a model and is never called."""

    identity: str

    async def reply(self, messages: Sequence[Message], *, shape: type[BaseModel]) -> Reply:
        _refuse(messages, shape)


@dataclass(frozen=True)
class _SilentTarget:
    """Has the identity of a target and is never called: a digest costs nothing."""

    identity: str
    deterministic: bool

    async def answer(self, skill: Skill | None, task: Task, *, trial: int) -> Answer:
        _refuse(skill, task, trial)


def _refuse(*_unused: object) -> NoReturn:
    raise SpendExhausted("a digest calls nothing")
