"""The files that a command's words name, by content."""

from __future__ import annotations

import ast
import hashlib
import shlex
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

LARGEST_READ = 64_000_000
"""Bytes of a file that is read; of a larger one, such as a model's weights, size and time count."""


def command_files(command: Sequence[str]) -> list[list[str]]:
    """Name and digest of each file that the words name, the program's own first.

    A word names a file as it is, after `=`, after `@`, as a word in a text of its own (as in
    `sh -c "python agent.py"`), or as the module after `-m`. Of a folder, all files that are not
    hidden. Python files bring the modules beside them that they import.

    Raises:
        OSError: one of them cannot be read.
    """
    found: dict[str, str] = {}
    program = shutil.which(command[0]) if command else None
    if program:
        found[command[0]] = _digest(Path(program))
    for path in _named(command):
        for file in _files(path):
            found.setdefault(str(file), _digest(file))
    return [[name, digest] for name, digest in sorted(found.items())]


def _named(command: Sequence[str]) -> Iterator[Path]:
    for before, word in zip(("", *command), command, strict=False):
        if before == "-m":
            module = Path(*word.split("."))
            yield from (module.with_suffix(".py"), module)
        for text in (word, word.partition("=")[2], word.removeprefix("@"), *_words(word)):
            if text and "\0" not in text:
                yield Path(text)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # quotes that do not close: it is no shell text
        return text.split()


def _files(path: Path) -> Iterator[Path]:
    if _is(path, folder=False):
        yield path
        if path.suffix == ".py":
            yield from _beside(path)
    elif _is(path, folder=True) and path.resolve() != Path.cwd().resolve():
        for inner in sorted(path.rglob("*")):
            hidden = any(
                part.startswith((".", "__pycache__")) for part in inner.relative_to(path).parts
            )
            if not hidden and inner.is_file():
                yield inner


def _is(path: Path, *, folder: bool) -> bool:
    try:
        return path.is_dir() if folder else path.is_file()
    except OSError:  # too long for a name: it is a text
        return False


def _beside(path: Path, seen: frozenset[Path] = frozenset()) -> Iterator[Path]:
    """The modules beside a Python file that it imports, and those that they import."""
    for name in _imported(path):
        module = path.parent.joinpath(*name.split("."))
        for file in (module.with_suffix(".py"), module / "__init__.py"):
            if file not in seen and file != path and file.is_file():
                yield file
                yield from _beside(file, seen | {path, file})


def _imported(path: Path) -> list[str]:
    try:
        steps = list(ast.walk(ast.parse(path.read_bytes())))
    except (SyntaxError, ValueError):  # no Python after all; its content counts anyway
        return []
    found = []
    for step in steps:
        if isinstance(step, ast.Import):
            found += [alias.name for alias in step.names]
        elif isinstance(step, ast.ImportFrom):
            base = step.module or ""
            found += [base, *(f"{base}.{alias.name}".strip(".") for alias in step.names)]
    return sorted({name for name in found if name and "*" not in name})


def _digest(path: Path) -> str:
    about = path.stat()
    if about.st_size > LARGEST_READ:
        return f"{about.st_size} bytes of {about.st_mtime_ns}"
    return hashlib.sha256(path.read_bytes()).hexdigest()
