"""The user's code can return or raise, and no more."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from skillopt.adapters.guard import (
    Ended,
    Printed,
    TookTooLong,
    awaited,
    called,
    described,
    heard,
    returned,
)


def raising(error: BaseException) -> Callable[[], Any]:
    def call() -> Any:
        raise error

    return call


ENDINGS = [
    SystemExit(0),
    SystemExit("text"),
    KeyboardInterrupt(),
    GeneratorExit(),
    BaseExceptionGroup("two", [SystemExit(0), ValueError()]),
    asyncio.CancelledError(),
]


@pytest.mark.parametrize("error", ENDINGS, ids=repr)
async def test_what_would_end_the_program_is_an_error(error: BaseException) -> None:
    async def later() -> Any:
        raise error

    for is_async, call in ((False, raising(error)), (True, later), (False, later)):
        with pytest.raises(Ended, match="which would end the program"):
            await returned(call, is_async=is_async, within=5.0)


@pytest.mark.parametrize("error", [ValueError("no"), StopIteration(), TimeoutError("its own")])
async def test_an_error_stays_what_it_is(error: Exception) -> None:
    with pytest.raises((type(error), RuntimeError)):  # a coroutine may not raise StopIteration
        await returned(raising(error), is_async=False, within=5.0)


async def endless() -> None:
    while True:
        pass


async def stubborn() -> None:
    while True:
        try:
            await asyncio.sleep(0)
            await endless()
        except BaseException:  # noqa: BLE001
            await asyncio.Event().wait()


@pytest.mark.parametrize("function", [endless, stubborn, asyncio.Event().wait])
async def test_async_code_that_does_not_end_is_given_up(
    function: Callable[[], Awaitable[Any]],
) -> None:
    with pytest.raises(TookTooLong):
        await awaited(function(), within=0.05)


async def test_a_thread_that_does_not_end_is_given_up() -> None:
    def forever() -> None:
        while True:
            pass

    with pytest.raises(TookTooLong):
        await returned(forever, is_async=False, within=0.05)
    assert await returned(lambda: 5, is_async=False, within=5.0) == 5


async def test_a_cancelled_call_is_cancelled() -> None:
    begun = asyncio.Event()

    async def waits() -> None:
        begun.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(awaited(waits(), within=None))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_any_code_prints_is_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    printed = Printed()

    async def speaks() -> str:
        print("first")
        await asyncio.sleep(0)
        sys.stderr.write("second\n")
        sys.stdout.buffer.write("drittes é\n".encode())
        return "done"

    async def program() -> None:
        print("the program's own")

    said, _ = await asyncio.gather(awaited(speaks(), within=5.0, printed=printed), program())
    assert (said, printed.tail) == ("done", "drittes é")
    assert capsys.readouterr() == ("the program's own\n", "")


async def test_an_awaitable_of_any_kind(capsys: pytest.CaptureFixture[str]) -> None:
    class Own:
        def __await__(self) -> Generator[Any, None, str]:
            yield from asyncio.sleep(0).__await__()
            return "own"

    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, "future")
    task = asyncio.create_task(asyncio.sleep(0, "task"))
    assert [await awaited(one, within=5.0) for one in (Own(), future, task)] == [
        "own",
        "future",
        "task",
    ]


def test_streams_are_the_programs_again(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.stdout, sys.stderr

    def silences() -> None:
        sys.stdout.close()
        sys.stdout = None  # type: ignore[assignment]

    called(silences)
    assert (sys.stdout, sys.stderr) == before
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_an_error_without_a_text_has_a_description() -> None:
    class OddError(Exception):
        def __str__(self) -> str:  # noqa: PLE0307
            sys.exit(0)

    assert described(OddError()) == "OddError: (it has no text)"
    assert described(ValueError("x" * 1_000)) == "ValueError: " + "x" * 288


def test_a_listener_may_raise_and_not_end_the_program() -> None:
    taken: list[int] = []
    heard(taken.append, 3)
    assert taken == [3]
    with pytest.raises(ValueError, match="mine"):
        heard(lambda _: raising(ValueError("mine"))(), 1)
    with pytest.raises(Ended, match="it raised SystemExit: 0"):
        heard(lambda _: sys.exit(0), 1)
    with pytest.raises(KeyboardInterrupt):
        heard(lambda _: raising(KeyboardInterrupt())(), 1)


async def swallows(_: object = None) -> None:
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


async def test_code_that_swallows_its_cancellation_is_ended() -> None:
    with pytest.raises(TookTooLong):
        await awaited(swallows(), within=0.01)


async def test_a_cancellation_from_outside_ends_what_swallows_it() -> None:
    task = asyncio.create_task(awaited(swallows(), within=None))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_cancelled_code_may_wait_while_it_cleans_up() -> None:
    closed = []

    async def closes() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            closed.append(1)

    with pytest.raises(TookTooLong):
        await awaited(closes(), within=0.01)
    assert closed
