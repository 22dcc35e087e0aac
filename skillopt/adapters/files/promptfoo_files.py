"""The files that a promptfoo config names: tests, variables, expected values, default tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from skillopt.adapters.files.documents import Document, decoded, read_bytes
from skillopt.adapters.files.eval_files import SUFFIXES, as_rows, read_eval_file
from skillopt.adapters.files.settings_file import project_of
from skillopt.core.evaluation.validation_set import Place
from skillopt.core.skill.file_names import MARKDOWN

LARGEST_INSERTION = 32_000_000
"""Characters of files once they stand wherever they are named."""

_TEXTS = (*MARKDOWN, ".txt", ".html", ".xml")
_CONTENT = (".json", ".yaml", ".yml")
_SCHEME = "file://"


def with_files(document: Document, path: Path) -> Document:
    """A config or list of tests with the content of the files it names in their place.

    What is code, or lies elsewhere (a web address), stays a name.

    Raises:
        ValidationSetError: a file is not there, lies outside of the project, or is too large.
    """
    return _Files(document, path).whole()


class _Files:
    """Reads the files that one config names."""

    def __init__(self, document: Document, path: Path) -> None:
        self._document = document
        self._folder = path.absolute().parent
        self._roots = (self._folder.resolve(), project_of(path.absolute()).resolve())
        self._read: dict[Path, Any] = {}
        self._size = 0

    def whole(self) -> Document:
        content, lines = self._document.content, dict(self._document.lines)
        if isinstance(content, list):
            tests, places = self._tests(content, ())
            found: Any = tests
            lines |= {(index,): line for index, line in enumerate(places) if line}
        else:
            found = dict(content)
            tests, places = self._tests(_listed(content.get("tests")), ("tests",))
            lines = {place: line for place, line in lines.items() if place[:1] != ("tests",)}
            lines |= {("tests", index): line for index, line in enumerate(places) if line}
            if "tests" in content:
                found["tests"] = tests
            if isinstance(content.get("defaultTest"), str):
                found["defaultTest"] = self._content(content["defaultTest"], ("defaultTest",))
            if "prompts" in content:
                prompts = _listed(content["prompts"])
                found["prompts"] = [
                    each for one in prompts for each in self._prompts(one, ("prompts",))
                ]
            for key in ("defaultTest", "scenarios"):
                if key in found:
                    found[key] = self._values(found[key], (key,), within=False)
        return Document(path=self._document.path, content=found, lines=lines)

    def _tests(self, listed: list[Any], place: Place) -> tuple[list[Any], list[int | None]]:
        """The tests, those of files in the place of the files, each with its line."""
        found: list[Any] = []
        lines: list[int | None] = []
        for index, one in enumerate(listed):
            here = (*place, index)
            tests = [one]
            if isinstance(one, str):
                tests = list(self._named_tests(one, here))
            found += [self._values(test, here, within=False) for test in tests]
            lines += [self._document.line(here)] * len(tests)
        return found, lines

    def _named_tests(self, name: str, place: Place) -> Iterator[Any]:
        bare = name.removeprefix(_SCHEME)
        if "://" in bare or Path(bare).suffix.lower() not in SUFFIXES:
            yield name
            return
        for path in self._paths(bare, place):
            document = read_eval_file(path)
            if path.suffix.lower() == ".jsonl":
                document = as_rows(document)
            rows = _listed(document.content)
            is_table = path.suffix.lower() in {".csv", ".tsv"}
            yield from ({"vars": row} if is_table and "vars" not in row else row for row in rows)

    def _values(self, content: Any, place: Place, *, within: bool) -> Any:
        """Content with the files that its variables and expected values name."""
        match content:
            case str() if within and content.startswith(_SCHEME):
                return self._content(content, place)
            case Mapping():
                return {
                    name: self._values(value, place, within=within or name in {"vars", "assert"})
                    for name, value in content.items()
                }
            case list():
                return [self._values(one, place, within=within) for one in content]
            case _:
                return content

    def _prompts(self, given: Any, place: Place) -> list[Any]:
        """A prompt, from its file where that is a text; in a .txt `---` stands between several."""
        named = given.get("raw", given.get("id")) if isinstance(given, Mapping) else given
        if not isinstance(named, str) or any(mark in named for mark in "*?["):
            return [given]
        bare = named.removeprefix(_SCHEME)
        suffix = Path(bare[:1_000]).suffix.lower()
        is_text = suffix in (*_TEXTS, ".json") and "\n" not in bare
        if not is_text or not (named.startswith(_SCHEME) or (self._folder / bare).is_file()):
            return [given]
        (path,) = self._paths(bare, place, one=True)
        text = decoded(read_bytes(path), str(path)).strip("\n")
        parts = re.split(r"^---[ \t]*$", text, flags=re.MULTILINE) if suffix == ".txt" else [text]
        return [part.strip("\n") for part in parts if part.strip()] or [text]

    def _content(self, name: str, place: Place) -> Any:
        """The content of a text, JSON or YAML file; of any other its name."""
        bare = name.removeprefix(_SCHEME)
        suffix = Path(bare).suffix.lower()
        if suffix not in _TEXTS + _CONTENT:
            return name
        (path,) = self._paths(bare, place, one=True)
        if path not in self._read:
            self._read[path] = _content_of(path)
        self._size += path.stat().st_size
        if self._size > LARGEST_INSERTION:
            message = f"the files it names make it longer than {LARGEST_INSERTION:,} characters"
            raise self._document.error(message, place)
        return self._read[path]

    def _paths(self, name: str, place: Place, *, one: bool = False) -> list[Path]:
        if "\0" in name:
            raise self._document.error(f"{name[:80]!r} is not a path", place)
        marked = not one and any(mark in name for mark in "*?[")
        if marked and not Path(name).is_absolute() and ".." not in Path(name).parts:
            found = sorted(path for path in self._folder.glob(name) if path.is_file())
        else:
            found = [self._folder / name]
        if not found:
            raise self._document.error(f"no file matches {name[:200]!r}", place)
        for path in found:
            if not any(path.resolve().is_relative_to(root) for root in self._roots):
                message = (
                    f"the file {name[:200]!r} lies outside of the project {self._roots[1]}: copy "
                    "it there, or import its text"
                )
                raise self._document.error(message, place)
            if not path.is_file():
                raise self._document.error(f"no such file: {name[:200]}", place)
        return found


def _content_of(path: Path) -> Any:
    if path.suffix.lower() in _CONTENT:
        return read_eval_file(path).content
    return decoded(read_bytes(path), str(path)).strip("\n")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
