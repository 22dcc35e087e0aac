"""How the ledger grows: a table of what things cost with 1 000 to 1 000 000 refused edits.

    python -m tests.benchmarks.ledger_growth                     1 000 to 1 000 000 (takes a while)
    python -m tests.benchmarks.ledger_growth --largest 100000
    python -m tests.benchmarks.ledger_growth --keep FOLDER       keep the ledger that was built
    python -m tests.benchmarks.ledger_growth --postgresql        on a server of its own; also bytes
                                                                 by table, and for 10^9 entries

One ledger grows through the sizes. Its entries are refused rounds of one skill, with ideas, edits
and critiques put together from word lists, so that keys, tallies and full text have real work.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.adapters.ledger.append.transaction import Entering
from skillopt.adapters.ledger.schema import mapping
from skillopt.adapters.ledger.schema.tables import EDITS, ROUNDS
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate.contest import Outcome, PairedTask, Verdict
from skillopt.core.history.digest import Now, search_digest
from skillopt.core.history.recall import Recall, Topic, about_keys, failures_text, same_keys
from skillopt.core.history.run import RefusedRound, Round, RunRecord
from skillopt.core.loop_settings import LoopSettings
from skillopt.core.proposals.critique import Critique
from skillopt.core.proposals.proposal import Draft, Proposal
from skillopt.core.proposals.refusal import Stage
from skillopt.core.proposals.screen import Known, screen
from skillopt.core.skill.changes import changes_of, section_print
from skillopt.core.skill.edit import Insert
from skillopt.core.skill.edit_budget import EditBudget
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.steps.recall import MOST_CANDIDATES, MOST_TALLIES
from tests.adapters.ledger.postgres import fresh_database, server
from tests.benchmarks.ledger_sizes import Step, predicted, table_sizes, told

HEADINGS = ("Refunds", "Shipping", "Accounts", "Tone", "Escalation", "Format", "Outages", "Orders")
SKILL = Skill(
    text="---\nname: support\n---\n# Support\n\n"
    + "".join(f"## {name}\n\n- Start with {name.lower()}.\n\n" for name in HEADINGS)
)
WHO = ("customers", "partners", "new users", "admins", "resellers", "guests", "teams", "students")
WHAT = (
    "refund", "parcel", "invoice", "password", "login", "subscription", "discount", "address",
    "warranty", "order", "voucher", "payment", "shipment", "account", "licence", "receipt",
)  # fmt: skip
DO = (
    "apologise for", "route to billing", "ask about", "escalate", "confirm", "decline", "explain",
    "forward", "summarise", "translate", "prioritise", "log", "close", "reopen", "quote", "verify",
)  # fmt: skip
CRITERIA = ("queue", "priority", "tone", "format", "language")
CONTEXT = content_hash("context")
RUN = "20260101-000000-growth"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
FLEET = 1_000_000_000
"""Entries of a large organisation's ledgers together: docs/fleet.md."""
REPEATS = 15
WARMING = 200
"""Entries after which a ledger that was just opened has its pages in the cache."""
COMMAND = "from skillopt.cli.main import run; run()"


def proposal_of(chance: random.Random) -> Proposal:
    heading, who = chance.choice(HEADINGS), chance.choice(WHO)
    what, also = chance.sample(WHAT, 2)
    act, days = chance.choice(DO), chance.randrange(2, 400)
    text = f"- When {who} mention a {what} older than {days} days, {act} the {also} first.\n"
    idea = f"{act} the {also} of {who} with a {what} after {days} days"
    edit = Insert(anchor=f"- Start with {heading.lower()}.\n", text=text, section=(heading,))
    draft = Draft(
        idea=idea,
        criteria=(chance.choice(CRITERIA),),
        rollouts=("r1",),
        predicted_gain=0.02,
        edits=(edit,),
    )
    return Proposal(parent=SKILL.digest, draft=draft)


def round_of(number: int, chance: random.Random) -> Round:
    proposal = proposal_of(chance)
    draft, (edit,) = proposal.draft, proposal.edits
    section = f"Support > {edit.section[0]}"
    verdict = Verdict(
        outcome=Outcome.REJECTED, code="futile", reason="no gain in sight after 20 tasks", gain=0.01,
        p_value=0.4, tasks_seen=20, rollouts=20, book={},
        pairs=tuple(
            PairedTask(task=f"task-{at}", incumbent=1.0, candidate=1.0, candidate_runs=1, incumbent_runs=1)
            for at in range(20)
        ),
    )  # fmt: skip
    cause = f"the skill is silent on {draft.idea}"
    return Round(
        id=content_hash([RUN, number])[:12],
        run=RUN,
        number=number,
        parent=SKILL.digest,
        critiques=(
            Critique(rollout="r1", criterion=draft.criteria[0], quote=draft.idea[:40], cause=cause),
        ),
        proposal=proposal,
        decision=RefusedRound(
            stage=Stage.GATE, code="futile", reason=verdict.reason, verdict=verdict
        ),
        rollouts=(),
        spent=Usage(),
        context=CONTEXT,
        sections=(section,),
        changes=changes_of(SKILL, proposal.edits),
        prints=(section_print(SKILL, section),),
    )


