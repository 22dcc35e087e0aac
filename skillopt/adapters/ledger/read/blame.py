"""Why does the skill say this? Each line, traced to the accepted proposal that put it there."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.index.run_skills import is_of, name_of, one_skill
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.read.listings import SUMMARY, list_rounds, summary
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROUNDS, RUN_ENDS, RUNS
from skillopt.core.history.views import Line, RoundFilter, RoundSummary, Tracing
from skillopt.core.proposals.critique import Critique
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import SKILL_MD
from skillopt.errors import InputError

BY_HAND_SINCE = "by hand, since the last run"
MOST_STEPS = 10_000
_MOST_NAMED = 20


class _Step(NamedTuple):
    """A version of the line of descent, oldest first."""

    skill: Skill
    round: RoundSummary | None
    note: str


def trace(
    connection: Connection,
    name: str,
    *,
    current: Skill | None,
    line: int | None,
    file: str = SKILL_MD,
) -> Tracing:
    """Trace the lines of a skill.

    Args:
        connection: in a transaction.
        name: the skill, by its id or name.
        current: its text as the file has it now; by default the newest version in the ledger.
        line: only this one, counted from 1, with the evidence and what was refused beside it.
        file: the file of the skill whose lines are wanted.

    Raises:
        InputError: the ledger has no run on the skill, or the skill has no such text file or line.
    """
    skill = one_skill(connection, name)
    label = name_of(connection, skill)
    made = _descent(connection, skill, current)
    if current is not None and made[-1].skill != current:
        made.append(_Step(current, None, BY_HAND_SINCE))
    _check_file(made[-1].skill, file)
    steps = [(step, _text_of(step.skill, file)) for step in made]
    lines = _blamed(steps)
    if line is None:
        return Tracing(skill=label, lines=lines)
    if not 1 <= line <= len(lines):
        raise InputError(f"line {line}: {label} has {len(lines)} lines")
    found = lines[line - 1]
    return Tracing(
        skill=label,
        lines=(found,),
        critiques=_critiques(connection, found.round),
        refused_here=_refused_beside(connection, skill, Skill(text=steps[-1][1]), line),
    )


def _descent(connection: Connection, skill_id: str, current: Skill | None) -> list[_Step]:
    """The versions from the oldest known one to the newest, each made from the one before."""
    digest, place = _newest(connection, skill_id, current)
    steps: list[_Step] = []
    while len(steps) < MOST_STEPS:
        found = run_queries.skill(connection, digest)
        if found is None:
            break
        made = _maker(connection, skill_id, digest, before=place)
        if made is not None:
            steps.append(_Step(found, made[0], ""))
            digest, place = made[0].parent, made[1]
            continue
        began = _first_run(connection, skill_id, digest)
        steps.append(_Step(found, None, f"in the file when run {began[0]} began"))
        earlier = _last_before(connection, skill_id, place=began[1], not_this=digest)
        if earlier is None:
            break
        digest, place = earlier
    return list(reversed(steps))


def _newest(connection: Connection, skill_id: str, current: Skill | None) -> tuple[str, int]:
    """The version to trace: the file's where the ledger has it, else where the last run ended."""
    runs = select(RUNS.c.id, RUNS.c.first, RUNS.c.seq).where(is_of(RUNS.c.id, skill_id))
    last = connection.execute(runs.order_by(RUNS.c.seq.desc()).limit(1)).first()
    if last is None:
        raise InputError(f"no runs of the skill {skill_id!r} in the ledger; see `runs list`")
    if current is not None and run_queries.skill(connection, current.digest) is not None:
        return current.digest, _END_OF_TIME
    ended = _last_before(connection, skill_id, place=_END_OF_TIME, not_this="")
    return ended or (last.first, _END_OF_TIME)


_END_OF_TIME = 2**62


