"""Objects that change by being called: a log, a counter or a cache is no other target.

A digest is taken before and after a session. Where the next session of this process finds the
object as the last one left it, nobody else has changed it, and it keeps its identity.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from types import MethodType
from typing import Any

_Key = tuple[int, ...]


@dataclass(frozen=True)
class _Left:
    of: weakref.ref[Any]
    after: str
    identity: str


_LEFT: dict[_Key, _Left] = {}


def kept(code: object, now: str) -> str:
    """The identity of ``code``, whose digest is ``now``: an earlier one where that still holds."""
    left = _LEFT.get(_key(code))
    same = left is not None and left.of() is _owner(code) and left.after == now
    return left.identity if left is not None and same else now


def leave(code: object, *, identity: str, now: str) -> None:
    """Remember how a session of ``code`` under ``identity`` leaves it."""
    key = _key(code)
    try:
        of = weakref.ref(_owner(code), lambda _: _LEFT.pop(key, None))
    except TypeError:  # it has no weak references: it is taken for what it holds then
        return
    _LEFT[key] = _Left(of, now, identity)


def _owner(code: object) -> object:
    return code.__self__ if isinstance(code, MethodType) else code


def _key(code: object) -> _Key:
    """A bound method is another object each time it is looked up."""
    return (id(code.__self__), id(code.__func__)) if isinstance(code, MethodType) else (id(code),)
