"""Exports with `inputs` and `outputs` (LangSmith) or `inputs` and `expectations` (MLflow).

Follows the fields of LangSmith's Example (its SDK's schemas) and MLflow 3's page "Evaluation
dataset reference": `expected_facts` and `guidelines` are statements for the judge.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skillopt.core.importing.fields import (
    EXPECTED,
    ID,
    SPLIT,
    Asked,
    Unreadable,
    asked,
    at,
    check_named,
    id_at,
    joined,
    listed,
    named,
    note_unused,
    unpacked,
)
from skillopt.core.importing.promptfoo_asserts import criterion
from skillopt.core.importing.traces import read_cell
from skillopt.core.importing.values import Draft, FieldNames, Fields, Tally

OUTPUTS = ("reference_outputs", "expectations", "outputs")
"""Beside `expectations`, `outputs` are what an application has said, not what is right."""
_SPLIT = (*SPLIT, "metadata.dataset_split")
_CELLS = ("inputs", *OUTPUTS, "metadata")
_ID = (*ID, "metadata.id")
_EVERY = "base"
"""LangSmith's split of all examples: it says nothing."""
STATEMENTS = ("expected_facts", "guidelines", "rubric", "grading_notes")
"""What the judge answers one by one; the last two are those of LangSmith and Databricks users."""
_OF_TRACE = {
    "expected_tools", "expected_tool_calls", "tool_calls", "expected_trajectory", "trajectory",
    "expected_retrieved_context", "retrieved_context",
}  # fmt: skip
"""What says what the agent did, and is no answer to compare with."""
_KEPT = "expected answers beside facts, guidelines or a rubric are kept, and not compared"
_FACT = "The answer states this fact: {}"


def inputs_drafts(rows: Sequence[Any], names: FieldNames, tally: Tally) -> list[Draft]:
    """The examples of an export.

    Raises:
        Unreadable: no record has a field that the caller names.
    """
    rows = [_with_cells(row) for row in rows]
    records = [row for row in rows if isinstance(row, Mapping)]
    check_named(records, (*names.input, names.expected, names.id, names.split))
    answers = named(records, OUTPUTS)
    own, split = names.id or named(records, _ID), names.split or named(records, _SPLIT)
    tally.fields["input"] = " + ".join(names.input) or "inputs"
    for name, source in (("expected", names.expected or answers), ("id", own), ("split", split)):
        if source:
            tally.fields[name] = source
    shown = ("inputs", "outputs", "attachments", *names.input, names.expected, answers, own, split)
    note_unused(records, shown, tally)
    if not names.input:
        _say_inputs(records, tally)
    if answers and not names.expected:
        _say_outputs(records, answers, tally)
    drafts: list[Draft] = []
    for index, row in enumerate(rows):
        tally.begin()
        try:
            drafts.append(_draft(row, index, names, (answers, own, split), tally))
        except Unreadable as error:
            tally.leave_out(str(error))
    return drafts


def _say_inputs(records: Sequence[Mapping[str, Any]], tally: Tally) -> None:
    """Say which of the `inputs` are the input: a conversation, the only one, or all of them."""
    inputs = [row["inputs"] for row in records if isinstance(row.get("inputs"), Mapping)]
    chosen = {
        _conversation_in(one) or (next(iter(one)) if len(one) == 1 else None) for one in inputs
    }
    if len(chosen) == 1:
        name = chosen.pop()
        tally.fields["input"] = "all inputs, by name" if name is None else f"inputs.{name}"
    pairs = [(one, _conversation_in(one)) for one in inputs]
    if left := {str(key) for one, turns in pairs if turns for key in one if key != turns}:
        tally.note(f"fields of `inputs` that are not used: {listed(left)}")


def _say_outputs(records: Sequence[Mapping[str, Any]], source: str, tally: Tally) -> None:
    """Say which fields of the answers are compared, alone or together, and which are not."""
    left: set[str] = set()
    whole: set[str] = set()
    chosen: set[str] = set()
    for outputs in (row.get(source) for row in records):
        own = _own(outputs) if isinstance(outputs, Mapping) else {}
        name = _called_so(own)
        (left if name else whole).update(str(key) for key in own if key != name)
        chosen |= {str(name)} if name else set()
        if name and isinstance(outputs, Mapping) and _is_judged(outputs):
            tally.note(_KEPT)
    if len(chosen) == 1 and not whole:
        tally.fields["expected"] = f"{source}.{chosen.pop()}"
    if left:
        tally.note(f"fields of `{source}` that are not used: {listed(left)}")
    if whole:
        says = f"`{source}` are compared whole: {listed(whole)}"
        tally.note(f"{says}; `import-tasks --expected-field {source}.{min(whole)[:40]}` takes one")


