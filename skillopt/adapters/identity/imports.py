"""Modules that code imports when it is called: found without importing them."""

from __future__ import annotations

import ast
import dis
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import CodeType

from skillopt.adapters.identity.origin import installed

_IMPORTERS = frozenset({"import_module", "__import__"})
_BEFORE = 2
"""Instructions before an import: how many dots its name has, and what is taken from it."""


def imports_of(code: CodeType, package: str) -> Iterator[str]:
    """The modules that ``code`` may import; not each of the names need be one.

    Args:
        code: without the code inside it.
        package: where its relative imports begin.
    """
    steps = list(dis.get_instructions(code))
    for at, step in enumerate(steps):
        if step.opname == "IMPORT_NAME":
            level, taken = (before.argval for before in steps[at - _BEFORE : at])
            yield from _named(str(step.argval), taken or (), level, package)
    if not _IMPORTERS.isdisjoint(code.co_names):
        yield from (text for text in code.co_consts if isinstance(text, str))


def own_files(names: Iterable[str]) -> list[list[str]]:
    """Name and digest of each module that is not installed, and of those that they import."""
    found: dict[str, str] = {}
    waiting = sorted(names)
    while waiting:
        name = waiting.pop()
        if name in found or installed(name):
            continue
        spec = _spec(name)
        file = Path(spec.origin) if spec and spec.origin and spec.has_location else None
        if file is None or not file.is_file() or installed(name, file):
            continue
        source = file.read_bytes()
        found[name] = hashlib.sha256(source).hexdigest()
        package = name if spec and spec.submodule_search_locations else name.rpartition(".")[0]
        waiting += sorted({*_written(source, package), *_above(name)})
    return [[name, digest] for name, digest in sorted(found.items())]


def _written(source: bytes, package: str) -> Iterator[str]:
    try:
        steps = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError):  # an extension module; its content counts anyway
        return
    for step in steps:
        if isinstance(step, ast.Import):
            yield from (alias.name for alias in step.names)
        elif isinstance(step, ast.ImportFrom):
            taken = tuple(alias.name for alias in step.names)
            yield from _named(step.module or "", taken, step.level, package)


def _named(name: str, taken: Iterable[str], level: int, package: str) -> Iterator[str]:
    """A module, and what is taken from it: that may be a module, too."""
    try:
        whole = importlib.util.resolve_name("." * level + name, package) if level else name
    except ImportError:
        return
    yield whole
    yield from (f"{whole}.{part}" for part in taken)


def _above(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _spec(name: str) -> ModuleSpec | None:
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    if isinstance(loaded, ModuleSpec):
        return loaded
    above = name.rpartition(".")[0]
    if not above:
        return PathFinder.find_spec(name)
    parent = _spec(above)
    inside = parent.submodule_search_locations if parent else None
    return PathFinder.find_spec(name, list(inside)) if inside else None
