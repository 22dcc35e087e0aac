"""A method whose result is made when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

Owner = TypeVar("Owner")
Result = TypeVar("Result")


def once(make: Callable[[Owner], Awaitable[Result]]) -> Callable[[Owner], Awaitable[Result]]:
    """Keep the first result of ``make`` on the object; a call that raises is made again."""
    name = f"_{make.__name__}_made"

    @wraps(make)
    async def made(self: Owner) -> Result:
        # Like `functools.cached_property`, which knows no coroutines; a frozen object may have it.
        kept: dict[str, Any] = vars(self)
        if name not in kept:
            kept[name] = await make(self)
        result: Result = kept[name]
        return result

    return made
