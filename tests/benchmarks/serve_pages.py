"""What each page of `skillopt serve` costs over a large ledger, cold and warm.

    python -m tests.benchmarks.serve_pages                      1,000,000 proposals in SQLite
    python -m tests.benchmarks.serve_pages --entries 100000
    python -m tests.benchmarks.serve_pages --keep FOLDER        keep the ledger, or take the one there
    python -m tests.benchmarks.serve_pages --postgresql         on a server of its own, on Linux
    python -m tests.benchmarks.serve_pages --url URL            on a database there, built if empty

Pages are asked for in this process, from the request to the last byte of HTML. Cold: the first
request after the pages were started, by the clock; of a SQLite file nothing is left in the system's
cache. Warm: the same again, in processor time, of PostgreSQL also that of its server's processes.
Of a stream the time to its first bytes counts. Building the ledger takes far longer than the pages.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from starlette.testclient import TestClient

from skillopt.adapters.ledger import RoundFilter, SqlLedger
from skillopt.app.candidate_files import candidate_files
from skillopt.core.value import content_hash
from skillopt.web.access import Access
from skillopt.web.application import application
from skillopt.web.origins import Hosts
from skillopt.web.site import Serving
from tests.adapters.ledger.postgres import fresh_database, server
from tests.benchmarks.large_ledger import BASE, NEWEST_RUN, TEAMS, VETERAN, build, run_of
from tests.benchmarks.ledger_growth import RUN

LIMIT = 300.0
"""Milliseconds that no page may take."""
REPEATS = 5
BASE_URL = "http://127.0.0.1:1"


def addresses(ids: dict[str, str]) -> list[str]:
    """Every kind of page, and of lists the filters that all, few or no proposals meet."""
    team = run_of(TEAMS[0])
    return [
        "/skills",
        "/skills?from=600",
        "/skills/one?skill=support",
        f"/skills/one?skill={TEAMS[0]}",
        f"/skills/one?skill={VETERAN}",
        "/skills?from=990",
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
        f"/entries?before={ids['early']}",
        f"/entries?skill=support&refused=1&before={ids['early']}",
        "/entries?skill=support&text=warranty+resellers+-login",
        f"/entries?text=warranty&before={ids['early']}",
        "/entries?text=the",
        "/entries?text=nowhere",
        "/entries?text=399",
        "/entries?text=%22warranty+first%22",
        "/entries?text=customers&verdict=accepted",
        "/entries?text=customers&skill=support&criterion=tone",
        "/entries?text=resellers+warranty&verdict=accepted&reason=futile",
        "/entries?since=2020-01-01T00:00",
        "/entries?since=2020-01-01T00:00&verdict=accepted&text=login",
        "/entries?stage=reply",
        "/entries?stage=gate&refused=1",
        "/entries?verdict=inconclusive",
        "/entries?verdict=rejected&criterion=nothing",
        f"/entries?skill={VETERAN}&verdict=accepted",
        f"/entries?run={team}",
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
        f"/approvals?before={ids['waits']}",
        f"/approvals?decided_before={ids['approved']}",
        f"/approvals/{ids['waits']}",
    ]


async def known_ids(where: str) -> dict[str, str]:
    """Ids of the oldest, an early, the newest and an accepted proposal; of some that waited."""
    async with SqlLedger.open(where) as ledger:
        newest = await ledger.list_rounds(RoundFilter(limit=1, skill="support"))
        accepted = await ledger.list_rounds(RoundFilter(limit=1, outcome="accepted"))
        oldest, early = (content_hash([RUN, number])[:12] for number in (1, 40))
        waits = (await ledger.waiting_rows(limit=60))[-1]
        approved = (await ledger.waiting_rows(decided=True, limit=60))[-1]
    return {"first": oldest, "early": early, "newest": newest[0].id, "accepted": accepted[0].id,
            "waits": waits.id, "approved": approved.id}  # fmt: skip


class Cost(NamedTuple):
    """A page, and what it takes; times in ms."""

    path: str
    status: int
    size: int
    """Bytes of the answer."""
    opened: float
    """Starting the pages, by the clock."""
    cold: float
    """By the clock."""
    cold_spent: float
    """In processor time, as the next two."""
    read: int
    """Bytes that this process read from the disk for it."""
    median: float
    """Of :data:`REPEATS`."""
    worst: float


def measured(where: str, spent: Callable[[], float]) -> Iterator[Cost]:
    """Each page, on pages that were just started."""
    for path in addresses(asyncio.run(known_ids(where))):
        with opened(where) as (client, took):
            _forget(where)
            started, before, known = time.perf_counter(), spent(), _read()
            answer = client.get(path)
            cold, read = 1000 * (time.perf_counter() - started), _read() - known
            cold_spent = 1000 * (spent() - before)
            warm = []
            for _ in range(REPEATS):
                before = spent()
                client.get(path)
                warm.append(1000 * (spent() - before))
        size, median = len(answer.content), statistics.median(warm)
        yield Cost(path, answer.status_code, size, took, cold, cold_spent, read, median, max(warm))


@contextmanager
def opened(where: str) -> Iterator[tuple[TestClient, float]]:
    """A browser that is signed in, and how many ms it took to start the pages."""
    access = Access(who="bench", clock=time.monotonic)
    serving = Serving(
        where=where,
        shown="ledger",
        access=access,
        hosts=Hosts.of("127.0.0.1"),
        candidates=candidate_files(),
        port=1,
    )
    started = time.perf_counter()
    with TestClient(application(serving), base_url=BASE_URL) as client:
        took = 1000 * (time.perf_counter() - started)
        client.get("/sign-in", params={"token": access.token})
        client.get("/export")  # what every page loads is loaded: templates, the style
        yield client, took


def _forget(where: str) -> None:
    """Drop a SQLite file from the system's cache; only pages that are on the disk are dropped."""
    if "://" in where or not hasattr(os, "posix_fadvise"):
        return
    for path in Path(where).parent.glob("ledger.db*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _read() -> int:
    """Bytes that this process has had read from the disk; 0 where the system does not say."""
    try:
        said = Path("/proc/self/io").read_text()
    except OSError:
        return 0
    return int(said.partition("\nread_bytes:")[2].split()[0])


def begun(where: str) -> Iterator[tuple[str, float]]:
    """Streams, and the ms by the clock until the first bytes of each are there."""
    for path in (f"/runs/{RUN}/events", "/export/proposals.csv", "/export/ledger.jsonl"):
        with opened(where) as (client, _):
            assert client.portal
            yield path, 1000 * client.portal.call(_first_bytes, client, path)


async def _first_bytes(client: TestClient, path: str) -> float:
    """Seconds until something of an answer is there; then the client leaves."""
    there = asyncio.Event()
    started, came = time.perf_counter(), 0.0

    async def receive() -> dict[str, Any]:
        await there.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal came
        if message.get("body") and not there.is_set():
            came = time.perf_counter()
            there.set()

    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    headers = [(b"host", BASE_URL.partition("//")[2].encode()), (b"cookie", cookies.encode())]
    scope = {"type": "http", "method": "GET", "scheme": "http", "server": ("127.0.0.1", 1),
             "client": ("127.0.0.1", 2), "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": b"", "headers": headers, "state": dict(client.app_state)}  # fmt: skip
    await client.app(scope, receive, send)
    await asyncio.sleep(0.5)  # until the process that was killed is reaped, which is not waited for
    assert came, f"{path}: nothing came"
    return came - started


def server_time(where: str) -> Callable[[], float]:
    """Seconds of processor time of this process and of the PostgreSQL server's processes."""
    import psycopg

    with psycopg.connect(where) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row
        master = int(_stat(row[0])[1])
    tick = os.sysconf("SC_CLK_TCK")

    def spent() -> float:
        ended = sum(map(int, _stat(master)[13:15])) / tick
        processes = [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]
        own = sum(_ran(one) for one in processes if int(_stat(one)[1]) == master)
        return time.process_time() + ended + own

    return spent


def _ran(process: int) -> float:
    """Seconds that a process has run."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def _stat(process: int) -> list[str]:
    """What `/proc` says of a process, from its state on."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ["", "0", *("0" for _ in range(20))]


def report(where: str, spent: Callable[[], float]) -> Iterator[str]:
    """The table, line by line."""
    yield f"{'cold ms':>8} {'(CPU)':>6} {'MB read':>7} {'median':>7} {'worst':>6} {'kB':>4} page"
    openings = []
    for one in measured(where, spent):
        openings.append(one.opened)
        slow = "  <- slow" if max(one.cold, one.worst) > LIMIT else ""
        cold = f"{one.cold:8.0f} {one.cold_spent:6.0f} {one.read / 1e6:7.1f}"
        yield f"{cold} {one.median:7.0f} {one.worst:6.0f} {one.size / 1000:4.0f} {one.path}{slow}"
    for path, took in begun(where):
        yield f"{took:8.0f} ms to the first bytes of {path}"
    yield f"{statistics.median(openings):8.0f} ms to start the pages, the median"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help=f"a multiple of {BASE:,}")
    parser.add_argument("--keep", type=Path, help="a folder for the ledger")
    parser.add_argument("--postgresql", action="store_true", help="needs the extra `dev`")
    parser.add_argument("--url", help="a PostgreSQL database of this machine; it is kept")
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.url:
            where = given.url
        elif given.postgresql:
            where = stack.enter_context(fresh_database(stack.enter_context(server())))
        else:
            folder = given.keep or stack.enter_context(tempfile.TemporaryDirectory())
            where = str(Path(folder) / "ledger.db")
        on_server = "://" in where
        if _is_empty(where):
            started = time.process_time()
            asyncio.run(build(where, given.entries))
            sys.stderr.write(f"built in {time.process_time() - started:.0f} s of processor time\n")
        for line in report(where, server_time(where) if on_server else time.process_time):
            print(line, flush=True)


def _is_empty(where: str) -> bool:
    if "://" not in where:
        return not Path(where).exists()
    import psycopg

    with psycopg.connect(where) as connection:
        row = connection.execute("SELECT to_regclass('rounds')").fetchone()
        return row is None or row[0] is None


if __name__ == "__main__":
    main()
