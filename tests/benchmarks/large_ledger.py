"""A ledger of a million proposals in minutes: a small one that was entered, copied with SQL.

One run without an end has half of the proposals. The other half is spread over 1,000 ended runs on
as many skills, one accepted in fifty. One more skill has 200 accepted versions, each made from the
one before. What was accepted on teams a person had approved, and 120 more runs wait for one. Copies
are rows like every other, in all tables and indexes; only their links are not those of a chain, so
`verify` fails.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Iterator
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, create_engine, text

from skillopt.adapters.ledger import SqlLedger
from skillopt.adapters.ledger.append.approvals import enter_decision, enter_waiting
from skillopt.adapters.ledger.append.transaction import Entering
from skillopt.adapters.ledger.index.keys import round_key
from skillopt.adapters.ledger.index.recall import SLOTS
from skillopt.adapters.ledger.schema import mapping, tables
from skillopt.core.approval.decision import Decision
from skillopt.core.gate.contest import Outcome
from skillopt.core.history.run import AcceptedRound, Round
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from tests.adapters.ledger.samples import (
    a_proposal,
    a_rollout,
    a_round,
    an_end,
    an_exchange,
    an_insert,
)
from tests.benchmarks.ledger_growth import RUN, SKILL, round_of, the_run

BASE = 5_000
"""Proposals that are entered; the others are copies of them."""
TEAMS = tuple(f"team-{number}" for number in range(1, 6))
VETERAN = "veteran"
VERSIONS = 200
"""Accepted versions of one skill, each made from the one before."""
ACCEPTED_EACH = 50
ROLLOUTS = 500
"""Of the large run, before copying; the other runs have a tenth each."""
WAITING = 120
"""Runs that wait for a person, each on a skill of its own."""
NEWEST_RUN = f"{9_000}0101-000000-veteran"


def run_of(team: str) -> str:
    return f"20260101-000000-{team}"


async def build(where: str, entries: int) -> None:
    """A ledger with that many proposals, and some.

    Args:
        where: a path or URL without a ledger.
        entries: a multiple of :data:`BASE`.
    """
    async with SqlLedger.open(where) as ledger:
        await _enter_base(ledger)
    copies = entries // BASE - 1
    if copies:
        await asyncio.to_thread(_multiply, where, copies)
    async with SqlLedger.open(where) as ledger:
        await _enter_waiting(ledger)
        await _enter_veteran(ledger)


async def _enter_base(ledger: SqlLedger) -> None:
    await ledger.start_run(the_run(), SKILL)
    half = BASE // 2
    await _enter(ledger, [round_of(number, random.Random(number)) for number in range(1, half + 1)])
    await _pay(ledger, RUN, ROLLOUTS)
    for place, team in enumerate(TEAMS):
        run = the_run().model_copy(
            update={"id": run_of(team), "skill_name": team, "fingerprint": team}
        )
        await ledger.start_run(run, SKILL)
        rounds = list(_team_rounds(run.id, half // len(TEAMS), seed=place))
        await _enter(ledger, rounds)
        await _pay(ledger, run.id, ROLLOUTS // 10)
        last = next(
            one.decision.candidate
            for one in rounds[::-1]
            if isinstance(one.decision, AcceptedRound)
        )
        await ledger.finish_run(an_end(run, last=last))


def _team_rounds(run: str, many: int, *, seed: int) -> Iterator[Round]:
    chance = random.Random(seed)
    for number in range(1, many + 1):
        yield _round_of(run, number, chance, accepted=number % ACCEPTED_EACH == 0)


def _round_of(run: str, number: int, chance: random.Random, *, accepted: bool) -> Round:
    made = round_of(chance.randrange(10**9), chance)
    named = {"id": content_hash([run, number])[:12], "run": run, "number": number}
    if accepted:
        assert made.decision.verdict
        verdict = made.decision.verdict.model_copy(update={"outcome": Outcome.ACCEPTED})
        named["decision"] = AcceptedRound(verdict=verdict, candidate=_candidate_of(made).digest)
    return made.model_copy(update=named)


def _candidate_of(round_: Round) -> Skill:
    assert round_.proposal
    candidate = apply(SKILL, round_.proposal.edits)
    assert isinstance(candidate, Skill)
    return candidate


async def _enter(ledger: SqlLedger, rounds: list[Round]) -> None:
    def portion(work: Entering, some: list[Round]) -> None:
        skills = {run.id: run.skill_name for run in [the_run()]}
        skills |= {run_of(team): team for team in TEAMS}
        for round_ in some:
            if isinstance(round_.decision, AcceptedRound):
                _approve(work, round_)
            work.append(tables.ROUNDS, mapping.round_row(round_, skills[round_.run]))
            for edit in mapping.edit_rows(round_):
                work.append(tables.EDITS, edit)

    for start in range(0, len(rounds), 1000):
        await ledger._writer.do(partial(portion, some=rounds[start : start + 1000]))


def _approve(work: Entering, round_: Round) -> None:
    enter_waiting(work, round_, _candidate_of(round_))
    decision = Decision(entry=round_.id, kind="approved", person="Ana", known_by="given")
    enter_decision(work, decision, None)


async def _enter_waiting(ledger: SqlLedger) -> None:
    for number in range(1, WAITING + 1):
        run = the_run().model_copy(
            update={"id": f"89990101-000000-waits-{number}", "skill_name": f"waits-{number}",
                    "fingerprint": f"waits-{number}"}
        )  # fmt: skip
        await ledger.start_run(run, SKILL)
        waits = _round_of(run.id, 1, random.Random(number), accepted=True)
        await ledger.add_waiting(waits, _candidate_of(waits))


async def _pay(ledger: SqlLedger, run: str, rollouts: int) -> None:
    for number in range(rollouts):
        made = a_rollout(number)
        key = made.key.model_copy(update={"task": content_hash([run, number])})
        await ledger.add_rollout(run, made.model_copy(update={"key": key}))
    for number in range(1, 51):
        await ledger.add_exchange(
            an_exchange(f"{number}/propose", run=run, prompt=f"{run} {number}")
        )


async def _enter_veteran(ledger: SqlLedger) -> None:
    run = the_run().model_copy(
        update={"id": NEWEST_RUN, "skill_name": VETERAN, "fingerprint": VETERAN}
    )
    await ledger.start_run(run, SKILL)
    parent = SKILL
    for number in range(1, VERSIONS + 1):
        anchor = f"- Start with {random.Random(number).choice(('refunds', 'tone', 'orders'))}.\n"
        edit = an_insert(f"- Line {number} of it.\n", anchor=anchor).model_copy(
            update={"section": ()}
        )
        proposal = a_proposal(edit, parent=parent, idea=f"line {number}")
        made, candidate = a_round(
            number, run=run.id, proposal=proposal, outcome=Outcome.ACCEPTED, parent=parent
        )
        await ledger.add_round(made, candidate)
        parent = candidate or parent
    await ledger.finish_run(an_end(run, last=parent.digest))


def _multiply(where: str, copies: int) -> None:
    url = where.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url if "://" in url else f"sqlite:///{url}")
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        if lite:
            for setting in ("journal_mode=off", "synchronous=off", "cache_size=-1000000"):
                connection.exec_driver_sql(f"PRAGMA {setting}")
        size = connection.execute(text("SELECT seq FROM ledger_state")).scalar_one()
        for number in range(1, copies + 1):
            _copy(connection, number, size)
            connection.commit()
            sys.stderr.write(f"\r{(number + 1) * BASE:,} proposals")
        _copy_recall_keys(connection, copies, size)
        _count(connection, copies, size)
        connection.commit()
        if lite:
            connection.execute(text("INSERT INTO round_search (round_search) VALUES ('rebuild')"))
            connection.commit()
        connection.commit()
        sys.stderr.write("\n")
    if not lite:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _copy(connection: Connection, number: int, size: int) -> None:
    """Copy the base once: rows move up in the chain, by a year, to other ids, runs and skills."""
    given = {"seq": size * number, "hex": f"k{number:03x}", "year": str(2026 + number), "size": size,
             "mark": f".{number}", "entry": size * number * SLOTS, "step": number * BASE}  # fmt: skip

    def run(column: str) -> str:
        return f"CASE WHEN {column} = '{RUN}' THEN {column} ELSE :year || substr({column}, 5) END"

    def skill(column: str) -> str:
        return f"CASE WHEN {column} LIKE 'team-%' THEN {column} || :mark ELSE {column} END"

    def own(column: str) -> str:
        return f":hex || substr({column}, 5)"

    moved = {"seq": "seq + :seq", "created": ":year || substr(created, 5)"}
    teams = "id <> '" + RUN + "'"
    of_teams = "run <> '" + RUN + "'"
    document = f"replace(replace(document, id, {own('id')}), run, {run('run')})"
    number_ = f"CASE WHEN run = '{RUN}' THEN number + :step ELSE number END"
    keys = " ".join(
        f"WHEN {round_key('skill', team)} THEN {round_key('skill', f'{team}.{number}')}"
        for team in TEAMS
    )
    parts: list[tuple[Table, dict[str, str], str]] = [
        (tables.RUNS, {**moved, "id": run("id"), "skill_name": skill("skill_name"),
                       "fingerprint": skill("fingerprint"),
                       "document": _renamed("id", run("id"))},
         teams),
        (tables.RUN_ENDS, {**moved, "run": run("run"),
                           "document": _renamed("run", run("run"))},
         of_teams),
        (tables.ROUNDS, {**moved, "id": own("id"), "run": run("run"), "number": number_,
                         "skill_name": skill("skill_name"), "document": document}, "1 = 1"),
        (tables.APPROVALS, {**moved, "id": own("id"), "run": run("run"),
                            "skill_name": skill("skill_name"), "document": document}, "1 = 1"),
        (tables.DECISIONS, {**moved, "approval": own("approval")}, "1 = 1"),
        (tables.EDITS, {**moved, "round": own("round")}, "1 = 1"),
        (tables.ROLLOUTS, {**moved, "key": own("key"), "run": run("run")}, "1 = 1"),
        (tables.EXCHANGES, {**moved, "run": run("run"), "prompt_digest": own("prompt_digest")}, "1 = 1"),
    ]  # fmt: skip
    for table, changed, where in parts:
        _insert(connection, table, changed, f"seq <= :size AND {where}", given)
    _insert(connection, tables.RUN_SKILLS, {"run": run("run"), "skill": skill("skill")},
            f"{of_teams} AND run LIKE '2026%'", given)  # fmt: skip
    _insert(connection, tables.ROUND_KEYS,
            {"seq": "seq + :seq", "key": f"CASE key {keys} ELSE key END"}, "seq <= :size", given)  # fmt: skip
    _insert(connection, tables.RECALLED, {"entry": "entry + :entry", "round": own("round")},
            f"entry < (:size + 1) * {SLOTS}", given)  # fmt: skip
    _insert(connection, tables.TALLIES, {"skill_id": skill("skill_id")},
            "skill_id LIKE 'team-_'", given)  # fmt: skip
    _fill(connection, given)


def _fill(connection: Connection, given: dict[str, Any]) -> None:
    """Rows in place of those that are not copied: a ledger's rows are numbered without a gap."""
    for table, which in ((tables.VERSIONS, "1 = 1"), (tables.SCHEMA_CHANGES, "1 = 1"),
                         (tables.RUNS, f"id = '{RUN}'")):  # fmt: skip
        connection.execute(
            text(
                "INSERT INTO prunings (seq, created, origin, link, before, place, payloads) "
                f"SELECT seq + :seq, created, origin, link, created, seq, 0 FROM {table.name} "
                f"WHERE seq <= :size AND {which}"
            ),
            given,
        )


