"""Functions: their bytecode and constants, and what they refer to."""

from __future__ import annotations

import dis
import os
from collections import deque
from collections.abc import Iterator
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType

from skillopt.adapters.identity.classes import annotated
from skillopt.adapters.identity.imports import imports_of, own_files
from skillopt.adapters.identity.origin import (
    content_of,
    file_of,
    installed,
    reachable,
    version_of,
)
from skillopt.adapters.identity.walk import Walk, joined

_GLOBAL = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS"})
_READ = _GLOBAL | {"LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_DEREF"}
_WRITERS = frozenset({"append", "appendleft", "add", "extend"})
_LOGS = (list, set, deque)
_SECRET = ("key", "token", "secret", "passw")
_MISSING = object()
_WHOLE_SCOPE = frozenset({"globals", "eval", "exec"})
"""With them code reaches every name of its module."""
_BY_NAME = frozenset({"getattr", "vars"})
"""With them code reaches every name of the module that follows."""


def function(value: FunctionType, walk: Walk) -> str:
    """Code, defaults, what it closes over, its globals, and what is set on it."""
    if reachable(value):
        return joined("installed function", version_of(value.__module__), value.__qualname__)
    return joined(
        "function",
        value.__qualname__,
        code(value.__code__, walk),
        walk.digest(value.__defaults__, "defaults"),
        walk.digest(value.__kwdefaults__, "defaults"),
        [[name, _cell(value, at, walk)] for at, name in enumerate(value.__code__.co_freevars)],
        _globals(value, walk),
        walk.digest(value.__dict__, value.__qualname__),
        walk.digest(value.__doc__),
        [[name, walk.digest(held, name)] for name, held in annotated(value).items()],
    )


def code(value: CodeType, walk: Walk) -> str:
    """Instructions, names and constants, without files and line numbers."""
    return joined(
        [value.co_argcount, value.co_posonlyargcount, value.co_kwonlyargcount, value.co_flags],
        [value.co_code.hex(), value.co_exceptiontable.hex()],
        [value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars],
        walk.all(value.co_consts),
    )


def module(value: ModuleType, names: frozenset[str], walk: Walk) -> str:
    """A module as code sees it that uses ``names`` of it."""
    held = vars(value)
    if installed(value.__name__):
        data = (str, int, float, bool, type(None))
        used = {name: held[name] for name in names & held.keys() if isinstance(held[name], data)}
        about = version_of(value.__name__)
    else:
        used = {name: held[name] for name in names & held.keys()}
        about = [value.__name__, file_of(value)]
    return joined(
        "module", about, [[name, _held(used[name], names, walk, name)] for name in sorted(used)]
    )


def _cell(value: FunctionType, at: int, walk: Walk) -> str:
    assert value.__closure__ is not None
    name = value.__code__.co_freevars[at]
    try:
        held = value.__closure__[at].cell_contents
    except ValueError:  # assigned later
        return "empty"
    if type(held) in _LOGS and _only_written(value.__code__, name):
        return "log"
    return _held(held, _names_of(value.__code__, name, held), walk, name)


def _only_written(value: CodeType, name: str) -> bool:
    """Whether all that the code does with ``name`` is to add to it: a log shapes no answer."""
    for inner in _codes(value):
        steps = list(dis.get_instructions(inner))
        for step, after in pairwise(steps):
            if step.argval != name or step.opname not in _READ:
                continue
            if after.opname not in {"LOAD_METHOD", "LOAD_ATTR"} or after.argval not in _WRITERS:
                return False
    return True


def _globals(value: FunctionType, walk: Walk) -> list[list[str]]:
    """What the function's names stand for where they are not Python's own."""
    scope, names = value.__globals__, _global_names(value.__code__)
    if not _WHOLE_SCOPE.isdisjoint(names - scope.keys()):
        names |= {name for name in scope if not name.startswith("__")}
    found = []
    for name in sorted(names):
        held = scope.get(name, _MISSING)
        if type(held) in _LOGS and _only_written(value.__code__, name):
            found.append([name, "log"])
        elif held is not _MISSING:
            found.append([name, _held(held, _names_of(value.__code__, name, held), walk, name)])
    read = _environment(value.__code__, _names(value.__code__))
    return [*found, *_imports(value), *read]


def _names_of(value: CodeType, name: str, held: object) -> frozenset[str]:
    """The names that the code may use of what it calls ``name``."""
    if not isinstance(held, ModuleType):
        return frozenset()
    for inner in _codes(value):
        for step, after in pairwise(dis.get_instructions(inner)):
            looked_up = step.argval in _BY_NAME and after.argval == name
            if looked_up or (step.argval == name and after.argval == "__dict__"):
                return content_of(held)
    return _names(value)


def _held(held: object, names: frozenset[str], walk: Walk, label: str) -> str:
    return module(held, names, walk) if isinstance(held, ModuleType) else walk.digest(held, label)


def _codes(value: CodeType) -> Iterator[CodeType]:
    yield value
    for constant in value.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _names(value: CodeType) -> frozenset[str]:
    return frozenset(name for inner in _codes(value) for name in inner.co_names)


def _global_names(value: CodeType) -> set[str]:
    return {
        step.argval
        for inner in _codes(value)
        for step in dis.get_instructions(inner)
        if step.opname in _GLOBAL
    }


def _imports(value: FunctionType) -> list[list[str]]:
    """Modules of one's own that the function imports when it is called, with what they import."""
    package = str(value.__globals__.get("__package__") or "")
    wanted = {name for inner in _codes(value.__code__) for name in imports_of(inner, package)}
    return [["import", *file] for file in own_files(wanted)]


def _environment(value: CodeType, names: frozenset[str]) -> list[list[str]]:
    """Environment variables that the code names; keys shape no answer."""
    if names.isdisjoint({"environ", "getenv"}):
        return []
    said = {text for inner in _codes(value) for text in inner.co_consts if isinstance(text, str)}
    found = sorted(name for name in said if name in os.environ)
    shaping = [name for name in found if not any(mark in name.lower() for mark in _SECRET)]
    return [["environment", name, os.environ[name]] for name in shaping]
