"""Trigger sets in files: skill-creator's `eval_queries.json`, or the same as YAML or JSONL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from skillopt.adapters.files.documents import read_bytes
from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.core.evaluation.triggers import TriggerQuery
from skillopt.core.foreign_text import flaw
from skillopt.errors import ValidationSetError

LONGEST_QUERY = 100_000
"""Characters of one request."""
MOST_QUERIES = 10_000

_SHAPE = 'a list of {"query": "...", "should_trigger": true or false}'


def read_triggers(path: Path) -> tuple[TriggerQuery, ...]:
    """The queries of a file, in order.

    Args:
        path: `.json`, `.jsonl`, `.yaml` or `.yml`: a list, or an object with the list as `queries`.

    Raises:
        ValidationSetError: it cannot be read, or breaks a rule; the message says which entry.
    """
    name = str(path)
    entries = _entries(path)
    if not entries:
        raise ValidationSetError(f"there are no queries; the file needs {_SHAPE}", path=name)
    if len(entries) > MOST_QUERIES:
        count = f"{len(entries):,} queries; a trigger set has at most {MOST_QUERIES:,}"
        raise ValidationSetError(count, path=name)
    found: dict[str, int] = {}
    queries = []
    for number, entry in enumerate(entries, start=1):
        query = _query(entry, f"query {number}", name)
        first = found.setdefault(query.query, number)
        if first != number:
            message = f"query {number} repeats query {first}: {query.query[:80]!r}; remove one"
            raise ValidationSetError(message, path=name)
        queries.append(query)
    return tuple(queries)


def _entries(path: Path) -> list[Any]:
    name = str(path)
    content = _content(path)
    if isinstance(content, dict) and isinstance(content.get("queries"), list):
        content = content["queries"]
    if not isinstance(content, list):
        kind = type(content).__name__
        raise ValidationSetError(f"got {kind}; a trigger set is {_SHAPE}", path=name)
    return content


def _content(path: Path) -> Any:
    name = str(path)
    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"byte {error.start} is not UTF-8; save the file as UTF-8"
        raise ValidationSetError(message, path=name) from None
    match path.suffix.lower():
        case ".yaml" | ".yml":
            return read_yaml(text, name)[0]
        case ".json":
            return _json(text, name, line=1)
        case ".jsonl":
            lines = enumerate(text.split("\n"), start=1)
            return [_json(line, name, line=number) for number, line in lines if line.strip()]
        case other:
            message = (
                f"{other or 'no suffix'} is not a trigger set's format; use .json, .jsonl or .yaml"
            )
            raise ValidationSetError(message, path=name)


def _json(text: str, path: str, *, line: int) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValidationSetError("it is nested too deeply", path=path, line=line) from None
    except json.JSONDecodeError as error:
        at = line + error.lineno - 1
        raise ValidationSetError(f"not JSON: {error.msg}", path=path, line=at) from None
    except ValueError as error:  # a number with too many digits
        raise ValidationSetError(f"not JSON: {error}", path=path, line=line) from None


def _query(entry: Any, where: str, path: str) -> TriggerQuery:
    if not isinstance(entry, dict):
        got = f"{where} is of type {type(entry).__name__}; the file is {_SHAPE}"
        raise ValidationSetError(got, path=path)
    query, should = entry.get("query"), entry.get("should_trigger")
    if not isinstance(query, str) or not query.strip():
        message = f"{where}: `query` must be a text that is not empty, got {query!r:.80}"
        raise ValidationSetError(message, path=path)
    if not isinstance(should, bool):
        message = f"{where}: `should_trigger` must be true or false, got {should!r:.80}"
        raise ValidationSetError(message, path=path)
    if len(query) > LONGEST_QUERY:
        message = f"{where}: {len(query):,} characters; a query has at most {LONGEST_QUERY:,}"
        raise ValidationSetError(message, path=path)
    ill = flaw(query)
    if ill:
        raise ValidationSetError(f"{where}: {ill}; remove it", path=path)
    return TriggerQuery(query=query, should_trigger=should)