def _renamed(run: str, moved: str) -> str:
    """A run's document with its other id and skill; its id ends with the skill's name."""
    skill = f"substr({run}, {len(run_of('')) + 1})"
    quoted = """'"skill_name":"' || {} || '"'"""
    before, after = quoted.format(skill), quoted.format(f"{skill} || :mark")
    return f"replace(replace(document, {run}, {moved}), {before}, {after})"


def _insert(
    connection: Connection, table: Table, changed: dict[str, str], where: str, given: dict[str, Any]
) -> None:
    names = [column.name for column in table.columns]
    values = ", ".join(changed.get(name, name) for name in names)
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {values} FROM {table.name} WHERE {where}"
        ),
        given,
    )


def _copy_recall_keys(connection: Connection, copies: int, size: int) -> None:
    """In their order: an index that is filled from one end takes a fraction of the time."""
    connection.execute(
        text(
            "INSERT INTO recall_keys (key, entry) WITH RECURSIVE ks(k) AS "
            "(SELECT 1 UNION ALL SELECT k + 1 FROM ks WHERE k < :copies) "
            "SELECT key, entry + :entry * k FROM recall_keys CROSS JOIN ks ORDER BY 1, 2"
        ),
        {"copies": copies, "entry": size * SLOTS},
    )


def _count(connection: Connection, copies: int, size: int) -> None:
    counted = "UPDATE tallies SET count = count * :times WHERE skill_id = 'support'"
    connection.execute(text(counted), {"times": copies + 1})
    connection.execute(text("UPDATE ledger_state SET seq = seq + :more"), {"more": size * copies})
