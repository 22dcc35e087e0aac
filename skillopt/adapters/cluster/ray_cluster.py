"""The only module that imports Ray: connecting to a cluster, and workers as its actors.

Follows the API reference of Ray 2.60: `ray.init`, async actors, `ray.exceptions`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from skillopt.adapters.cluster.plan import Done, Facts, Failed, Plan, difference
from skillopt.adapters.cluster.pool import WorkerLost
from skillopt.adapters.cluster.worker import Worker
from skillopt.errors import RunStopped, SettingsError

LOCAL = "ray"
"""The address that stands for RAY_ADDRESS, a cluster of this machine, or one for this run alone."""
_MEGABYTE = 1024**2
_IDS = ("class_name:", "actor_id:", "pid:", "name:", "namespace:")
"""How the lines of an error of Ray's begin that say nothing to a person."""
_ASIDE = 8
"""Calls of a worker beside those that compute: releases of workspaces, its end."""


@dataclass(frozen=True)
class Need:
    """What a worker needs of its node."""

    cpus: float
    memory: int | None
    """Megabytes."""

    def fits(self, resources: Mapping[str, float]) -> int | None:
        """How many workers fit into a node's resources; None for any number."""
        wanted = {"CPU": self.cpus, "memory": float((self.memory or 0) * _MEGABYTE)}
        numbers = [int(resources.get(name, 0) / size) for name, size in wanted.items() if size]
        return min(numbers, default=None)


def room(nodes: Sequence[Mapping[str, Any]], need: Need, *, most: int) -> int:
    """How many workers the nodes have a place for, ``most`` at most.

    Args:
        nodes: what `ray.nodes()` says.
        need: what one worker needs.
        most: how many are wanted.
    """
    found = 0
    for node in nodes:
        if node["Alive"]:
            fits = need.fits(node["Resources"])
            found += most if fits is None else fits
    return min(found, most)


_SHARED: list[Cluster] = []
"""The runs of this process that have a connection of ours in common: Ray has one a process."""


class Cluster:
    """A connection to a Ray cluster.

    Args:
        address: :data:`LOCAL`, or `ray://HOST:PORT`.

    Raises:
        SettingsError: Ray is not installed, or there is no cluster at the address.
    """

    def __init__(self, address: str) -> None:
        self._ray = _imported()
        if _SHARED or not self._ray.is_initialized():  # else it is the caller's
            if not _SHARED:
                _connect(self._ray, None if address == LOCAL else address)
            _SHARED.append(self)

    def room(self, need: Need, *, most: int) -> int:
        """How many workers there is a place for on the nodes that are alive, ``most`` at most."""
        return room(self._ray.nodes(), need, most=most)

    async def start(self, plan: Plan, *, here: Facts, need: Need, calls: int) -> RayWorker:
        """A worker that is ready.

        Args:
            plan: what it is built from.
            here: what it must not differ from.
            need: what it needs of its node.
            calls: how many calls it has at a time.

        Raises:
            WorkerLost: it ended before it was ready.
            RunStopped: it cannot be built there, or differs.
        """
        options: dict[str, Any] = {
            "num_cpus": need.cpus,
            "max_restarts": 0,  # the pool makes new ones: they have to be built, and it counts them
            "max_task_retries": 0,
            "max_concurrency": calls + _ASIDE,
            "scheduling_strategy": "SPREAD",
        }
        if need.memory is not None:
            options["memory"] = need.memory * _MEGABYTE
        worker = RayWorker(self._ray, self._ray.remote(**options)(Worker).remote())
        try:
            _check_alike(here, await worker.ask("start", plan))
        except BaseException:
            await worker.end()
            raise
        return worker

    def close(self) -> None:
        """Leave the cluster; the last run that does ends one that was started for them."""
        if self in _SHARED:
            _SHARED.remove(self)
            if not _SHARED:
                self._ray.shutdown()


