"""Python callables by name, as `python` checks name them: `module:function`."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from skillopt.adapters.guard import THREADS, Ended, TookTooLong, called, described

LONGEST_IMPORT = 60.0
"""Seconds."""


class NoCallable(Exception):  # noqa: N818 - it names what is not there
    """There is no such callable; the message says why."""


@cache
def load_callable(call: str, folder: Path) -> Callable[..., Any]:
    """The callable `module:function`; a module in ``folder`` goes before an installed one.

    Each folder has its own: two validation sets may both lie beside a `checks.py`.

    Raises:
        NoCallable: the module cannot be imported, or has no such callable.
    """
    name, _, function = call.partition(":")
    module = _module(name, folder)
    found = getattr(module, function, None)
    if found is None:
        known = sorted(name for name, value in vars(module).items() if callable(value))
        public = ", ".join(name for name in known if not name.startswith("_")) or "nothing"
        raise NoCallable(f"module {name!r} has no {function!r}; it has {public[:300]}")
    if not callable(found):
        raise NoCallable(f"{call!r} is of type {type(found).__name__}, which cannot be called")
    function_found: Callable[..., Any] = found
    return function_found


def look_for(call: str, folder: Path) -> None:
    """Look for the callable's module, and import nothing.

    Raises:
        NoCallable: there is none.
    """
    name, _, _ = call.partition(":")
    if module_file(name, folder) is None and name not in sys.builtin_module_names:
        raise NoCallable(_nowhere(name, folder))


def source_digest(call: str, folder: Path) -> str:
    """Digest of the source of the callable's module; of its name where there is no source.

    Nothing is imported.
    """
    name, _, _ = call.partition(":")
    file = module_file(name, folder)
    source = file.read_bytes() if file else name.encode()
    return hashlib.sha256(source).hexdigest()


def module_file(name: str, folder: Path) -> Path | None:
    """The file that importing the module would read first; None where there is none."""
    if beside := _beside(name, folder):
        return beside
    places, parts = [str(folder), *sys.path], name.split(".")
    for depth in range(1, len(parts) + 1):
        found = PathFinder.find_spec(".".join(parts[:depth]), places)
        if found is None:
            return None
        if depth == len(parts):
            return Path(found.origin) if found.has_location and found.origin else None
        places = list(found.submodule_search_locations or ())
    return None


def _beside(name: str, folder: Path) -> Path | None:
    """The file of a top-level module in ``folder`` itself; None where there is none."""
    file = folder / f"{name}.py"
    return file if "." not in name and file.is_file() else None


@cache
def _module(name: str, folder: Path) -> ModuleType:
    beside = _beside(name, folder)
    try:
        with _first_on_path(folder):
            if beside is not None:
                return _guarded(lambda: _imported_from(beside))
            return _guarded(lambda: importlib.import_module(name))
    except ModuleNotFoundError as error:
        if error.name in (name, name.partition(".")[0]):
            raise NoCallable(_nowhere(name, folder)) from None
        raise NoCallable(f"module {name!r} needs {error.name!r}: install it") from None
    except SyntaxError as error:
        raise NoCallable(f"module {name!r}: {error.filename}:{error.lineno}: {error.msg}") from None
    except TookTooLong:
        raise NoCallable(
            f"module {name!r} takes longer than {LONGEST_IMPORT:g} s to import"
        ) from None
    except Exception as error:  # noqa: BLE001 - a module's own code runs here
        said = error.raised if isinstance(error, Ended) else described(error, most=1_000)
        raise NoCallable(f"module {name!r} fails while it is imported: {said}") from None


def _nowhere(name: str, folder: Path) -> str:
    if name.endswith(".py"):
        return f"{name!r} is a file: name its module, {name.removesuffix('.py')!r}"
    return f"there is no module {name!r}, neither in {folder} nor installed"


def _guarded(load: Callable[[], ModuleType]) -> ModuleType:
    return THREADS.run_now(lambda: called(load), within=LONGEST_IMPORT)


def _imported_from(file: Path) -> ModuleType:
    """The module in ``file``, under a name of its own: no other folder's is taken for it."""
    mark = hashlib.sha256(str(file).encode()).hexdigest()[:12]
    name = f"skillopt_checks_{mark}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


@contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
