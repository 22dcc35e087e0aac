"""The ledger for somebody else's loop: keep an edit it has tried, ask whether one was refused."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Any, Literal, NamedTuple, Required, TypedDict, Unpack

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from skillopt.adapters.files.places import project_for
from skillopt.adapters.files.skill_file import located_skill, read_skill, skill_name
from skillopt.adapters.ledger import SqlLedger, TriedEdit
from skillopt.app.inputs import within
from skillopt.app.ledger import project_ledger
from skillopt.app.sync import wait_for
from skillopt.core.gate.contest import PairedTask
from skillopt.core.history.recall import Recall, Topic, about_keys
from skillopt.core.history.run import OutcomeName
from skillopt.core.history.views import RoundEntry
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.screen import Known, Screened, earlier_rejections, sections_touched
from skillopt.core.redaction import redacted
from skillopt.core.replies import first_complaint
from skillopt.core.skill.edit import Edit, Misfit, apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value
from skillopt.errors import InputError

Edits = Sequence[Edit | Mapping[str, Any]]
"""Edits as values, or as their fields: `{"kind": "insert", "anchor": "", "text": "- Be kind."}`."""

MOST_RECALLED = 256
"""Refusals that an edit is compared with where their conditions do not matter: the newest."""

_SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_EDITS: TypeAdapter[tuple[Edit, ...]] = TypeAdapter(tuple[Edit, ...])


class KeptEdit(Value):
    """An edit of another loop, as the ledger has it now."""

    entry: str
    """Id of its entry; `skillopt ledger show` takes it."""
    skill: str
    skill_id: str
    """Under which the skill's record is kept."""
    source: str
    """The loop whose verdict it is."""
    outcome: OutcomeName
    parent: str
    """Digest of the version it edits."""
    candidate: str
    """Digest of the version it makes."""


class KnownRefusal(Value):
    """An earlier rejection that an edit would repeat."""

    entry: str
    """Id of the ledger's entry."""
    likeness: Literal["same edits", "same idea"]
    """`same idea`: it says the same in other words."""
    idea: str
    reason: str
    """Why it was rejected, in the words of who did it."""
    code: str
    """The rule that decided, in one word."""
    decided_by: str
    """`gate` for skillopt's, else the name of the loop whose verdict it is."""
    when: AwareDatetime
    same_version: bool
    """It was tried on this version of the skill."""
    context: str
    """Names the conditions of the verdict: target, tasks, rule."""
    gain: float | None
    p_value: float | None
    tasks_seen: int | None


class Evidence(Value):
    """The figures behind another loop's verdict."""

    gain: float | None = Field(default=None, ge=-1, le=1)
    """Mean paired difference of the scores, as a share of 1."""
    p_value: float | None = Field(default=None, ge=0, le=1)
    pairs: tuple[PairedTask, ...] = Field(default=(), max_length=10_000)
    """The scores of both versions, task by task."""


class _Subject(NamedTuple):
    """A skill, and where its record is."""

    skill: Skill
    name: str
    path: str | None
    ledger: str | Path


class KeepOptions(TypedDict, total=False):
    """What :func:`akeep` takes beside the skill and the edits."""

    outcome: Required[OutcomeName]
    """`accepted`, `rejected` or `inconclusive`, by the rule of that loop."""
    reason: Required[str]
    """Why, in one sentence."""
    source: Required[str]
    """The loop's name: letters, digits, `.`, `_` and `-`."""
    idea: str
    """What the edits do, in one sentence."""
    criteria: Sequence[str]
    """What they were meant to fix."""
    code: str
    """The rule that decided, in one word; by default `own`."""
    context: str
    """Names agent, tasks and rule; change it when they change. By default `own`."""
    evidence: Evidence | None
    """The figures."""
    parent: Skill | None
    """The version that was edited, where the file is no longer that."""
    ledger: SqlLedger | str | Path | None
    """An open ledger, a path or a URL; by default that of the skill's project."""


