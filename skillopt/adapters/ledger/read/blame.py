"""Why does the skill say this? Each line, traced to the accepted proposal that put it there."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import Connection, select

from skillopt.adapters.ledger.append.transaction import MOST_KEYS, versions_of
from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.index.run_skills import is_of, name_of, one_skill
from skillopt.adapters.ledger.read import run_queries
from skillopt.adapters.ledger.read.filters import passing
from skillopt.adapters.ledger.read.listings import list_rounds, summaries
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import ROUNDS, RUN_ENDS, RUNS
from skillopt.core.history.browsed import SkillLines
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


class _Maker(NamedTuple):
    """An accepted round: its number in the chain, and the version it was made from."""

    seq: int
    parent: str


class _Way(NamedTuple):
    """A version on the way back, and the number of the round that made it."""

    digest: str
    maker: int | None
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
    whole = _traced(connection, name, current=current, file=file)
    return whole.tracing if line is None else _line(connection, whole, line)


def skill_lines(connection: Connection, name: str, *, line: int | None, file: str) -> SkillLines:
    """The lines of a skill's newest version, and one of them with what it rests on.

    Raises:
        InputError: as :func:`trace`.
    """
    whole = _traced(connection, name, current=None, file=file)
    one = None if line is None else _line(connection, whole, line)
    return SkillLines(every=whole.tracing, one=one)


class _Traced(NamedTuple):
    """A skill's lines, and what the lines were traced in."""

    tracing: Tracing
    skill_id: str
    text: str


def _traced(connection: Connection, name: str, *, current: Skill | None, file: str) -> _Traced:
    skill = one_skill(connection, name)
    label = name_of(connection, skill)
    made = _descent(connection, skill, current)
    if current is not None and made[-1].skill != current:
        made.append(_Step(current, None, BY_HAND_SINCE))
    _check_file(made[-1].skill, file)
    steps = [(step, _text_of(step.skill, file)) for step in made]
    return _Traced(Tracing(skill=label, lines=_blamed(steps)), skill, steps[-1][1])


def _line(connection: Connection, whole: _Traced, line: int) -> Tracing:
    lines = whole.tracing.lines
    if not 1 <= line <= len(lines):
        raise InputError(f"line {line}: {whole.tracing.skill} has {len(lines)} lines")
    found = lines[line - 1]
    return Tracing(
        skill=whole.tracing.skill,
        lines=(found,),
        critiques=_critiques(connection, found.round),
        refused_here=_refused_beside(connection, whole.skill_id, Skill(text=whole.text), line),
    )


def _descent(connection: Connection, skill_id: str, current: Skill | None) -> list[_Step]:
    """The versions from the oldest known one to the newest, each made from the one before."""
    ways = _way_back(connection, *_newest(connection, skill_id, current), skill_id)
    texts = versions_of(connection, (way.digest for way in ways))
    known = list(takewhile(lambda way: way.digest in texts, ways))
    rounds = summaries(connection, [way.maker for way in known if way.maker is not None])
    return [
        _Step(texts[way.digest], None if way.maker is None else rounds[way.maker], way.note)
        for way in reversed(known)
    ]


def _way_back(connection: Connection, digest: str, place: int, skill_id: str) -> list[_Way]:
    """The versions from the newest to the oldest known one, and what made each."""
    makers = _makers(connection, skill_id)
    ways: list[_Way] = []
    while len(ways) < MOST_STEPS:
        made = makers.get(digest, [])
        earlier_ones = bisect_left(made, place, key=_seq)
        if earlier_ones:
            place, parent = made[earlier_ones - 1]
            ways.append(_Way(digest, place, ""))
            digest = parent
            continue
        began = _first_run(connection, skill_id, digest)
        ways.append(_Way(digest, None, f"in the file when run {began[0]} began"))
        earlier = _last_before(connection, skill_id, place=began[1], not_this=digest)
        if earlier is None:
            break
        digest, place = earlier
    return ways


def _seq(made: _Maker) -> int:
    return made.seq


def _makers(connection: Connection, skill_id: str) -> dict[str, list[_Maker]]:
    """The accepted rounds of a skill by the version that each made, the oldest first."""
    wanted = RoundFilter(skill=skill_id, outcome="accepted", limit=MOST_STEPS)
    places = sorted(passing(EngineSql(connection), wanted.wanted(), run=None))
    # Another skill may have this one's id as its name. The sum keeps a planner to the numbers.
    own = is_of(ROUNDS.c.run + "", skill_id)
    query = select(ROUNDS.c.seq, ROUNDS.c.parent, ROUNDS.c.candidate).where(own)
    found: dict[str, list[_Maker]] = defaultdict(list)
    for start in range(0, len(places), MOST_KEYS):
        some = query.where(ROUNDS.c.seq.in_(places[start : start + MOST_KEYS]))
        for row in connection.execute(some.order_by(ROUNDS.c.seq)):
            found[row.candidate].append(_Maker(row.seq, row.parent))
    return found


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
    """The findings a proposal answered: those on what it was meant to fix, where it says so.

    Edits that were taken up from an earlier run answer the findings of the proposal there.
    """
    if made is None:
        return ()
    critiques: tuple[Critique, ...] = ()
    source: str | None = made.id
    seen = set()
    while source is not None and source not in seen and not critiques:
        seen.add(source)
        found = connection.execute(select(ROUNDS.c.document).where(ROUNDS.c.id == source))
        document = found.scalar_one_or_none()
        round_ = None if document is None else mapping.round_of(document)
        critiques, source = (round_.critiques, round_.taken_from) if round_ else ((), None)
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
