"""A cluster of Ray, and workers as its actors.

Follows the API reference of Ray 2.60: `ray.init`, async actors, `ray.exceptions`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from skillopt.adapters.cluster.connection import connect, import_ray, let_print, said
from skillopt.adapters.cluster.plan import Done, Facts, Failed, Plan, difference
from skillopt.adapters.cluster.pool import WorkerLost
from skillopt.adapters.cluster.worker import Worker
from skillopt.errors import RunStopped

_MEGABYTE = 1024**2
_ASIDE = 8
"""Calls of a worker beside those that compute: releases of workspaces, its end."""
LISTENING = 10.0
"""Seconds after which a call that is under way asks whether the cluster is still there."""
SILENCE = 30.0
"""Seconds without an answer after which the cluster is gone. Together with :data:`LISTENING` less
than the 60 s after which Ray ends the process, without a word of its run."""


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
        address: :data:`skillopt.adapters.cluster.connection.LOCAL`, or `ray://HOST:PORT`.

    Raises:
        SettingsError: Ray is not installed, or there is no cluster at the address.
    """

    def __init__(self, address: str) -> None:
        self.ray = import_ray()
        self._gone: str | None = None
        self._asking: asyncio.Future[Any] | None = None
        if _SHARED or not self.ray.is_initialized():  # else it is the caller's
            if not _SHARED:
                connect(self.ray, address)
            _SHARED.append(self)

    @property
    def is_gone(self) -> bool:
        """It does not answer any more."""
        return self._gone is not None

    def room_now(self, need: Need, *, most: int) -> int:
        """How many workers there is a place for on the nodes that are alive, ``most`` at most."""
        return room(self.ray.nodes(), need, most=most)

    async def room(self, need: Need, *, most: int) -> int:
        """The same, while calls are under way.

        Raises:
            RunStopped: the cluster does not answer.
        """
        return room(await self.nodes(), need, most=most)

    async def nodes(self) -> Sequence[Mapping[str, Any]]:
        """What the cluster says of its nodes; several that ask at a time have one answer.

        Raises:
            RunStopped: it does not answer.
        """
        if self._gone is not None:
            raise RunStopped(self._gone)
        if self._asking is None:
            self._asking = _in_thread(self.ray.nodes)
            self._asking.add_done_callback(self._answered)
        try:
            async with asyncio.timeout(SILENCE):
                found: Sequence[Mapping[str, Any]] = await asyncio.shield(self._asking)
        except Exception as error:  # noqa: BLE001 - gRPC's, Ray's and its client's own kinds
            silent = isinstance(error, TimeoutError)
            self._gone = _GONE.format(said=f"no answer in {SILENCE:g} s" if silent else said(error))
            raise RunStopped(self._gone) from None
        return found

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
        worker = RayWorker(self, self.ray.remote(**options)(Worker).remote())
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
                self.ray.shutdown()
                let_print(wanted=True)

    def _answered(self, asking: asyncio.Future[Any]) -> None:
        self._asking = None
        if not asking.cancelled():
            asking.exception()  # who still waits gets it


class RayWorker:
    """A worker as an actor; see :class:`skillopt.adapters.cluster.pool.RemoteWorker`."""

    def __init__(self, cluster: Cluster, actor: Any) -> None:
        self._cluster = cluster
        self._actor = actor

    async def ask(self, method: str, *args: Any) -> Any:
        """What a method of the worker returns.

        Raises:
            WorkerLost: its process, its node or the whole cluster is gone.
        """
        if self._cluster.is_gone:
            raise WorkerLost("its cluster does not answer")
        reference = None
        try:
            reference = getattr(self._actor, method).remote(*args)
            return await self._heard(reference)
        except asyncio.CancelledError:
            with suppress(Exception):  # it is gone, or has just ended
                self._cluster.ray.cancel(reference)
            raise
        except RunStopped as silent:
            raise WorkerLost(str(silent)) from None
        except Exception as error:
            if not self._is_of_ray(error):
                raise
            raise WorkerLost(said(error)) from None

    async def end(self) -> None:
        """End the actor's process; its commands end with it."""
        if not self._cluster.is_gone:
            with suppress(Exception):  # it is gone
                self._cluster.ray.kill(self._actor, no_restart=True)

    async def _heard(self, reference: Any) -> Any:
        """What a reference comes to; the cluster is asked now and then whether it is still there.

        Without that a call whose worker dies together with the cluster's head would wait until
        Ray ends this process.
        """
        answer = asyncio.ensure_future(_settled(reference))
        try:
            while not (await asyncio.wait({answer}, timeout=LISTENING))[0]:
                await self._cluster.nodes()
            return answer.result()
        finally:
            answer.cancel()

    def _is_of_ray(self, error: Exception) -> bool:
        """The error says that the worker is gone, and is none that its code has raised."""
        kinds = self._cluster.ray.exceptions
        if isinstance(error, kinds.RayTaskError):  # it may be of the kind of its cause, too
            return False
        gone = (
            kinds.RayActorError,
            kinds.NodeDiedError,
            kinds.WorkerCrashedError,
            kinds.OutOfMemoryError,
            kinds.ObjectLostError,
            ConnectionError,  # of Ray's client
        )
        return isinstance(error, gone) or not self._cluster.ray.is_initialized()


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


def _in_thread(call: Callable[[], Any]) -> asyncio.Future[Any]:
    """What a call returns that may never return: nothing waits for its thread, as a pool would."""
    done: Future[Any] = Future()

    def work() -> None:
        try:
            done.set_result(call())
        except BaseException as error:  # noqa: BLE001 - who waits gets it
            done.set_exception(error)

    threading.Thread(target=work, daemon=True, name="skillopt-asks-ray").start()
    return asyncio.ensure_future(_listened(done))


async def _settled(reference: Any) -> Any:
    """What a reference comes to; of Ray's client and of Ray alike."""
    return await _listened(reference.future())


async def _listened(done: Future[Any]) -> Any:
    """What a future of another thread comes to, also where nobody waits any more."""
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

    done.add_done_callback(told)
    return await waiting


_GONE = (
    "the Ray cluster is gone ({said}); see `ray status`, and run the same command again when it "
    "is back, or without `workers`: what was answered before is kept"
)
