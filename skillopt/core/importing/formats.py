"""Which format content has, told by its shape, and the tasks it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.answers import NO_ANSWER, scored
from skillopt.core.importing.assembling import assembled
from skillopt.core.importing.evals_json import evals_drafts, is_evals_json
from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.inputs_outputs import inputs_drafts
from skillopt.core.importing.promptfoo import is_promptfoo, promptfoo_drafts
from skillopt.core.importing.rows import rows_drafts, unwrapped
from skillopt.core.importing.traces import is_trace, without_traces
from skillopt.core.importing.values import Draft, FieldNames, Fields, Format, Report, Tally

WRAPPERS = (
    "examples", "samples", "data", "records", "rows", "items", "questions", "dataset", "test_cases",
    "cases", "evals", "traces", "runs",
)  # fmt: skip
"""Keys under which exports keep their list of records."""

_SPLIT_KEYS = {"train", "training", "validation", "valid", "val", "dev", "test"}

_TRIGGERS = (
    "this is a trigger set (`query`, `should_trigger`): it says when an agent loads a skill, not "
    "what a good answer is, and has no tasks; measure it with `skillopt triggers SKILL --triggers "
    "FILE`, or add it to tasks with --triggers (`skillopt init SKILL` drafts some)"
)
_NOTHING = (
    "not a format that is known: a validation set has `tasks`; promptfoo has `tests`, evals.json "
    "`evals`, others are a list of records with a question and an answer"
)


class Imported(NamedTuple):
    """Tasks as a validation set's file has them."""

    content: Fields
    """Of that file."""
    places: tuple[Place, ...]
    """Where each task's record stands in the source."""
    report: Report


def is_own(content: Any) -> bool:
    """Whether content is meant as a validation set of this program."""
    return isinstance(content, Mapping) and "tasks" in content


def is_foreign(content: Any) -> bool:
    """Whether what has no `tasks` is a mapping with the shape of another format."""
    if not isinstance(content, Mapping):
        return False
    checks = (is_evals_json, is_promptfoo, _is_trigger_set, is_trace)
    if any(check(content) for check in checks):
        return True
    return any(_is_records(content.get(key)) for key in (*WRAPPERS, *_SPLIT_KEYS))


def imported(content: Any, names: FieldNames, *, stem: str) -> Imported:
    """The tasks that ``content`` holds, whatever its format.

    Args:
        content: of the file; a CSV or a JSONL file is a list of its rows.
        names: fields that the caller names.
        stem: of the file's name; the set is called after it where nothing else is said.

    Raises:
        Unreadable: the format is not known, or there is no task in it.
    """
    if _is_trigger_set(content):
        raise Unreadable(_TRIGGERS)
    tally = Tally()
    kind, drafts = _drafts(content, names, tally)
    made = assembled(scored(drafts, names.check, tally), tally)
    if not made.tasks:
        raise Unreadable(_none_left(kind, tally, content if isinstance(content, list) else []))
    report = Report(
        format=kind,
        records=tally.records,
        tasks=len(made.tasks),
        fields=tally.fields,
        mapped=dict(tally.mapped),
        refused=tally.refused,
        left_out=tally.left_out,
        notes=tuple(tally.notes),
    )
    header = {"name": _name(content, stem), **made.header}
    return Imported({**header, "tasks": list(made.tasks)}, made.places, report)


def _drafts(content: Any, names: FieldNames, tally: Tally) -> tuple[Format, list[Draft]]:
    if is_evals_json(content):
        return "evals.json", evals_drafts(content, names, tally)
    if is_promptfoo(content):
        return "promptfoo", promptfoo_drafts(content, names, tally)
    rows = without_traces([unwrapped(row) for row in _rows(content)])
    if is_evals_json(rows):
        return "evals.json", evals_drafts(rows, names, tally)
    kind = format_of_rows(rows)
    if kind in {"langsmith", "mlflow"}:
        return kind, inputs_drafts(rows, names, tally)
    return kind, rows_drafts(rows, names, tally, kind=kind)


def format_of_rows(rows: Sequence[Any]) -> Format:
    """The format of a list of records, by the fields of the first one."""
    first: Mapping[str, Any] = next((row for row in rows if isinstance(row, Mapping)), {})
    fields = set(first)
    if "inputs" in fields:
        return "mlflow" if "expectations" in fields else "langsmith"
    if {"input", "ideal"} <= fields:
        return "openai-evals"
    if {"input", "answer", "additional_context"} <= fields:
        return "gepa"
    if fields & {"dspy_uuid", "dspy_split", "_input_keys"}:
        return "dspy"
    return "inspect" if {"input", "target"} <= fields else "rows"


def _rows(content: Any) -> list[Any]:
    """The records of a list, or of the list that a mapping keeps.

    Raises:
        Unreadable: there is no such list.
    """
    if is_trace(content):
        return [content]
    if isinstance(content, Mapping):
        named = next((key for key in WRAPPERS if _is_records(content.get(key))), None)
        if named:
            return list(content[named])
        splits = [
            key for key, value in content.items() if key in _SPLIT_KEYS and _is_records(value)
        ]
        if splits:
            return [{"split": key, **row} for key in splits for row in content[key]]
    if isinstance(content, list) and any(isinstance(row, Mapping) for row in content):
        return content
    raise Unreadable(_NOTHING)


def _is_records(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
    )


def _is_trigger_set(content: Any) -> bool:
    listed = (
        content.get("queries", content.get("evals")) if isinstance(content, Mapping) else content
    )
    if not isinstance(listed, list):
        return False
    return any(
        isinstance(one, Mapping) and "should_trigger" in one and ("query" in one or _is_bare(one))
        for one in listed
    )


def _is_bare(one: Mapping[str, Any]) -> bool:
    """A prompt that says only whether it triggers: some write that for `query`."""
    return "prompt" in one and not is_evals_json([one])


def _name(content: Any, stem: str) -> str:
    named = content.get("skill_name") if isinstance(content, Mapping) else None
    return named if isinstance(named, str) and named.strip() else stem


def _none_left(kind: Format, tally: Tally, rows: Any) -> str:
    empty = Report(
        format=kind, records=tally.records, tasks=0, refused=tally.refused, left_out=tally.left_out
    )
    said = f"no record of it is a task; {'; '.join(empty.lines)}"
    if any(one.what == NO_ANSWER for one in tally.left_out) and "expected" not in tally.fields:
        known = {str(key) for row in rows if isinstance(row, Mapping) for key in row}
        named = ", ".join(key[:40] for key in sorted(known)[:20])
        said += f"; name the answer with `skillopt import-tasks --expected-field`; there is {named}"
    return said
