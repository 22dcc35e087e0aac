"""The caller's own code: how it is named in the ledger, and how it wants to be called."""

from __future__ import annotations

import copy
import functools
import inspect
import secrets
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from skillopt.adapters.identity.files import command_files
from skillopt.adapters.identity.lasting import kept, leave
from skillopt.adapters.identity.values import values
from skillopt.adapters.identity.walk import Unknown, Walk
from skillopt.core.history.own_target import OwnTarget
from skillopt.core.value import content_hash


@dataclass(frozen=True)
class Identity:
    """Names what answers."""

    digest: str
    """The same only for what answers alike; where it is unknown, no other run has it."""
    unknown: str | None = None
    """Why it cannot be derived; None where it is known."""


class Identified(ABC):
    """An adapter of the caller's own code: its identity is derived when it is made."""

    _named: str | None
    """What the caller names it; it wins over what the code says."""
    identity: str
    """Digest of everything that shapes its answers, or of what the caller names it."""
    unidentified: str | None
    """Why no identity can be derived; then ``identity`` is this object's alone."""

    def renewed(self) -> Self:
        """The same for another run: what the code holds may have changed since."""
        again = copy.copy(self)
        again.identify()
        return again

    def identify(self) -> None:
        """Derive the identity from the code as it is now."""
        found = self._derived()
        self.identity = kept(self._code(), found.digest)
        self.unidentified = found.unknown

    @property
    def digest_now(self) -> str:
        """The digest of the code as it is now, whatever an earlier session has left it as."""
        return self._derived().digest

    @property
    def own_target(self) -> OwnTarget:
        """What a run's record says of it as a target."""
        if self._named is not None:
            return OwnTarget(name=self._named, identity="named")
        known: Literal["derived", "unknown"] = "unknown" if self.unidentified else "derived"
        return OwnTarget(name=qualified(self._code()), identity=known)

    def settle(self) -> None:
        """Called when a run ends: what its calls have changed makes no other target of it."""
        leave(self._code(), identity=self.identity, now=self._derived().digest)

    @abstractmethod
    def _code(self) -> object:
        """What is called."""

    @abstractmethod
    def _derived(self) -> Identity:
        """What the code says of itself, or what the caller names it."""


def identity_of(kind: str, code: object, name: str | None, *more: object) -> Identity:
    """The identity of ``code``.

    Args:
        kind: which adapter runs it.
        code: a function, or an object that is called.
        name: what the caller names it, version included; it wins over what the code says.
        more: further objects that shape the answers.
    """
    if name is not None:
        return Identity(content_hash([kind, name]))
    try:
        return Identity(content_hash([kind, "code", Walk(values).digest((code, *more))]))
    except Unknown as unknown:
        return _of_this_run(kind, str(unknown))


def command_identity(command: Sequence[str], name: str | None) -> Identity:
    """The identity of a command: its words, and the content of the files that they name.

    Args:
        command: program and arguments.
        name: what the caller names it, version included; it wins over the files.
    """
    if name is not None:
        return Identity(content_hash(["command", name]))
    try:
        return Identity(content_hash(["command", list(command), command_files(command)]))
    except OSError as error:
        return _of_this_run("command", f"{error.filename} cannot be read: {error.strerror}")


def qualified(code: object) -> str:
    """What ``code`` is called: module and name, the name of a runnable, a command's program."""
    if isinstance(code, tuple):
        return str(code[0])
    inner = code
    while isinstance(inner, functools.partial):
        inner = inner.func
    named = inner if hasattr(inner, "__qualname__") else type(inner)
    return f"{named.__module__}.{named.__qualname__}"


def is_async(function: object) -> bool:
    """Whether calling ``function`` makes a coroutine; it may be an object with `__call__`."""
    called = getattr(function, "__call__", None)  # noqa: B004 - its own method is looked at
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(called)


def _of_this_run(kind: str, reason: str) -> Identity:
    return Identity(content_hash([kind, "unknown", secrets.token_hex(16)]), unknown=reason)
