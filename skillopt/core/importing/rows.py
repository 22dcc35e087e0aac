"""Rows with a question and an answer: data sets of Hugging Face, inspect, OpenAI evals, DSPy, GEPA.

Sources: inspect's "Datasets" page (Sample), OpenAI evals' docs/build-eval.md, dspy.Example's and
GEPA's DefaultDataInst's fields, Hugging Face's dataset pages (SQuAD, GSM8K, ARC, MMLU, Alpaca).
"""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.core.importing.fields import (
    CONTEXT,
    EXPECTED,
    ID,
    INPUT,
    RARE_INPUT,
    SPLIT,
    Asked,
    Unreadable,
    asked,
    at,
    check_named,
    id_at,
    joined,
    named,
    note_unused,
)
from skillopt.core.importing.files import files_of
from skillopt.core.importing.inputs_outputs import STATEMENTS, statements
from skillopt.core.importing.values import Draft, FieldNames, Format, Tally

_ALSO_USED = ("choices", "tags", "files", "setup", "sandbox")
_ENVIRONMENT = ("setup", "sandbox")


class Columns(NamedTuple):
    """The fields that the records of a file use."""

    input: tuple[str, ...]
    expected: str | None
    id: str | None
    split: str | None


def rows_drafts(
    rows: Sequence[Any], names: FieldNames, tally: Tally, *, kind: Format
) -> list[Draft]:
    """The rows as drafts.

    Raises:
        Unreadable: no field is known as the input.
    """
    records = [row for row in rows if isinstance(row, Mapping)]
    columns = columns_of(records, names, kind)
    _say(columns, tally)
    judged = named(records, STATEMENTS if columns.expected is None else STATEMENTS[:1])
    facts = STATEMENTS if judged and not names.expected else ()
    used = (*columns.input, columns.expected, columns.id, columns.split, *_ALSO_USED, *facts)
    note_unused(records, used, tally)
    drafts: list[Draft] = []
    for index, row in enumerate(rows):
        tally.begin()
        try:
            drafts.append(_draft(row, index, columns, tally, joins=bool(names.input), facts=facts))
        except Unreadable as error:
            tally.leave_out(str(error))
    return drafts


def columns_of(records: Sequence[Mapping[str, Any]], names: FieldNames, kind: Format) -> Columns:
    """The fields of ``records``: those that the caller names, else the usual ones.

    Raises:
        Unreadable: there is no input among them.
    """
    chosen = names.input or _input(records, kind)
    if not chosen:
        known = ", ".join(sorted({str(key) for record in records for key in record})[:20])
        raise Unreadable(
            "no field is known as the input; name one with `skillopt import-tasks --input-field`; "
            f"there is {known}"
        )
    check_named(records, (*chosen, names.expected, names.id, names.split))
    rest = [name for name in EXPECTED if name not in chosen]
    return Columns(
        input=chosen,
        expected=names.expected or named(records, rest),
        id=names.id or named(records, [name for name in ID if name not in chosen]),
        split=names.split or named(records, SPLIT),
    )


def unwrapped(record: Any) -> Any:
    """A record without the shell that some exports put around it."""
    for shell in ("row", "_store", "example", "item"):
        inner = record.get(shell) if isinstance(record, Mapping) else None
        if isinstance(inner, Mapping):
            return {**{key: record[key] for key in record if key in SPLIT or key in ID}, **inner}
    return record


def _input(records: Sequence[Mapping[str, Any]], kind: Format) -> tuple[str, ...]:
    main = named(records, INPUT) or named(records, RARE_INPUT)
    if main is None:
        return ()
    instruction, given = named(records, ("instruction",)), named(records, ("input",))
    if instruction and given and main in {instruction, given}:
        return (instruction, given)
    context = named(records, CONTEXT)
    # GEPA's context, like inspect's metadata, is what a grader reads, not the target.
    return (context, main) if context and kind in {"rows", "dspy"} else (main,)


def _say(columns: Columns, tally: Tally) -> None:
    tally.fields["input"] = " + ".join(columns.input)
    for name in ("expected", "id", "split"):
        if (source := getattr(columns, name)) is not None:
            tally.fields[name] = source


def _draft(
    row: Any,
    index: int,
    columns: Columns,
    tally: Tally,
    *,
    joins: bool,
    facts: tuple[str, ...],
) -> Draft:
    if not isinstance(row, Mapping):
        raise Unreadable("it is no mapping")
    for name in _ENVIRONMENT:
        if row.get(name):
            raise Unreadable(f"it needs `{name}`, which an import does not run")
    found = _asked(row, columns, by_name=joins and len(columns.input) > 1)
    expected = at(row, columns.expected) if columns.expected else None
    expected = _accepted(expected) if expected not in (None, "") else found.reply
    question, expected = _with_choices(found, row.get("choices"), expected)
    split = at(row, columns.split) if columns.split else None
    tags = row.get("tags")
    return Draft(
        place=(index,),
        record=tally.records,
        input=question,
        expected=expected,
        checks=tuple(statements(row, tally)) or None if facts else None,
        id=id_at(row, columns.id),
        split=split if isinstance(split, str) else None,
        tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else (),
        files=files_of(row, tally),
    )


def _asked(row: Mapping[str, Any], columns: Columns, *, by_name: bool) -> Asked:
    values = {name: at(row, name) for name in columns.input}
    if by_name or len(values) == 1:
        return joined(values)
    texts = [value for value in values.values() if isinstance(value, str) and value.strip()]
    return asked("\n\n".join(texts))


def _accepted(expected: Any) -> Any:
    """The texts of an answer that is written as SQuAD does: all of them are right."""
    if isinstance(expected, Mapping) and isinstance(expected.get("text"), list):
        return list(dict.fromkeys(expected["text"]))
    return expected


def _with_choices(found: Asked, choices: Any, expected: Any) -> tuple[Any, Any]:
    """A question with its choices by letter, and the letter that is right."""
    if choices in (None, "", []) or not isinstance(found.input, str):
        return found.input, expected
    labels, texts = _choices(choices)
    if not texts:
        raise Unreadable("its `choices` are no list of at most 26 texts")
    rows = [f"{label}) {text}" for label, text in zip(labels, texts, strict=True)]
    question = "\n".join([found.input, "", *rows, "", "Answer with the letter of one choice."])
    return question, _letter(expected, labels, texts)


def _letter(expected: Any, labels: list[str], texts: list[str]) -> Any:
    """The label of the choice that is right: given as that, as its text, or counted from 0."""
    if expected in labels or not isinstance(expected, str | int) or isinstance(expected, bool):
        return expected
    if expected in texts:
        return labels[texts.index(expected)]
    at = int(expected) if str(expected).isdecimal() and len(str(expected)) < len("000") else -1
    if not 0 <= at < len(labels):
        raise Unreadable("its answer is none of its `choices`")
    return labels[at]


def _choices(choices: Any) -> tuple[list[str], list[str]]:
    labels: Any = None
    if isinstance(choices, Mapping):
        labels, choices = choices.get("label"), choices.get("text")
    if not isinstance(choices, list) or len(choices) > len(string.ascii_uppercase):
        return [], []
    texts = [str(choice) for choice in choices]
    if isinstance(labels, list) and len(labels) == len(texts):
        return [str(label) for label in labels], texts
    return list(string.ascii_uppercase[: len(texts)]), texts
