"""How each kind of value is compared."""

from __future__ import annotations

import asyncio
import copyreg
import enum
import functools
import hashlib
import logging
import re
import threading
import types
import typing
import warnings
import weakref
from collections.abc import ItemsView, KeysView, ValuesView
from concurrent.futures import Executor
from pathlib import PurePath

from pydantic import BaseModel, SecretBytes, SecretStr

from skillopt.adapters.identity import classes, code, langchain
from skillopt.adapters.identity.origin import content_of, installed, reachable, version_of
from skillopt.adapters.identity.walk import Unknown, Walk, joined

_PLAIN = (
    type(None), bool, int, float, complex, str, type(Ellipsis), type(NotImplemented), range,
)  # fmt: skip
_TOOLS = (
    type(threading.Lock()), type(threading.RLock()), threading.Condition, threading.Semaphore,
    threading.Event, asyncio.Lock, asyncio.Semaphore, asyncio.Event,
    asyncio.Condition, Executor, asyncio.AbstractEventLoop,
)  # fmt: skip
"""They order work and shape no answer."""


def values(value: object, walk: Walk) -> str:
    """The digest of ``value``; see :class:`Walk`.

    Raises:
        Unknown: its content cannot be compared.
    """
    for parts in (_plain, _containers, _views, _functions, _wrapped, _types, _objects):
        found = parts(value, walk)
        if found is not None:
            return found
    return _instance(value, walk)


def _plain(value: object, walk: Walk) -> str | None:
    kind = type(value)
    if kind in _PLAIN:
        return joined(kind.__name__, repr(value))
    if isinstance(value, bytes | bytearray) and kind in (bytes, bytearray):
        return joined(kind.__name__, hashlib.sha256(value).hexdigest())
    if isinstance(value, enum.Enum):
        return joined("enum", walk.digest(kind), value.name)
    if isinstance(value, re.Pattern):
        return joined("pattern", repr(value.pattern), value.flags)
    if isinstance(value, PurePath):
        return joined("path", str(value))
    return None


def _containers(value: object, walk: Walk) -> str | None:
    kind = type(value)
    if isinstance(value, list | tuple) and kind in (list, tuple):
        return joined(kind.__name__, walk.all(value))
    if isinstance(value, set | frozenset) and kind in (set, frozenset):
        return joined(kind.__name__, walk.unordered(value))
    if isinstance(value, dict) and kind is dict:
        return joined(
            "dict",
            [[walk.digest(key), walk.digest(held, _label(key))] for key, held in value.items()],
        )
    return None


def _label(key: object) -> str:
    return key if isinstance(key, str) else type(key).__name__


def _views(value: object, walk: Walk) -> str | None:
    """What shows something else: that is compared."""
    match value:
        case types.MappingProxyType():
            return joined("read-only", walk.digest(dict(value)))
        case memoryview():
            return joined("view", value.format, value.shape, walk.digest(value.tobytes()))
        case KeysView() | ValuesView() | ItemsView() if type(value).__module__ == "builtins":
            return joined(type(value).__name__, walk.all(list(value)))
        case weakref.ReferenceType():
            return joined("reference", walk.digest(value()))
        case _:
            return None


def _functions(value: object, walk: Walk) -> str | None:  # noqa: PLR0911 - one for each kind
    match value:
        case types.FunctionType():
            return code.function(value, walk)
        case types.CodeType():
            return code.code(value, walk)
        case types.ModuleType():
            own = not installed(value.__name__)
            return code.module(value, content_of(value) if own else frozenset(), walk)
        case types.MethodType():
            return joined(
                "method", walk.digest(value.__func__), walk.digest(value.__self__, "self")
            )
        case types.BuiltinFunctionType() | types.MethodWrapperType():
            of = value.__self__
            held = of.__name__ if isinstance(of, types.ModuleType) else walk.digest(of)
            return joined("builtin", value.__qualname__, held)
        case types.WrapperDescriptorType() | types.MethodDescriptorType():
            return joined("builtin", value.__objclass__.__qualname__, value.__qualname__)
        case _:
            return None


