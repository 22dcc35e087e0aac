"""Trigger sets in files: skill-creator's `eval_queries.json`, or the same as YAML or JSONL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from skillopt.adapters.files.documents import decoded, document_of, read_bytes, read_json
from skillopt.adapters.files.places import trigger_sets
from skillopt.core.evaluation.triggers import TriggerQuery
from skillopt.core.foreign_text import flaw
from skillopt.errors import SettingsError, ValidationSetError

LONGEST_QUERY = 100_000
"""Characters of one request."""
MOST_QUERIES = 10_000

SUFFIXES = (".json", ".jsonl", ".yaml", ".yml")

_LISTS = ("queries", "evals")
_SHAPE = 'a list of {"query": "...", "should_trigger": true or false}'


def read_triggers(path: Path) -> tuple[TriggerQuery, ...]:
    """The queries of a file, in order.

    Args:
        path: `.json`, `.jsonl`, `.yaml` or `.yml`: a list, or an object with the list as `queries`
            or `evals`; `prompt` is read as `query`.

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


def find_triggers(skill: Path | None) -> Path:
    """The trigger set that lies beside a skill or is named after it.

    Raises:
        SettingsError: there is none, or there are several.
        SkillError: there is no skill.
    """
    found = () if skill is None else trigger_sets(skill)
    if len(found) == 1:
        return found[0]
    if found:
        listed = " and ".join(map(str, found))
        raise SettingsError(f"several trigger sets found: {listed}; name one with --triggers")
    raise SettingsError(
        f"no trigger set found for {skill or 'the skill'}; write one, a JSON list of "
        '{"query": "...", "should_trigger": true}, as NAME.triggers.json beside its validation '
        "set, or name one with --triggers"
    )


def _entries(path: Path) -> list[Any]:
    name = str(path)
    content = _content(path)
    if isinstance(content, dict):
        named = next((key for key in _LISTS if isinstance(content.get(key), list)), None)
        content = content[named] if named else content
    if not isinstance(content, list):
        kind = type(content).__name__
        raise ValidationSetError(f"got {kind}; a trigger set is {_SHAPE}", path=name)
    return content


def _content(path: Path) -> Any:
    name = str(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        message = (
            f"{suffix or 'no suffix'} is not a trigger set's format; use .json, .jsonl or .yaml"
        )
        raise ValidationSetError(message, path=name)
    data = read_bytes(path)
    if suffix == ".json":
        return read_json(decoded(data, name), name)
    content = document_of(data, path).content
    return content["tasks"] if suffix == ".jsonl" else content


def _query(entry: Any, where: str, path: str) -> TriggerQuery:
    if not isinstance(entry, dict):
        got = f"{where} is of type {type(entry).__name__}; the file is {_SHAPE}"
        raise ValidationSetError(got, path=path)
    query, should = entry.get("query", entry.get("prompt")), entry.get("should_trigger")
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
