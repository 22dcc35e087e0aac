"""The user's code, called so that all it can do is return or raise."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, Generic, TypeVar

from skillopt.adapters.guard.alarm import Blocked, alarm
from skillopt.adapters.guard.ends import Ended, TookTooLong
from skillopt.adapters.guard.exits import exits_held
from skillopt.adapters.guard.output import Printed, printing_into
from skillopt.adapters.guard.threads import CodeThreads
from skillopt.adapters.secrets import redacted

Result = TypeVar("Result")

THREADS = CodeThreads()
"""One call after the other is one thread, which is what code that keeps a connection open needs."""

CLEANUP = 1.0
"""Seconds that cancelled code may still wait for something, as for a connection to close."""

LONGEST_STEP = 30.0
"""Seconds that code may hold the event loop where it has no time limit of its own."""


def called(call: Callable[[], Result], printed: Printed | None = None) -> Result:
    """What ``call`` returns; what it prints goes to ``printed``.

    Raises:
        Ended: it raised what would end the program.
        Exception: whatever else it raised.
    """
    try:
        with printing_into(printed or Printed()), exits_held():
            return call()
    except Exception:
        raise
    except BaseException as error:  # noqa: BLE001 - what is left ends programs
        raise Ended(described(error)) from None


async def awaited(
    awaitable: Awaitable[Result], *, within: float | None, printed: Printed | None = None
) -> Result:
    """What ``awaitable`` comes to, in this event loop; a step of it that blocks is interrupted.

    Raises:
        Ended: it raised what would end the program, or a cancellation of its own.
        TookTooLong: it took longer than ``within`` seconds.
        Exception: whatever else it raised.
    """
    limit = asyncio.timeout(within)
    try:
        async with limit:
            return await _Stepped(awaitable, printed or Printed(), within or LONGEST_STEP)
    except TimeoutError:
        if limit.expired():
            raise TookTooLong from None
        raise
    except Blocked:
        raise TookTooLong from None
    except Exception:
        raise
    except BaseException as error:
        task = asyncio.current_task()
        if isinstance(error, _CANCELS) and task is not None and task.cancelling():
            raise
        raise Ended(described(error)) from None


async def returned(call: Callable[[], Any], *, is_async: bool, within: float | None) -> Any:
    """What a function of the user's returns: awaited here if it is async, else had in a thread.

    Args:
        call: calls it.
        is_async: calling it makes a coroutine, and runs nothing of it yet.
        within: seconds that it may take.

    Raises:
        Ended, TookTooLong: see there.
        Exception: whatever else it raised.
    """
    printed = Printed()
    if is_async:
        return await awaited(call(), within=within, printed=printed)
    said = await THREADS.run(lambda: called(call, printed), within=within)
    if inspect.isawaitable(said):
        return await awaited(said, within=within, printed=printed)
    return said


def heard(listener: Callable[[Any], Result], event: Any) -> Result:
    """What a listener returns for an event; an async one has run nothing of it yet.

    Raises:
        KeyboardInterrupt: it raised that; everything else it may raise is an `Exception`.
        Ended: it raised what would end the program.
        TookTooLong: it blocked the event loop.
    """
    try:
        with exits_held(), alarm(LONGEST_STEP):
            return listener(event)
    except (Exception, KeyboardInterrupt):
        raise
    except Blocked:
        raise TookTooLong(
            f"it took longer than {LONGEST_STEP:g} s; make it async, or hand long work to a thread"
        ) from None
    except BaseException as error:  # noqa: BLE001 - what is left ends programs
        raise Ended(described(error)) from None


def described(error: BaseException, *, most: int = 300) -> str:
    """The error's kind and text in a line; whatever its own `__str__` does.

    What would have ended the program says so itself.
    """
    if isinstance(error, Ended):
        return str(error)
    try:
        with alarm(1.0):
            text = called(lambda: str(error))
    except (Exception, Blocked):  # noqa: BLE001 - an error whose text is an error
        text = "(it has no text)"
    kind = type(error).__name__
    return redacted(f"{kind}: {text}" if text else kind)[:most]


_CANCELS = (asyncio.CancelledError, KeyboardInterrupt)
"""What ends a task from outside; Ctrl-C cancels first, and interrupts the second time."""


class _SecondCancel:
    """Cancels once more where a cancellation is swallowed: the code has had time to clean up."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[Any] | None = None
        self._fired = False

    def announce(self) -> None:
        """The code is about to hear of the first one."""
        if self._timer is None:
            self._task = asyncio.current_task()
            self._timer = asyncio.get_running_loop().call_later(CLEANUP, self._fire)

    def has_come(self) -> bool:
        """Whether it is this one that has come; to the task it is then as if it never had."""
        if self._fired and self._task is not None:
            self._task.uncancel()
        return self._fired

    def is_over(self) -> None:
        """The code has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def _fire(self) -> None:
        self._fired = True
        if self._task is not None:
            self._task.cancel()


class _Stepped(Generic[Result]):
    """An awaitable, each of whose steps is guarded, and nothing between them."""

    def __init__(self, inner: Awaitable[Result], printed: Printed, longest: float) -> None:
        self._inner = inner
        self._printed = printed
        self._longest = longest

    def __await__(self) -> Generator[Any, Any, Result]:
        steps = self._guarded(self._inner.__await__)
        end = _SecondCancel()
        send: Callable[[], Any] = lambda: next(steps)  # noqa: E731 - replaced in each step
        while True:
            try:
                waits_for = self._guarded(send)
            except StopIteration as done:
                end.is_over()
                result: Result = done.value
                return result
            except BaseException:
                end.is_over()
                raise
            try:
                value = yield waits_for
            except GeneratorExit:
                self._close(steps)
                raise
            except asyncio.CancelledError as error:
                if end.has_come():
                    self._close(steps)
                    raise
                end.announce()
                send = _throwing(steps, error)
            except BaseException as error:  # noqa: BLE001 - it is the awaitable's to handle
                send = _throwing(steps, error)
            else:
                send = _sending(steps, value)

    def _close(self, steps: Any) -> None:
        """End it; what it raises or swallows by then is nobody's concern."""
        with suppress(BaseException):
            self._guarded(getattr(steps, "close", lambda: None))

    def _guarded(self, step: Callable[[], Any]) -> Any:
        with printing_into(self._printed), exits_held(), alarm(self._longest):
            return step()


def _sending(steps: Any, value: Any) -> Callable[[], Any]:
    return (lambda: next(steps)) if value is None else (lambda: steps.send(value))


def _throwing(steps: Any, error: BaseException) -> Callable[[], Any]:
    throw = getattr(steps, "throw", None)
    if throw is None:
        return lambda: _raised(error)
    return lambda: throw(error)


def _raised(error: BaseException) -> Any:
    raise error