def the_run() -> RunRecord:
    return RunRecord(
        id=RUN, fingerprint="growth", skill_name="support", skill_path=None, first=SKILL.digest,
        validation_set="v", target="t", optimizer="o", settings=LoopSettings(), started=1.0,
    )  # fmt: skip


async def grow(ledger: SqlLedger, *, since: int, until: int) -> None:
    """Enter rounds in transactions of 1 000: the benchmark is about what comes afterwards."""

    def portion(work: Entering, first: int) -> None:
        for number in range(first, min(first + 1000, until + 1)):
            round_ = round_of(number, random.Random(number))
            work.append(ROUNDS, mapping.round_row(round_, "support"))
            for edit in mapping.edit_rows(round_):
                work.append(EDITS, edit)

    for first in range(since + 1, until + 1, 1000):
        await ledger._writer.do(partial(portion, first=first))
        sys.stderr.write(f"\r{first + 999:,} entries")
    sys.stderr.write("\r")


async def median_ms(what: Callable[[int], Awaitable[Any]]) -> float:
    taken: list[float] = []
    for at in range(REPEATS):
        started = time.perf_counter()
        await what(at)
        taken.append(time.perf_counter() - started)
    return 1000 * statistics.median(taken)


async def screened(ledger: SqlLedger, at: int) -> None:
    proposal = proposal_of(random.Random(-1 - at))
    keys = same_keys("support", CONTEXT, proposal, changes_of(SKILL, proposal.edits))
    found = await ledger.recalled(Recall(keys))
    known = Known(refusals=found, run=RUN, context=CONTEXT)
    budget = EditBudget(max_edits=4, max_changed_chars=1200, max_skill_chars=20_000)
    screen(proposal, skill=SKILL, budget=budget, known=known)


async def digested(ledger: SqlLedger, at: int) -> None:
    round_ = round_of(1, random.Random(-1 - at))
    topic = Topic(round_.sections, CRITERIA, failures_text(round_.critiques))
    now = Now(skill=SKILL, skill_id="support", run=RUN, context=CONTEXT, line=(), topic=topic)
    entries = await ledger.recalled(Recall(about_keys("support", topic), most=MOST_CANDIDATES))
    search_digest(entries, await ledger.tallies(("support",), most=MOST_TALLIES), now=now)


FILTERS: tuple[dict[str, Any], ...] = (
    {"skill": "support"},
    {"skill": "nobody's"},
    {"run": RUN},
    {"outcome": "rejected"},
    {"outcome": "accepted"},
    {"refused": True},
    {"stage": "gate"},
    {"stage": "reply"},
    {"code": "futile"},
    {"code": "duplicate"},
    {"criterion": "tone"},
    {"criterion": "nothing"},
    {"section": "Support > Orders"},
    {"since": "2020-01-01T00:00:00Z"},
    {"until": "2020-01-01T00:00:00Z"},
    {"text": "warranty"},
    {"text": "warranty resellers -login"},
    {"text": "nowhere"},
)
"""Conditions that all, many, few or no rounds meet."""


async def filtered(ledger: SqlLedger) -> tuple[float, str]:
    """The slowest of the filters and of their pairs in ms, best of three, and which one it is."""
    slowest = (0.0, "")
    for one, other in combinations_with_replacement(FILTERS, 2):
        wanted = RoundFilter.model_validate({**one, **other})
        taken = []
        for _ in range(3):
            started = time.perf_counter()
            await ledger.list_rounds(wanted)
            taken.append(time.perf_counter() - started)
        slowest = max(slowest, (1000 * min(taken), str({**one, **other})))
    return slowest


async def browsed(ledger: SqlLedger) -> tuple[float, str]:
    """The slowest question of the pages of `skillopt serve` in ms, best of three, and which."""
    deep = content_hash([RUN, 10])[:12]
    old = content_hash([RUN, 5])[:12]
    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        "skills": ledger.skill_rows,
        "runs": ledger.run_rows,
        "one run": lambda: ledger.run_row(RUN),
        "activity": lambda: ledger.activity(RUN),
        "refused by rule": ledger.refused_groups,
        "refused ideas": lambda: ledger.tallies(("support",), most=50),
        "a first page": lambda: ledger.list_rounds(RoundFilter(skill="support", limit=51)),
        "a late page": lambda: ledger.list_rounds(RoundFilter(run=RUN, before=deep, limit=51)),
        "an entry": lambda: ledger.show_round(old),
        "its evidence": lambda: ledger.evidence(old),
        "lines of a skill": lambda: ledger.why("support"),
        "a line": lambda: ledger.why("support", line=8),
    }
    slowest = (0.0, "")
    for name, ask in asked.items():
        taken = []
        for _ in range(3):
            started = time.perf_counter()
            await ask()
            taken.append(time.perf_counter() - started)
        slowest = max(slowest, (1000 * min(taken), name))
    return slowest


