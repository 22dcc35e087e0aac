"""Which skill each run is on now: made from the runs and the moves of the chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, func, insert, select

from skillopt.adapters.ledger.db.plain_sql import EngineSql
from skillopt.adapters.ledger.index.named_skills import named_skills
from skillopt.adapters.ledger.schema.mapping import Row
from skillopt.adapters.ledger.schema.tables import RUN_SKILLS, RUNS, SKILL_MOVES
from skillopt.core.history.skill_ids import SkillMove, id_now, skill_id
from skillopt.errors import InputError

_AT_ONCE = 500


def moves_of(connection: Connection) -> tuple[SkillMove, ...]:
    """All moves, oldest first."""
    columns = (SKILL_MOVES.c.seq, SKILL_MOVES.c.origin, SKILL_MOVES.c.old, SKILL_MOVES.c.new)
    found = connection.execute(select(*columns).order_by(SKILL_MOVES.c.seq))
    return tuple(SkillMove(*row) for row in found)


def file_runs(connection: Connection, runs: Iterable[Row], moves: Sequence[SkillMove] = ()) -> None:
    """File rows of `runs` under their skills; ``moves`` are those that may be later than them."""
    filed = [
        {
            "run": row["id"],
            "skill": id_now(
                skill_id(name=row["skill_name"], path=row["skill_path"]),
                seq=row["seq"],
                origin=row["origin"],
                moves=moves,
            ),
        }
        for row in runs
    ]
    if filed:
        connection.execute(insert(RUN_SKILLS), filed)


def refile_runs(connection: Connection) -> None:
    """File all runs of the chain."""
    columns = (RUNS.c.id, RUNS.c.seq, RUNS.c.origin, RUNS.c.skill_name, RUNS.c.skill_path)
    runs = connection.execute(select(*columns)).mappings().all()
    file_runs(connection, map(dict, runs), moves_of(connection))


def skills_of(connection: Connection, runs: Iterable[str]) -> dict[str, str]:
    """The skill of each of these runs."""
    wanted = sorted(set(runs))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = RUN_SKILLS.c.run.in_(wanted[start : start + _AT_ONCE])
        rows = connection.execute(select(RUN_SKILLS.c.run, RUN_SKILLS.c.skill).where(some))
        found |= {row.run: row.skill for row in rows}
    return found


def is_of(run: ColumnElement[str], *skills: str) -> ColumnElement[bool]:
    """Whether a column's run is on one of these skills, by their ids."""
    return run.in_(select(RUN_SKILLS.c.run).where(RUN_SKILLS.c.skill.in_(skills)))


def run_counts(connection: Connection, skills: Sequence[str]) -> dict[str, int]:
    """How many runs each of these skills has, by its id; those that have any."""
    query = select(RUN_SKILLS.c.skill, func.count()).where(RUN_SKILLS.c.skill.in_(skills))
    found: dict[str, int] = dict(connection.execute(query.group_by(RUN_SKILLS.c.skill)).all())
    return found


def all_skills(connection: Connection) -> list[str]:
    """The ids of all skills that have runs."""
    return sorted(connection.execute(select(RUN_SKILLS.c.skill).distinct()).scalars())


def name_of(connection: Connection, skill: str) -> str:
    """What a skill was called in its newest run; its id where it has none."""
    query = select(RUNS.c.skill_name).where(is_of(RUNS.c.id, skill)).order_by(RUNS.c.seq.desc())
    return connection.execute(query.limit(1)).scalar() or skill


def skills_named(connection: Connection, given: Sequence[str]) -> tuple[str, ...]:
    """The ids that names, paths or ids stand for; what is unknown stands for itself."""
    return named_skills(EngineSql(connection), given)


def one_skill(connection: Connection, given: str) -> str:
    """The id that a name, path or id stands for; what is unknown stands for itself.

    Raises:
        InputError: several skills have the name.
    """
    first, *others = skills_named(connection, [given])
    if others and first != given:
        several = ", ".join([first, *others])
        raise InputError(
            f"{given!r} could be {several}; they have one name: give one of these paths"
        )
    return first
