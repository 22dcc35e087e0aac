"""YAML as plain content, with the line on which everything stands.

The file is read from libyaml's events rather than composed: composing recurses in C, so that a
deeply nested file ends the process, and its values hide what was written. Scalars follow YAML 1.2;
what older YAML would read as something else (`no`, `12:30`, `2026-01-05`) is refused rather than
guessed at, but for files of other programs, whose authors meant what YAML 1.2 says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import yaml

from skillopt.core.evaluation.validation_set import Place
from skillopt.errors import ValidationSetError

DEEPEST_NESTING = 80

LARGEST_EXPANSION = 32_000_000
"""Characters of a file once its aliases are written out."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STR = "tag:yaml.org,2002:str"
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)?(?:\.[0-9]+|(?<=[0-9])\.?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)\Z|\.(?:nan|NaN|NAN)\Z")
_OLDER = {"bool": "a boolean", "int": "a number", "float": "a number", "timestamp": "a date"}
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_yaml(text: str, path: str, *, foreign: bool = False) -> tuple[Any, dict[Place, int]]:
    """The content of a YAML file and the line of each of its parts, from 1.

    Args:
        text: of the file.
        path: its name, for messages.
        foreign: it is another program's: what is text in YAML 1.2 is text, and keys are text.

    Raises:
        ValidationSetError: it is not YAML, or holds what is not read here.
    """
    odd = _NOT_YAML.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        message = f"the character U+{ord(odd.group()):04X} is not allowed in YAML"
        raise ValidationSetError(message, path=path, line=line)
    return _Yaml(text, path, foreign=foreign).read()


class _Yaml:
    """Builds content and lines from a YAML file's events."""

    def __init__(self, text: str, path: str, *, foreign: bool) -> None:
        self._path = path
        self._foreign = foreign
        self._lines: dict[Place, int] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._size = 0
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=_LOADER))

    def read(self) -> tuple[Any, dict[Place, int]]:
        try:
            return self._root(), self._lines
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = " ".join(part for part in (error.problem, error.context) if part)
            raise self._error(f"not YAML: {problem}", mark.line + 1 if mark else None) from None
        except yaml.YAMLError as error:
            raise self._error(f"not YAML: {error}", None) from None

    def _root(self) -> Any:
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                content = self._value(event, ())
                for later in self._events:
                    if isinstance(later, yaml.DocumentStartEvent):
                        raise self._error(
                            "a second document starts here; a file has one validation set",
                            _at(later),
                        )
                return content
        raise self._error("the file has no content; it needs tasks", 1)

    def _value(self, event: Any, place: Place) -> Any:
        line = _at(event)
        self._lines[place] = line
        if len(place) > DEEPEST_NESTING:
            raise self._error(f"nested deeper than {DEEPEST_NESTING} levels", line)
        before = self._size
        match event:
            case yaml.AliasEvent():
                return self._alias(event)
            case yaml.ScalarEvent():
                self._grow(len(event.value) + 1, line)
                value = self._scalar(event)
            case yaml.SequenceStartEvent():
                value = self._sequence(event, place)
            case _:
                value = self._mapping(event, place)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._size - before)
        return value

    def _alias(self, event: Any) -> Any:
        if event.anchor not in self._anchors:
            message = f"*{event.anchor} is not defined above"
            raise self._error(message, _at(event))
        value, size = self._anchors[event.anchor]
        self._grow(size, _at(event))
        return value

    def _grow(self, size: int, line: int) -> None:
        self._size += size
        if self._size > LARGEST_EXPANSION:
            message = f"aliases make it longer than {LARGEST_EXPANSION} characters"
            raise self._error(message, line)

    def _sequence(self, event: Any, place: Place) -> list[Any]:
        self._plain_tag(event, "tag:yaml.org,2002:seq")
        found: list[Any] = []
        for part in self._events:
            if isinstance(part, yaml.SequenceEndEvent):
                break
            found.append(self._value(part, (*place, len(found))))
        self._grow(1, _at(event))
        return found

    def _mapping(self, event: Any, place: Place) -> dict[str, Any]:
        self._plain_tag(event, "tag:yaml.org,2002:map")
        found: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for part in self._events:
            if isinstance(part, yaml.MappingEndEvent):
                break
            key = self._key(part)
            if key == "<<" and part.implicit[0]:
                merged = {**self._merge(part, place), **merged}
                continue
            if key in found:
                first = self._lines[*place, key]
                message = f"the key {key[:80]!r} occurs twice (first on line {first})"
                raise self._error(message, _at(part))
            found[key] = self._value(next(self._events), (*place, key))
            self._lines[*place, key] = _at(part)
        self._grow(1, _at(event))
        return {**merged, **found}

    def _key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent):
            self._grow(len(event.value), _at(event))
            if event.value == "<<":
                return "<<"
            key = event.value if self._foreign else self._scalar(event)
            if isinstance(key, str):
                return key
            raise self._error(f"the key {event.value!r} is not text: quote it", _at(event))
        raise self._error("a key must be text", _at(event))

    def _merge(self, key: Any, place: Place) -> dict[str, Any]:
        value = self._value(next(self._events), (*place, "<<"))
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self._error("`<<` merges mappings, as in `<<: *defaults`", _at(key))
        merged: dict[str, Any] = {}
        for part in parts:
            merged = {**part, **merged}
        return merged

    def _scalar(self, event: Any) -> Any:
        text = event.value
        if event.tag == _STR or (event.tag in {None, "!"} and not event.implicit[0]):
            return text
        self._plain_tag(event, _STR)
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        try:
            if _INT.match(text):
                return int(text)
            if _FLOAT.match(text):
                value = float(text)
                if not math.isfinite(value):
                    raise self._error(f"{text!r} is too large a number", _at(event))
                return value
        except ValueError as error:
            raise self._error(str(error), _at(event)) from None
        if _NOT_FINITE.match(text):
            raise self._error(
                f"{text!r} is not a finite number: quote it if it is text", _at(event)
            )
        older = _older_kind(text)
        if older and not self._foreign:
            message = f"{text!r} would be {older} in some YAML and text in others: quote it"
            way_out = f"{message}, or write true or false" if older == "a boolean" else message
            raise self._error(way_out, _at(event))
        return text

    def _plain_tag(self, event: Any, known: str) -> None:
        if event.tag not in {None, "!", known}:
            raise self._error(f"the tag {event.tag!r} is not supported; remove it", _at(event))

    def _error(self, message: str, line: int | None) -> ValidationSetError:
        return ValidationSetError(message, path=self._path, line=line)


def _at(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _older_kind(text: str) -> str | None:
    """What YAML 1.1 would take a plain text for that YAML 1.2 leaves alone."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[0], [])
    for tag, pattern in resolvers:
        kind = _OLDER.get(tag.rsplit(":", 1)[-1])
        if kind and pattern.match(text):
            return kind
    return None
