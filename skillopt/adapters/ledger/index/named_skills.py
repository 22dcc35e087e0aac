"""Which skills of a ledger a name, path or id stands for."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.adapters.ledger.db.plain_sql import PlainSql, joined, one_of
from skillopt.core.history.skill_ids import path_id


def named_skills(sql: PlainSql, given: Sequence[str]) -> tuple[str, ...]:
    """The ids that names, paths or ids stand for; what is unknown stands for itself."""
    found = [one for each in given for one in _named(sql, each) or (each,)]
    return tuple(dict.fromkeys(found))


def _named(sql: PlainSql, given: str) -> list[str]:
    # Not one condition with `or`: that reads all runs, where each of these has an index.
    query = joined(
        (
            "SELECT skill FROM run_skills WHERE",
            one_of("skill", (given, path_id(given))),
            "UNION SELECT run_skills.skill FROM run_skills JOIN runs ON runs.id = run_skills.run",
            "WHERE",
            one_of("runs.skill_name", (given,)),
        )
    )
    return sorted((row[0] for row in sql.rows(query)), key=lambda one: (one != given, one))