def command_seconds(where: str, *arguments: str) -> tuple[float, float]:
    """Wall and CPU seconds of a whole command, the median of three."""
    import resource

    walls, cpus = [], []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = [sys.executable, "-c", COMMAND, *arguments, "--ledger", where]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        walls.append(time.perf_counter() - started)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(walls), statistics.median(cpus)


def bytes_of(where: str) -> int:
    if "://" not in where:
        path = Path(where)
        return sum(part.stat().st_size for part in path.parent.glob("ledger.db*"))
    return sum(table.whole for table in table_sizes(where))


async def measured(where: str, size: int) -> list[str]:
    """A row of the table; a ledger that was kept is grown, and one that is larger is left out."""
    async with SqlLedger.open(where) as ledger:
        await ledger.start_run(the_run(), SKILL)
        since = await newest(ledger)
        started = time.perf_counter()
        await grow(ledger, since=since, until=size)
        new = max(1, size - since)
        built = 1000 * (time.perf_counter() - started) / new
        last = await newest(ledger)
        many = range(WARMING + REPEATS)
        rounds = iter([round_of(last + at + 1, random.Random(last + at)) for at in many])
        adding = await median_ms(lambda _: ledger.add_round(next(rounds), None))
        for _ in range(WARMING - REPEATS):
            await ledger.add_round(next(rounds), None)
        warm = await median_ms(lambda _: ledger.add_round(next(rounds), None))
        screening = await median_ms(partial(screened, ledger))
        digesting = await median_ms(partial(digested, ledger))
        searching = await median_ms(lambda _: ledger.search("warranty resellers -login"))
        filtering, slowest = await filtered(ledger)
        browsing, asked = await browsed(ledger)
    sys.stderr.write(f"\nthe slowest filter: {slowest}; question of a page: {asked}\n")
    listing = command_seconds(where, "ledger", "list", "--refused", "--skill", "support")
    showing = command_seconds(where, "ledger", "show", content_hash([RUN, size // 2])[:12])
    figures = (built, adding, warm, screening, digesting, searching, filtering, browsing)
    return [f"{size:,}", f"{bytes_of(where) / 1e6:,.0f}", *(f"{one:.2f}" for one in figures),
            *(f"{one[0]:.2f} / {one[1]:.2f}" for one in (listing, showing))]  # fmt: skip


async def kept(where: str) -> int:
    """How many entries the ledger has already."""
    async with SqlLedger.open(where) as ledger:
        return await newest(ledger)


async def newest(ledger: SqlLedger) -> int:
    """The number of the newest round; 0 where there is none."""
    found = await ledger.list_rounds(RoundFilter(limit=1))
    return found[0].number if found else 0


def table(lines: Iterator[list[str]]) -> Iterator[str]:
    heads = (
        "entries", "MB", "build ms/entry", "add ms", "add warm ms", "screen ms", "digest ms",
        "search ms", "any filter ms", "any page ms",
        "list s (CPU)", "show s (CPU)",
    )  # fmt: skip
    yield "  ".join(f"{head:>15}" for head in heads)
    for line in lines:
        yield "  ".join(f"{cell:>15}" for cell in line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument(
        "--keep", type=Path, help="a folder: the ledger is kept, and measured again the next time"
    )
    parser.add_argument("--postgresql", action="store_true", help="needs the extra `dev`")
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.postgresql:
            where = stack.enter_context(fresh_database(stack.enter_context(server())))
        else:
            folder = given.keep or stack.enter_context(tempfile.TemporaryDirectory())
            where = str(Path(folder) / "growth" / "ledger.db")

        steps: list[Step] = []

        def lines() -> Iterator[list[str]]:
            for size in (size for size in SIZES if size <= given.largest):
                if size == given.largest or size > asyncio.run(kept(where)):
                    yield asyncio.run(measured(where, size))
                    steps.append(Step(asyncio.run(kept(where)), bytes_of(where)))

        for line in table(lines()):
            print(line, flush=True)
        if given.postgresql:
            print()
            for line in told(table_sizes(where), entries=asyncio.run(kept(where))):
                print(line)
        whole = predicted(steps, FLEET)
        print(f"{FLEET:,} entries would take {whole / 1e12:.2f} TB, as the last ones were added")


if __name__ == "__main__":
    main()
