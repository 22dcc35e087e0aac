"""The caller's own code: how it is named in the ledger, and how it wants to be called."""

from __future__ import annotations

import inspect

from skillopt.core.value import content_hash


def identity_of(kind: str, code: object, name: str | None) -> str:
    """The identity digest of ``code``.

    Args:
        kind: which adapter runs it.
        code: a function, or an object that is called.
        name: what the caller names it, version included; by default its module and qualified
            name, which do not change when its body does.
    """
    named = code if hasattr(code, "__qualname__") else type(code)
    qualified = f"{getattr(named, '__module__', '')}:{getattr(named, '__qualname__', '')}"
    return content_hash([kind, name or qualified])


def is_async(function: object) -> bool:
    """Whether calling ``function`` makes a coroutine; it may be an object with `__call__`."""
    called = getattr(function, "__call__", None)  # noqa: B004 - its own method is looked at
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)