def _wrapped(value: object, walk: Walk) -> str | None:  # noqa: PLR0911 - one for each kind
    match value:
        case functools.partial():
            held = [value.func, value.args, value.keywords, value.__dict__]
            return joined("partial", walk.digest(type(value)), walk.all(held))
        case functools.partialmethod():
            return joined("partialmethod", walk.all([value.func, value.args, value.keywords]))
        case property():
            return joined("property", walk.all([value.fget, value.fset, value.fdel]))
        case classmethod() | staticmethod():
            return joined(type(value).__name__, walk.digest(value.__func__))
        case functools.cached_property():
            return joined("cached property", walk.digest(value.func))
        case functools._lru_cache_wrapper():  # noqa: SLF001 - it has no public name
            return joined("cached", walk.digest(value.__wrapped__))
        case _:
            return None


def _types(value: object, walk: Walk) -> str | None:
    if isinstance(value, type) and not isinstance(value, types.GenericAlias):
        return classes.class_(value, walk)
    if typing.get_origin(value) is not None:
        metadata = getattr(value, "__metadata__", ())
        return joined(
            "alias", walk.all([typing.get_origin(value), typing.get_args(value), metadata])
        )
    if type(value).__module__ == "typing":
        return joined("typing", repr(value))
    return None


def _objects(value: object, walk: Walk) -> str | None:
    match value:
        case SecretStr() | SecretBytes():
            return langchain.secret(value)
        case BaseModel():
            return langchain.model(value, walk)
        case asyncio.Future():
            there = value.done() and not value.cancelled() and value.exception() is None
            return joined("future", walk.digest(value.result()) if there else "no result")
        case logging.Logger():
            return joined("logger", value.name)
        case _:
            if isinstance(value, _TOOLS) and installed(type(value).__module__):
                return joined("tool", type(value).__qualname__)
            return langchain.graph(value, walk) if langchain.is_graph(value) else None


def _instance(value: object, walk: Walk) -> str:
    """Class and state: what pickle would keep, and all that is set on it."""
    if reachable(value):  # a function of an extension module, under a type of its own
        return joined("installed", version_of(str(value.__module__)), _name(value))
    held = getattr(value, "__dict__", {})
    return joined(
        "instance",
        walk.digest(type(value)),
        _content(value, walk),
        [[str(name), walk.digest(held[name], str(name))] for name in sorted(held, key=str)],
        [[name, walk.digest(part, name)] for name, part in _slots(value)],
    )


def _name(value: object) -> str:
    return str(getattr(value, "__qualname__", ""))


def _content(value: object, walk: Walk) -> list[str]:
    kind = f"an object of type {type(value).__module__}.{type(value).__qualname__}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            pickled = copyreg.dispatch_table.get(type(value))
            reduced = pickled(value) if pickled else value.__reduce_ex__(4)
    except Exception:  # noqa: BLE001 - any class says in its own way that it cannot be pickled
        raise Unknown(f"{kind} cannot be compared") from None
    if isinstance(reduced, str):
        return [reduced]
    made, args, state, items, pairs = (*reduced, None, None, None)[:5]
    return walk.all([made, args, _rest(value, state), *map(_listed, (items, pairs))])


def _rest(value: object, state: object) -> object:
    """The state that pickle would keep; what is set on the object is walked by itself."""
    return None if isinstance(state, dict) and hasattr(value, "__dict__") else state


def _listed(items: typing.Iterator[object] | None) -> list[object] | None:
    return None if items is None else list(items)


def _slots(value: object) -> list[tuple[str, object]]:
    names = {
        name
        for kind in type(value).__mro__
        for name, held in vars(kind).items()
        if isinstance(held, types.MemberDescriptorType) and not installed(kind.__module__)
    }
    return [(name, getattr(value, name)) for name in sorted(names) if hasattr(value, name)]