def _maker(
    connection: Connection, skill_id: str, digest: str, *, before: int
) -> tuple[RoundSummary, int] | None:
    """The newest accepted round, before a place in the chain, that made this version."""
    made = (ROUNDS.c.candidate == digest) & (ROUNDS.c.outcome == "accepted")
    query = SUMMARY.where(is_of(ROUNDS.c.run, skill_id) & made & (ROUNDS.c.seq < before))
    row = connection.execute(query.order_by(ROUNDS.c.seq.desc()).limit(1)).mappings().first()
    return (summary(dict(row)), int(row["seq"])) if row else None


def _first_run(connection: Connection, skill_id: str, digest: str) -> tuple[str, int]:
    """The run that brought this version in."""
    began = is_of(RUNS.c.id, skill_id) & (RUNS.c.first == digest)
    query = select(RUNS.c.id, RUNS.c.seq).where(began).order_by(RUNS.c.seq).limit(1)
    row = connection.execute(query).first()
    return (row.id, row.seq) if row else ("(unknown)", 0)


def _last_before(
    connection: Connection, skill_id: str, *, place: int, not_this: str
) -> tuple[str, int] | None:
    """Where the run that ended last before a place in the chain had come to."""
    ended = (RUN_ENDS.c.seq < place) & RUN_ENDS.c.last.is_not(None) & (RUN_ENDS.c.last != not_this)
    query = (
        select(RUN_ENDS.c.last, RUN_ENDS.c.seq)
        .join(RUNS, RUNS.c.id == RUN_ENDS.c.run)
        .where(ended & is_of(RUNS.c.id, skill_id))
        .order_by(RUN_ENDS.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row.last, row.seq) if row else None


def _check_file(skill: Skill, file: str) -> None:
    """Check that a skill has a text file of that name.

    Raises:
        InputError: it has not; the message names those it has.
    """
    texts = [one.path for one in skill.files if one.text is not None]
    if file != SKILL_MD and file not in texts:
        shown = ", ".join((SKILL_MD, *texts[:_MOST_NAMED]))
        raise InputError(f"the skill has no text file {file!r}; it has {shown}")


def _text_of(skill: Skill, file: str) -> str:
    if file == SKILL_MD:
        return skill.text
    return next((one.text or "" for one in skill.files if one.path == file), "")


def _blamed(steps: Sequence[tuple[_Step, str]]) -> tuple[Line, ...]:
    """Lines that a step keeps are the earlier step's; the others are its own."""
    (first, text), *later = steps
    texts = text.splitlines()
    origins = [first] * len(texts)
    for step, text in later:
        new = text.splitlines()
        found = [step] * len(new)
        matcher = difflib.SequenceMatcher(None, texts, new, autojunk=False)
        for match in matcher.get_matching_blocks():
            found[match.b : match.b + match.size] = origins[match.a : match.a + match.size]
        texts, origins = new, found
    return tuple(
        Line(number=number, text=text, round=step.round, note=step.note)
        for number, (text, step) in enumerate(zip(texts, origins, strict=True), start=1)
    )


def _critiques(connection: Connection, made: RoundSummary | None) -> tuple[Critique, ...]:
    """The findings a proposal answered: those on what it was meant to fix, where it says so."""
    if made is None:
        return ()
    document = connection.execute(select(ROUNDS.c.document).where(ROUNDS.c.id == made.id))
    critiques = mapping.round_of(document.scalar_one()).critiques
    meant = tuple(one for one in critiques if one.criterion in made.criteria)
    return meant or critiques


def _refused_beside(
    connection: Connection, skill_id: str, skill: Skill, line: int
) -> tuple[RoundSummary, ...]:
    at = sum(len(text) for text in skill.text.splitlines(keepends=True)[: line - 1])
    around = [section for section in skill.sections if section.span.start <= at < section.span.end]
    heading = " > ".join(around[-1].path) if around else ""
    wanted = RoundFilter(skill=skill_id, refused=True, section=heading, limit=20)
    return list_rounds(connection, wanted)
