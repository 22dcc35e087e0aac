"""Ray itself: a cluster on this machine whose workers, node and driver are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import skillopt
from skillopt.adapters.cluster.connection import stay_on_loopback
from skillopt.adapters.cluster.pool import WorkerLost, WorkerPool
from skillopt.adapters.cluster.ray_cluster import Cluster, Need, room
from skillopt.core.evaluation.rollout import Usage
from skillopt.errors import SettingsError, SpendExhausted
from tests.adapters.cluster.desks import NOTES, SERVER, desk
from tests.adapters.cluster.in_process import command, plan, task
from tests.adapters.cluster.small_tuning import tuned
from tests.adapters.cluster.test_connection import free_port
from tests.faults.small_run import SKILL, tasks

GIB = 1024**3
PORT = free_port()
"""Where the cluster's head listens for Ray's client."""
RAY = "Ray is not installed (pip install 'skillopt-ledger[ray]'); docs/ray.md has these tests' command"


def node(cpus: float, memory: float, *, is_alive: bool = True) -> dict[str, Any]:
    return {"Alive": is_alive, "Resources": {"CPU": cpus, "memory": memory}}


@pytest.mark.parametrize(
    ("need", "fits"),
    [
        (Need(1, None), 6),
        (Need(4, None), 1),
        (Need(5, None), 0),
        (Need(0.5, None), 9),
        (Need(0, 1024), 6),
        (Need(1, 3072), 1),
        (Need(0, None), 9),
    ],
)
def test_workers_fit_where_a_single_node_has_what_they_need(need: Need, fits: int) -> None:
    nodes = [node(4, 2 * GIB), node(2, 4 * GIB), node(64, 64 * GIB, is_alive=False)]
    assert room(nodes, need, most=9) == fits


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A node with two CPUs, to which this process is connected."""
    ray = pytest.importorskip("ray", reason=RAY)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    stay_on_loopback()
    from ray.cluster_utils import Cluster as Nodes

    head = {"num_cpus": 2, "include_dashboard": False, "ray_client_server_port": PORT}
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # its logs stay open
        nodes = Nodes(initialize_head=True, head_node_args=head)
    before = signal.getsignal(signal.SIGTERM)
    ray.init(nodes.address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
    signal.signal(signal.SIGTERM, before)
    yield nodes
    ray.shutdown()
    nodes.shutdown()


async def test_an_actor_keeps_the_workers_contract(cluster: Any) -> None:
    from skillopt.adapters.cluster.plan import Facts, installed_version

    here = Facts(installed_version(), command()().identity, {})
    connection = Cluster("ray")
    worker = await connection.start(plan(command()), here=here, need=Need(1, None), calls=1)
    done = await worker.ask("answer", None, task("t7"), 2)
    assert (done.value.text, done.spent) == ("t7 2", Usage(calls=1))
    await worker.end()
    with pytest.raises(WorkerLost):
        await worker.ask("answer", None, task("t7"), 2)
    connection.close()
    assert connection.room_now(Need(1, None), most=9) == 2, (
        "a connection that was there is left alone"
    )


def test_a_killed_worker_changes_nothing(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tuned(tmp_path / "alone")
    notes = noted(tmp_path, monkeypatch)
    (notes / "end-train: saw").touch()
    (notes / "end-validation: lawn").touch()
    assert tuned(tmp_path / "workers", workers="ray") == alone
    assert not list(notes.glob("end-*"))
    asked = Counter((notes / "calls").read_text().splitlines())
    assert asked.total() == answers(tmp_path / "workers") + 2, "only what was lost is asked again"


def test_a_killed_driver_goes_on_with_the_same_command(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = tuned(tmp_path / "alone")
    notes = noted(tmp_path, monkeypatch)
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    words = [sys.executable, "-m", "tests.adapters.cluster.small_tuning", str(tmp_path / "cut")]
    killed, again = (
        subprocess.run([*words, last], capture_output=True, text=True, check=False)
        for last in ("9", "0")
    )
    assert killed.returncode == -signal.SIGKILL
    assert (again.stdout.strip(), again.stderr) == (alone, "")
    in_flight = 2  # one a worker
    asked = Counter((notes / "calls").read_text().splitlines()).total()
    assert asked <= answers(tmp_path / "cut") + in_flight


def test_by_rays_client_a_run_ends_alike(cluster: Any, tmp_path: Path) -> None:
    alone = tuned(tmp_path / "alone")
    words = [sys.executable, "-m", "tests.adapters.cluster.small_tuning", str(tmp_path / "client")]
    done = subprocess.run(
        [*words, "0", f"ray://127.0.0.1:{PORT}"],
        env={**os.environ, "RAY_AUTH_MODE": "token"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == alone, done.stderr


def noted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the target notes its calls."""
    notes = folder / "notes"
    notes.mkdir()
    monkeypatch.setenv(NOTES, str(notes))
    return notes


def answers(folder: Path) -> int:
    """How many rollouts the ledger has."""
    with closing(sqlite3.connect(folder / "ledger.db")) as ledger:
        (found,) = ledger.execute("SELECT count(*) FROM rollouts").fetchone()
    return int(found)


def many_tasks() -> skillopt.ValidationSet:
    """More validation tasks than there are workers."""
    first = tasks()
    one = next(task for task in first if task.split == "validation")
    more = (one.model_copy(update={"id": f"n{n}", "input": f"{n}: lawn"}) for n in range(128))
    return skillopt.ValidationSet(name="desks", tasks=(*first, *more))


class Server(ThreadingHTTPServer):
    """Counts requests; the first ``meeting.parties`` are answered once all of them are there."""

    request_queue_size = 128
    meeting = threading.Barrier(1)

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        self.server.asked.append(self.path)
        if len(self.server.asked) <= self.server.meeting.parties:
            self.server.meeting.wait(_LONGEST_MEETING)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


_LONGEST_MEETING = 400
"""Seconds; whoever waits so long is not answered."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    found = Server()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    monkeypatch.setenv(SERVER, f"http://127.0.0.1:{found.server_address[1]}")
    yield found
    found.shutdown()
    found.server_close()


@pytest.mark.parametrize("limit", [1, 40])
def test_a_limit_is_not_passed_by_one_of_64_calls_at_once(
    cluster: Any, server: Server, tmp_path: Path, limit: int
) -> None:
    with pytest.raises(SpendExhausted, match=f"max_calls = {limit}"):
        evaluated(tmp_path, ray_calls=32, max_calls=limit)
    assert len(server.asked) == limit


def test_a_limit_is_not_passed_by_one_call_of_64_workers(
    cluster: Any, server: Server, tmp_path: Path
) -> None:
    server.meeting = threading.Barrier(64)
    node = cluster.add_node(num_cpus=62)
    try:
        with pytest.raises(SpendExhausted, match="max_calls = 90"):
            evaluated(tmp_path, max_calls=90)
    finally:
        cluster.remove_node(node)
    assert len(server.asked) == 90
    assert len(set(server.asked[:64])) == 64, "each in a process of its own, all at once"


def evaluated(folder: Path, **more: Any) -> None:
    skillopt.evaluate(
        skillopt.Skill(text=SKILL),
        validation_set=many_tasks(),
        target=desk,
        identity="desks",
        ledger=folder / "ledger.db",
        concurrency=64,
        workers="ray",
        pass_env=(SERVER,),
        **more,
    )


def test_what_no_node_has_is_said_before_anything_is_spent(cluster: Any, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no node of the Ray cluster has 64 CPUs and 9 MB"):
        tuned(tmp_path / "big", workers="ray", ray_cpus=64, ray_memory=9)


def test_a_killed_node_changes_nothing(cluster: Any, tmp_path: Path) -> None:
    alone = tuned(tmp_path / "alone")
    second = cluster.add_node(num_cpus=2)

    def kill(number: int) -> None:
        if number == 5:
            cluster.remove_node(second, allow_graceful=False)

    assert tuned(tmp_path / "workers", on_rollout=kill, workers="ray") == alone


async def test_workers_of_one_skill_make_room_for_those_of_the_next(cluster: Any) -> None:
    from skillopt.adapters.cluster.plan import Facts, installed_version

    here = Facts(installed_version(), command()().identity, {})
    connection, need = Cluster("ray"), Need(1, None)
    start = partial(connection.start, plan(command()), here=here, need=need, calls=1)
    pools = [
        WorkerPool(start, room=partial(connection.room, need, most=2), most=2) for _ in range(2)
    ]
    for number in range(2):
        for pool in pools:
            assert await asyncio.gather(*(asked(pool, n) for n in range(3))) == [
                f"t{n} {n}" for n in range(3)
            ], f"turn {number}"
    for pool in pools:
        await pool.close()
    connection.close()


async def asked(pool: WorkerPool, number: int) -> str:
    async with pool.place() as member:
        done = await member.ask("answer", None, task(f"t{number}"), number)
    text: str = done.value.text
    return text


GONE = """
import sys
from pathlib import Path

from ray._private import worker

from skillopt.adapters.cluster import ray_cluster
from skillopt.errors import RunStopped
from tests.adapters.cluster.small_tuning import tuned

ray_cluster.SILENCE = 5.0

def end_cluster(number):
    if number == 5:
        worker._global_node.kill_all_processes(check_alive=False, allow_graceful=False)

try:
    tuned(Path(sys.argv[1]), on_rollout=end_cluster, workers="ray")
except RunStopped as error:
    print(error)
"""


def test_a_cluster_that_goes_away_ends_the_run_which_goes_on_without_it(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason=RAY)
    alone = tuned(tmp_path / "alone")
    done = subprocess.run(
        [sys.executable, "-c", GONE, str(tmp_path / "gone")],
        env={**os.environ, "RAY_ADDRESS": "local"},
        capture_output=True,
        text=True,
        check=False,
    )
    # Its workers may live on until the run has ended.
    assert (done.returncode, done.stderr) == (0, "")
    assert not done.stdout or done.stdout.startswith("the Ray cluster is gone (")
    assert done.stdout.count("\n") <= 1
    assert tuned(tmp_path / "gone") == alone


SHARED = """
import ray
from ray._private.worker import print_to_stdstream
from skillopt.adapters.cluster.ray_cluster import Cluster, Need

one, other = Cluster("ray"), Cluster("ray")
print_to_stdstream({"lines": ["a node died"], "pid": "raylet", "is_err": False}, False)
one.close()
assert other.room_now(Need(0, None), most=1) == 1, "it is still there for the other run"
other.close()
print(ray.is_initialized())
"""


def test_the_last_run_that_leaves_ends_the_cluster_of_which_nothing_is_printed() -> None:
    pytest.importorskip("ray", reason=RAY)
    environment = {**os.environ, "RAY_ADDRESS": "local"}
    done = subprocess.run(
        [sys.executable, "-c", SHARED], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "False\n", done.stderr