def keep(skill: Skill | str | Path, edits: Edits, **options: Unpack[KeepOptions]) -> KeptEdit:
    """:func:`akeep`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    return wait_for(akeep(skill, edits, **options), instead="akeep")


async def akeep(
    skill: Skill | str | Path, edits: Edits, **options: Unpack[KeepOptions]
) -> KeptEdit:
    """Enter an edit that another loop has tried; it is chained and verified as every entry is.

    It never counts as a verdict of skillopt's gate: lists, entries and counts name the loop.

    Args:
        skill: its file or folder, or the version that was edited as a value.
        edits: applied together.
        options: :class:`KeepOptions`.

    Raises:
        InputError: the edits do not fit the version, or a value breaks a rule.
        LedgerError: the store failed.
    """
    subject, tried, made = _ready(skill, edits, options)
    async with _opened(options.get("ledger"), subject, create=True) as opened:
        assert opened is not None
        entry = await opened.keep(tried)
    return KeptEdit(
        entry=entry,
        skill=subject.name,
        skill_id=tried.skill_id,
        source=tried.source,
        outcome=tried.outcome,
        parent=subject.skill.digest,
        candidate=made.digest,
    )


def check_keep(skill: Skill | str | Path, edits: Edits, **options: Unpack[KeepOptions]) -> None:
    """Check that :func:`akeep` could enter an edit; nothing is written.

    Raises:
        InputError: the edits do not fit the version, or a value breaks a rule.
    """
    _ready(skill, edits, options)


def _ready(
    skill: Skill | str | Path, edits: Edits, options: KeepOptions
) -> tuple[_Subject, TriedEdit, Skill]:
    """What was edited, the entry, and the version that the edits make."""
    subject = _subject(skill, options.get("parent"))
    tried = _tried(subject, edits, options)
    return subject, tried, _fitted(subject.skill, tried.edits)


def _tried(subject: _Subject, edits: Edits, options: KeepOptions) -> TriedEdit:
    """The entry.

    Raises:
        InputError: a value breaks a rule.
    """
    figures = options.get("evidence") or Evidence()
    said = {
        name: value
        for name, value in options.items()
        if name not in ("evidence", "parent", "ledger")
    }
    fields = {
        "code": "own",
        "context": "own",
        **said,
        "criteria": tuple(options.get("criteria", ())),
        "skill_name": subject.name,
        "skill_path": subject.path,
        "parent": subject.skill,
        "edits": _edits(edits),
        "gain": figures.gain,
        "p_value": figures.p_value,
        "pairs": figures.pairs,
    }
    try:
        tried = TriedEdit.model_validate(fields)
    except ValidationError as error:
        raise InputError(f"the edit cannot be kept: {first_complaint(error)}") from None
    _check(tried)
    return tried


def known_refusal(
    skill: Skill | str | Path,
    edits: Edits,
    *,
    context: str | None = None,
    ledger: SqlLedger | str | Path | None = None,
) -> KnownRefusal | None:
    """:func:`aknown_refusal`, waited for.

    Raises:
        RuntimeError: an event loop is running already.
    """
    running = aknown_refusal(skill, edits, context=context, ledger=ledger)
    return wait_for(running, instead="aknown_refusal")


async def aknown_refusal(
    skill: Skill | str | Path,
    edits: Edits,
    *,
    context: str | None = None,
    ledger: SqlLedger | str | Path | None = None,
) -> KnownRefusal | None:
    """The rejection that these edits would repeat; None where none stands against them.

    Edits are compared by what they change, so that the same idea in other words is found.

    Args:
        skill: its file or folder, or its version now as a value.
        edits: what is about to be tried.
        context: only rejections under these conditions count; by default those of every loop and of
            skillopt's gate, the 256 newest of the skill and of each section that is touched.
        ledger: an open ledger, a path or a URL; by default that of the skill's project.

    Raises:
        InputError: the edits do not fit the skill, or a value breaks a rule.
        LedgerError: the store failed.
    """
    subject = _subject(skill, None)
    wanted = _edits(edits)
    _fitted(subject.skill, wanted)
    tried = TriedEdit(
        skill_name=subject.name,
        skill_path=subject.path,
        parent=subject.skill,
        edits=wanted,
        outcome="rejected",
        reason="",
    )
    async with _opened(ledger, subject, create=False) as opened:
        if opened is None:
            return None
        if context is not None:
            block = await opened.known_refusal(
                tried.skill_id, tried.parent, tried.edits, context=context
            )
        else:
            block = await _in_any_context(opened, tried)
        if block is None or block.known is None:
            return None
        return _told(await opened.show_round(block.known), block, subject.skill)


async def _in_any_context(ledger: SqlLedger, tried: TriedEdit) -> Screened | None:
    """The newest rejection that stands, whatever its conditions."""
    skill = tried.parent
    proposal = Proposal(parent=skill.digest, draft=Draft(idea="", edits=tried.edits))
    keys = about_keys(tried.skill_id, Topic(sections=sections_touched(skill, proposal)))
    asked = Recall(keys, newest=MOST_RECALLED, most=MOST_RECALLED)
    found = await ledger.recalled(asked)
    contexts = dict.fromkeys(one.context for one in reversed(found) if one.blocks)
    blocks = (
        earlier_rejections(proposal, skill=skill, known=Known(refusals=found, context=one)).block
        for one in contexts
    )
    return next((block for block in blocks if block is not None), None)


def _told(entry: RoundEntry, block: Screened, skill: Skill) -> KnownRefusal:
    summary = entry.summary
    return KnownRefusal(
        entry=summary.id,
        likeness="same edits" if block.code == "known" else "same idea",
        idea=summary.idea,
        reason=summary.reason,
        code=summary.code,
        decided_by=summary.kept_by or "gate",
        when=summary.created,
        same_version=summary.parent == skill.digest,
        context=entry.round.context,
        gain=summary.gain,
        p_value=summary.p_value,
        tasks_seen=summary.tasks_seen,
    )


def _subject(skill: Skill | str | Path, parent: Skill | None) -> _Subject:
    if isinstance(skill, Skill):
        here = project_ledger(Path.cwd())
        return _Subject(parent or skill, redacted(skill_name(None, skill)), None, here)
    file = located_skill(Path(skill))
    text = parent or read_skill(file)
    place = redacted(within(project_for(file), file))
    return _Subject(text, redacted(skill_name(file, text)), place, project_ledger(file))


def _opened(
    ledger: SqlLedger | str | Path | None, subject: _Subject, *, create: bool
) -> AbstractAsyncContextManager[SqlLedger | None]:
    """The ledger, open; None where there is none and none is to be made."""
    if isinstance(ledger, SqlLedger):
        return nullcontext(ledger)
    where = ledger or subject.ledger
    if not create and "://" not in str(where) and not Path(where).exists():
        return nullcontext(None)
    return SqlLedger.open(where, create=create)


def _edits(given: Edits) -> tuple[Edit, ...]:
    try:
        return _EDITS.validate_python(tuple(given))
    except ValidationError as error:
        raise InputError(
            f"no edits: {first_complaint(error)}; an edit has a kind (insert, replace or delete), "
            "an anchor that occurs once in the skill, and a text where it adds one"
        ) from None


def _fitted(skill: Skill, edits: tuple[Edit, ...]) -> Skill:
    made = apply(skill, edits)
    if isinstance(made, Misfit):
        raise InputError(f"the edits do not fit the skill: {made.detail}")
    return made


def _check(tried: TriedEdit) -> None:
    """Check what a reader of the ledger relies on.

    Raises:
        InputError: a value breaks a rule.
    """
    for name, value in (("source", tried.source), ("code", tried.code)):
        if not _SOURCE.fullmatch(value):
            raise InputError(
                f"{name} {value[:80]!r}: use up to 64 letters, digits, '.', '_' and '-', beginning "
                "with a letter or digit"
            )
    if tried.source == "gate":
        raise InputError("source 'gate' stands for skillopt's own gate; name your loop otherwise")
    context, reason, criteria = tried.context, tried.reason, tried.criteria
    if _DIGEST.fullmatch(context) or not 0 < len(context) <= 200:  # noqa: PLR2004
        raise InputError(
            f"context {context[:80]!r}: use up to 200 characters that name your agent, tasks and "
            "rule, such as 'my-agent 2'; a digest names conditions of skillopt's gate"
        )
    if not reason.strip() or len(reason) > 2_000:  # noqa: PLR2004
        raise InputError("reason: say in up to 2000 characters why the edit was kept or refused")
    if len(criteria) > 20 or any(len(one) > 200 for one in criteria):  # noqa: PLR2004
        raise InputError("criteria: up to 20 names of up to 200 characters")
