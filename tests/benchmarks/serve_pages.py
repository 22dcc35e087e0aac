"""What each page of `skillopt serve` costs over a large ledger: processor time of a whole request.

    python -m tests.benchmarks.serve_pages                      1,000,000 proposals in SQLite
    python -m tests.benchmarks.serve_pages --entries 100000
    python -m tests.benchmarks.serve_pages --keep FOLDER        keep the ledger, or take the one there
    python -m tests.benchmarks.serve_pages --postgresql         on a server of its own, on Linux

Pages are asked for in this process, from the request to the last byte of HTML; of PostgreSQL the
time of its server's processes counts, too. Building the ledger takes far longer than the pages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from starlette.testclient import TestClient

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.app.candidate_files import candidate_files
from skillopt.web.access import Access
from skillopt.web.application import application
from skillopt.web.origins import Hosts
from skillopt.web.site import Serving
from tests.adapters.ledger.postgres import fresh_database, server
from tests.benchmarks.large_ledger import BASE, NEWEST_RUN, TEAMS, VETERAN, build, run_of
from tests.benchmarks.ledger_growth import RUN

LIMIT = 300.0
"""Milliseconds that no page may take."""
REPEATS = 3


def addresses(ids: dict[str, str]) -> list[str]:
    """Every kind of page, and of lists the filters that all, few or no proposals meet."""
    team = run_of(TEAMS[0])
    return [
        "/skills",
        "/skills?from=600",
        "/skills/one?skill=support",
        f"/skills/one?skill={TEAMS[0]}",
        f"/skills/one?skill={VETERAN}",
        "/skills/lines?skill=support",
        f"/skills/lines?skill={TEAMS[0]}&line=8",
        f"/skills/lines?skill={VETERAN}",
        f"/skills/lines?skill={VETERAN}&line=100",
        "/runs",
        f"/runs?before={team}",
        "/runs?skill=support",
        f"/runs/{RUN}",
        f"/runs/{team}",
        f"/runs/{NEWEST_RUN}",
        f"/runs/{RUN}/tree",
        f"/runs/{team}/known",
        f"/runs/{team}/tree",
        f"/runs/{NEWEST_RUN}/tree",
        f"/compare?a={RUN}&b={team}",
        f"/compare?a={NEWEST_RUN}&b={team}",
        "/entries",
        f"/entries?before={ids['first']}",
        f"/entries?skill=support&refused=1&before={ids['first']}",
        "/entries?skill=support&text=warranty+resellers+-login",
        f"/entries?text=warranty&before={ids['first']}",
        "/entries?text=the",
        "/entries?text=nowhere",
        "/entries?verdict=accepted&skill=support",
        f"/entries?verdict=accepted&skill={TEAMS[0]}",
        "/entries?reason=futile&criterion=tone",
        f"/entries?run={RUN}&text=line",
        "/entries?since=2100-01-01T00:00&until=2100-12-31T00:00",
        "/entries?until=2020-01-01T00:00&refused=1",
        f"/entries/{ids['first']}",
        f"/entries/{ids['newest']}",
        f"/entries/{ids['accepted']}",
        f"/entries/{ids['first']}/evidence",
        "/entries/none",
        "/runs/none",
        "/refused",
        "/refused?skill=support",
        f"/refused?skill={TEAMS[0]}",
        "/verify",
        "/export",
        "/approvals",
    ]


async def known_ids(where: str) -> dict[str, str]:
    """The ids of the oldest, the newest and an accepted proposal."""
    async with SqlLedger.open(where) as ledger:
        newest = await ledger.list_rounds(RoundFilter(limit=1, skill="support"))
        accepted = await ledger.list_rounds(RoundFilter(limit=1, outcome="accepted"))
        first = await ledger.show_round(next(iter(await _first(ledger))))
    return {"first": first.summary.id, "newest": newest[0].id, "accepted": accepted[0].id}


async def _first(ledger: SqlLedger) -> list[str]:
    from skillopt.adapters.ledger.db.plain_sql import Clause

    rows = await ledger.look(
        lambda sql: sql.rows(Clause("SELECT id FROM rounds ORDER BY seq LIMIT 1"))
    )
    return [str(row[0]) for row in rows]


def measured(
    where: str, spent: Callable[[], float]
) -> Iterator[tuple[str, float, float, int, int]]:
    """Of each page the first time and the best in ms of processor time, its bytes and its status."""
    access = Access(who="bench", clock=time.monotonic)
    serving = Serving(
        where=where,
        shown="ledger",
        access=access,
        hosts=Hosts.of("127.0.0.1"),
        candidates=candidate_files(),
        port=1,
    )
    ids = asyncio.run(known_ids(where))
    with TestClient(application(serving), base_url="http://127.0.0.1:1") as client:
        client.get("/sign-in", params={"token": access.token})
        for path in addresses(ids):
            taken = []
            for _ in range(REPEATS):
                started = spent()
                answer = client.get(path)
                taken.append(1000 * (spent() - started))
            yield path, taken[0], min(taken), len(answer.content), answer.status_code


def server_time(where: str) -> Callable[[], float]:
    """Seconds of processor time of this process and of the PostgreSQL server's processes."""
    import psycopg

    with psycopg.connect(where) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        master = int(_stat(row[0])[1])
    tick = os.sysconf("SC_CLK_TCK")

    def spent() -> float:
        waited = sum(map(int, _stat(master)[13:15]))
        children = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
        own = sum(
            sum(map(int, found[11:13]))
            for one in children
            if int((found := _stat(one))[1]) == master
        )
        return time.process_time() + (waited + own) / tick

    return spent


def _stat(process: int) -> list[str]:
    """What `/proc` says of a process, from its state on."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ["", "0", *("0" for _ in range(20))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help=f"a multiple of {BASE:,}")
    parser.add_argument("--keep", type=Path, help="a folder for the ledger")
    parser.add_argument("--postgresql", action="store_true", help="needs the extra `dev`")
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.postgresql:
            where = stack.enter_context(fresh_database(stack.enter_context(server())))
        else:
            folder = given.keep or stack.enter_context(tempfile.TemporaryDirectory())
            where = str(Path(folder) / "ledger.db")
        if given.postgresql or not Path(where).exists():
            started = time.process_time()
            asyncio.run(build(where, given.entries))
            sys.stderr.write(f"built in {time.process_time() - started:.0f} s of processor time\n")
        spent = server_time(where) if given.postgresql else time.process_time
        print(f"{'first ms':>9} {'ms':>7} {'kB':>6} status  page")
        for path, first, best, size, status in measured(where, spent):
            late = "  <- slow" if best > LIMIT else ""
            print(
                f"{first:9.0f} {best:7.0f} {size / 1000:6.0f} {status:6}  {path}{late}", flush=True
            )


if __name__ == "__main__":
    main()