class RayWorker:
    """A worker as an actor; see :class:`skillopt.adapters.cluster.pool.RemoteWorker`."""

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray = ray
        self._actor = actor

    async def ask(self, method: str, *args: Any) -> Any:
        """What a method of the worker returns.

        Raises:
            WorkerLost: its process or its node is gone.
        """
        kinds = self._ray.exceptions
        gone = (
            kinds.RayActorError,
            kinds.NodeDiedError,
            kinds.WorkerCrashedError,
            kinds.OutOfMemoryError,
            kinds.ObjectLostError,
        )
        reference = None
        try:
            reference = getattr(self._actor, method).remote(*args)
            return await _settled(reference)
        except asyncio.CancelledError:
            with suppress(Exception):  # it is gone, or has just ended
                self._ray.cancel(reference)
            raise
        except gone as error:
            raise WorkerLost(said(error)) from None

    async def end(self) -> None:
        """End the actor's process; its commands end with it."""
        with suppress(Exception):  # it is gone
            self._ray.kill(self._actor, no_restart=True)


def _check_alike(here: Facts, done: Done | Failed) -> None:
    """Refuse a worker that could not be built, or that would answer otherwise.

    Raises:
        RunStopped: it is one.
    """
    if isinstance(done, Failed):
        raise RunStopped(f"a worker of the Ray cluster cannot be built: {done.error}")
    differs = difference(here, done.value)
    if differs is not None:
        raise RunStopped(
            f"a worker of the Ray cluster would answer otherwise: {differs}; give every node the "
            "same files at the same paths, and run the same command again"
        )


def _imported() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ModuleNotFoundError:
        raise SettingsError(
            "workers = 'ray' needs Ray, which is not installed: pip install 'skillopt-ledger[ray]'"
        ) from None
    logging.getLogger("ray").setLevel(logging.ERROR)
    return ray


def _connect(ray: Any, address: str | None) -> None:
    named = address or os.environ.get("RAY_ADDRESS")
    quiet = {"log_to_driver": False, "logging_level": logging.ERROR, "configure_logging": False}
    with _signals_kept():
        try:
            if named is None:
                with suppress(ConnectionError):  # there is none on this machine
                    ray.init("auto", **quiet)
                    return
            if named in (None, "local"):
                _stay_on_loopback()
                ray.init("local", include_dashboard=False, **quiet)
            else:
                ray.init(named, **quiet)
        except Exception as error:  # noqa: BLE001 - gRPC's, Ray's and the system's own kinds
            raise SettingsError(
                f"no Ray cluster can be had at {named or 'this machine'}: {said(error)}; "
                "check that it runs (`ray status`), that the versions of Ray and Python are the "
                "same there, and that Ray's client is installed for a `ray://` address: pip "
                "install 'skillopt-ledger[ray]'"
            ) from None


def _stay_on_loopback() -> None:
    """A cluster for one run listens on 127.0.0.1 alone, as Ray has it on macOS and Windows."""
    from ray._private import ray_constants

    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # its processes read it as they start
    ray_constants.ENABLE_RAY_CLUSTER = False


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray sets a handler of SIGTERM that would end the run without its last words."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if before is not None:  # it was set by Python
            signal.signal(signal.SIGTERM, before)


async def _settled(reference: Any) -> Any:
    """What a reference comes to; of Ray's client and of Ray alike, also where nobody waits."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[Any] = loop.create_future()

    def settle(done: Future[Any]) -> None:
        if waiting.done():
            return
        if (error := done.exception()) is not None:
            waiting.set_exception(error)
        else:
            waiting.set_result(done.result())

    def told(done: Future[Any]) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, done)

    reference.future().add_done_callback(told)
    return await waiting


def said(error: BaseException) -> str:
    """What an error of Ray's says, without its ids, and of a traceback the end alone."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if any(line.startswith("Traceback ") for line in lines):
        lines = lines[-1:]
    told = [line for line in lines if not line.startswith(_IDS)]
    return " ".join(told)[:500] or type(error).__name__
