"""The files that a command's words name, by content."""

from __future__ import annotations

import ast
import errno
import hashlib
import itertools
import os
import shlex
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

LARGEST_READ = 64_000_000
"""Bytes of a file that is read; of a larger one, such as a model's weights, size and time count."""

MOST_FILES = 10_000
"""Files of a folder that are read."""

_OF_THE_SYSTEM = frozenset({"/bin", "/sbin", "/usr/bin", "/usr/sbin"})


def command_files(command: Sequence[str]) -> list[list[str]]:
    """Name and digest of each file that the words name, the program's own first.

    A word names a file as it is, after `=`, after `@`, as a word in a text of its own (as in
    `sh -c "python agent.py"`), as the module after `-m`, or as a program that another one runs. Of
    a folder, all files that are not hidden. Python files and code bring the modules that they
    import, from beside them, from here, and from where `PYTHONPATH` says.

    Raises:
        OSError: one of them cannot be read, or a folder holds too many.
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
        module = word if before == "-m" else word.removeprefix("-m") if word[:2] == "-m" else ""
        if module:
            yield from _modules((module, f"{module}.__main__"), _roots())
        if before == "-c":
            yield from _modules((name for _, name in _imported(word.encode())), _roots())
        texts = (word, word.partition("=")[2], word.removeprefix("@"), *_words(word))
        for text in dict.fromkeys(texts):
            if text and "\0" not in text:
                yield from (Path(text), *_expanded(text), *_program(text))


def _words(text: str) -> list[str]:
    """The words of a shell's text, or of a program's: also those beside `;`, `<` and brackets."""
    found = shlex.shlex(text, posix=True, punctuation_chars=True)
    found.whitespace_split = True
    found.commenters = ""
    try:
        return list(found)
    except ValueError:  # quotes that do not close: it is no shell text
        return text.split()


def _expanded(text: str) -> Iterator[Path]:
    """The file that a shell makes of `$NAME/file` and `~/file`."""
    path = os.path.expanduser(os.path.expandvars(text))  # noqa: PTH111 - no error for nobody's home
    if path != text and _is(Path(path), folder=False):
        yield Path(path)


def _program(word: str) -> Iterator[Path]:
    """What ``word`` runs where another program, such as `env` or `sh`, is given its name."""
    found = shutil.which(word) if not {*"/ "} & {*word} else None
    if found and str(Path(found).parent) not in _OF_THE_SYSTEM:
        yield Path(found)


def _roots() -> list[Path]:
    """Where Python looks for modules: here, and where the environment says."""
    more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [Path(), *(Path(place) for place in more if place)]


def _modules(names: Iterable[str], roots: Iterable[Path]) -> Iterator[Path]:
    """The files of modules of one's own, with those of the packages that they are in."""
    for name, root in itertools.product(names, roots):
        parts = name.split(".")
        if not all(parts):
            continue
        module = root.joinpath(*parts)
        files = [module.with_name(f"{module.name}.py"), module / "__init__.py"]
        if any(_is(file, folder=False) for file in files):
            above = [root.joinpath(*parts[:at], "__init__.py") for at in range(1, len(parts))]
            yield from (file for file in (*files, *above) if _is(file, folder=False))


def _files(path: Path) -> Iterator[Path]:
    if _is(path, folder=False):
        yield path
        if path.suffix == ".py":
            yield from _beside(path)
    elif _is(path, folder=True) and path.resolve() != Path.cwd().resolve():
        yield from sorted(_inside(path))


def _inside(folder: Path) -> list[Path]:
    """The files of a folder that are not hidden."""
    found = []
    for inner in folder.rglob("*"):
        parts = inner.relative_to(folder).parts
        if not any(part.startswith((".", "__pycache__")) for part in parts) and inner.is_file():
            found.append(inner)
            if len(found) > MOST_FILES:
                reason = f"it holds more than {MOST_FILES:,} files"
                raise OSError(errno.EFBIG, reason, str(folder))
    return found


def _is(path: Path, *, folder: bool) -> bool:
    try:
        return path.is_dir() if folder else path.is_file()
    except OSError:  # too long for a name: it is a text
        return False


def _beside(path: Path) -> Iterator[Path]:
    """The modules of one's own that a Python file imports, and those that they import."""
    seen, waiting = {path}, [path]
    while waiting:
        file = waiting.pop()
        for level, name in _imported(file.read_bytes()):
            above = file.parents[level - 1] if 0 < level <= len(file.parents) else None
            roots = [above] if above else [file.parent, path.parent, *_roots()]
            new = set(_modules([name], roots)) - seen
            seen |= new
            waiting += sorted(new)
            yield from sorted(new)


def _imported(source: bytes) -> list[tuple[int, str]]:
    """The modules that Python code names, each with the dots before it."""
    try:
        steps = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # no Python after all; its content counts anyway
    found = []
    for step in steps:
        if isinstance(step, ast.Import):
            found += [(0, alias.name) for alias in step.names]
        elif isinstance(step, ast.ImportFrom):
            base = step.module or ""
            names = (base, *(f"{base}.{alias.name}".strip(".") for alias in step.names))
            found += [(step.level, name) for name in names]
    return sorted({(level, name) for level, name in found if name and "*" not in name})


def _digest(path: Path) -> str:
    about = path.stat()
    if about.st_size > LARGEST_READ:
        return f"{about.st_size} bytes of {about.st_mtime_ns}"
    return hashlib.sha256(path.read_bytes()).hexdigest()
