"""A process that enters rollouts, replies and rounds, and says on stdout what was acknowledged.

Arguments: the ledger, how many rounds, the rollouts of each round, and the run's id. Of several ids
each is a run of a process of its own, forked from this one.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial

from skillopt.adapters.ledger import SqlLedger
from skillopt.core.gate.contest import Outcome
from skillopt.core.skill.skill import Skill
from tests.adapters.ledger.samples import (
    SKILL,
    a_proposal,
    a_rollout,
    a_round,
    a_run,
    an_end,
    an_exchange,
    an_insert,
)
from tests.forking import all_succeed


def say(*what: object) -> None:
    sys.stdout.write(" ".join(map(str, what)) + "\n")
    sys.stdout.flush()


async def enter(where: str, name: str, *, rounds: int, rollouts: int) -> None:
    run = a_run(name, fingerprint=name)
    async with SqlLedger.open(where) as ledger:
        await ledger.start_run(run, SKILL)
        say("run", name)
        skill = SKILL
        for number in range(1, rounds + 1):
            async with asyncio.TaskGroup() as group:
                for at in range(rollouts):
                    group.create_task(one_rollout(ledger, name, number * rollouts + at))
            await ledger.add_exchange(an_exchange(f"{number}/propose", run=name))
            say("exchange", f"{number}/propose")
            skill = await one_round(ledger, name, number, skill)
        await ledger.finish_run(an_end(run, last=skill.digest))
        say("end", name)


async def one_rollout(ledger: SqlLedger, run: str, number: int) -> None:
    await ledger.add_rollout(run, a_rollout(number))
    say("rollout", number)


async def one_round(ledger: SqlLedger, run: str, number: int, skill: Skill) -> Skill:
    """Every third one is accepted."""
    outcome = Outcome.ACCEPTED if number % 3 == 0 else Outcome.REJECTED
    proposal = a_proposal(an_insert(f"- Rule {number} of {run}.\n"), parent=skill)
    round_, candidate = a_round(number, run=run, proposal=proposal, outcome=outcome, parent=skill)
    await ledger.add_round(round_, candidate)
    say("round", round_.id)
    return candidate if candidate and outcome is Outcome.ACCEPTED else skill


def enter_alone(where: str, name: str, *, rounds: int, rollouts: int) -> None:
    """Enter a run, in a process's own event loop."""
    asyncio.run(enter(where, name, rounds=rounds, rollouts=rollouts))


def main() -> None:
    where, rounds, rollouts, *names = sys.argv[1:]
    size = {"rounds": int(rounds), "rollouts": int(rollouts)}
    if len(names) == 1:
        enter_alone(where, names[0], **size)
        return
    sys.exit(not all_succeed(partial(enter_alone, where, name, **size) for name in names))


if __name__ == "__main__":
    main()
