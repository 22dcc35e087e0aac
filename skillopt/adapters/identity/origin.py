"""Whose a module is, and what version it has."""

from __future__ import annotations

import hashlib
import importlib.metadata
import sys
import sysconfig
from functools import cache
from pathlib import Path
from types import ModuleType

_INSTALLED = frozenset({"site-packages", "dist-packages"})


def installed(name: str | None, found: Path | None = None) -> bool:
    """Whether the module belongs to Python, to a package that is installed, or to skillopt.

    Args:
        name: the module's.
        found: its file, where it is not imported yet.
    """
    top = (name or "").partition(".")[0]
    if top == "skillopt":
        return True
    file = found or getattr(sys.modules.get(name or ""), "__file__", None)
    if top in sys.stdlib_module_names and top != "__main__":
        # A file of one's own may be called `queue.py`, too.
        return file is None or _is_pythons(Path(file))
    return file is not None and not _INSTALLED.isdisjoint(Path(file).parts)


@cache
def _is_pythons(file: Path) -> bool:
    places = {Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "platstdlib")}
    there = not _INSTALLED.isdisjoint(file.parts)
    return there or any(file.resolve().is_relative_to(place) for place in places)


def reachable(value: object) -> bool:
    """Whether ``value`` is what its installed module has under its name."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str) or not installed(module):
        return False
    found: object = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is value


@cache
def version_of(name: str) -> list[str]:
    """A module's name, its package's version, and the digest of its own file.

    Python's own modules are named only: their version is that of the bytecode.
    """
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == "skillopt":
        return [name]
    try:
        version = importlib.metadata.version(top)
    except importlib.metadata.PackageNotFoundError:
        version = str(getattr(sys.modules.get(top), "__version__", ""))
    return [name, version, file_of(sys.modules.get(name))]


def file_of(module: ModuleType | None) -> str:
    """The digest of a module's file; "" where it has none."""
    file = getattr(module, "__file__", None)
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest() if file else ""
    except OSError:
        return ""


def content_of(module: ModuleType) -> frozenset[str]:
    """The names in a module that are not the import system's."""
    return frozenset(name for name in vars(module) if not name.startswith("__"))