def _is_judged(outputs: Mapping[str, Any]) -> bool:
    return any(outputs.get(name) for name in STATEMENTS)


def _with_cells(row: Any) -> Any:
    """A row of a CSV with its mappings as such: they are JSON there, or Python's form (pandas)."""
    if not isinstance(row, Mapping):
        return row
    return {key: read_cell(value) if key in _CELLS else value for key, value in row.items()}


def _draft(
    row: Any,
    index: int,
    names: FieldNames,
    columns: tuple[str | None, str | None, str | None],
    tally: Tally,
) -> Draft:
    if not isinstance(row, Mapping):
        raise Unreadable("it is no mapping")
    if row.get("attachments"):
        raise Unreadable("its `attachments` are not in the file; give the task `files`")
    answers, own_name, split_name = columns
    found = _asked(row, names)
    source = names.expected or answers
    expected = at(row, source) if source else None
    checks: list[Fields] = []
    if names.expected is None and isinstance(expected, Mapping):
        checks = statements(expected, tally)
        for name in sorted(_OF_TRACE & set(expected)):
            tally.refuse(f"`{name}`: is about what the agent did; `tool_used` checks ask for that")
        expected = _answer(expected)
    split = at(row, split_name) if split_name else None
    splits = [one for one in (split if isinstance(split, list) else [split]) if one != _EVERY]
    split = splits[0] if len(splits) == 1 else None
    return Draft(
        place=(index,),
        record=tally.records,
        input=found.input,
        expected=found.reply if expected is None else expected,
        checks=tuple(checks) or None,
        id=id_at(row, own_name),
        split=split if isinstance(split, str) else None,
    )


def _asked(row: Mapping[str, Any], names: FieldNames) -> Asked:
    if names.input:
        return joined({name: at(row, name) for name in names.input})
    inputs = row.get("inputs")
    if not isinstance(inputs, Mapping):
        return asked(inputs)
    if turns := _conversation_in(inputs):
        return asked(inputs[turns])
    texts = {name: value for name, value in inputs.items() if value not in (None, "")}
    return joined(texts)


def _conversation_in(inputs: Mapping[str, Any]) -> str | None:
    return next(
        (name for name in ("messages", "input") if isinstance(inputs.get(name), list)), None
    )


def _answer(outputs: Mapping[str, Any]) -> Any:
    """The answer among the outputs: the only one, the one that is called so, or all of them."""
    own = _own(outputs)
    name = _called_so(own)
    return _content(own[name]) if name else own or None


def _own(outputs: Mapping[str, Any]) -> Fields:
    """What of the outputs may be the answer."""
    other = _OF_TRACE.union(STATEMENTS)
    return {
        name: value
        for name, value in outputs.items()
        if name not in other and value not in (None, "")
    }


def _called_so(own: Fields) -> str | None:
    return next(iter(own)) if len(own) == 1 else named([own], EXPECTED)


def _content(value: Any) -> Any:
    """A message's content."""
    if isinstance(value, Mapping):
        content = unpacked(value).get("content")
        return content if isinstance(content, str) else value
    return value


def statements(expectations: Mapping[str, Any], tally: Tally) -> list[Fields]:
    """The rubric of the facts and guidelines; nothing where there are none."""
    found = [_FACT.format(fact) for fact in _texts(expectations.get(STATEMENTS[0]))]
    for name in STATEMENTS[1:]:
        given = expectations.get(name)
        parts = list(given.values()) if isinstance(given, Mapping) else [given]
        found += [criterion("{}", one) for part in parts for one in _texts(part)]
    criteria = list(dict.fromkeys(found))
    if not criteria:
        return []
    tally.mapped["fact, guideline or rubric -> rubric criterion"] += len(criteria)
    return [{"type": "rubric", "criteria": criteria}]


def _texts(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [text.strip() for text in listed if isinstance(text, str) and text.strip()]
