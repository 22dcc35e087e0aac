"""promptfoo's tests as drafts: a config, a list of tests, or the rows of its CSV.

Follows promptfoo's pages "Test Case Configuration", "Scenarios" and "Assertions & metrics" (2026).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from skillopt.core.evaluation.validation_set import Place
from skillopt.core.importing.fields import (
    INPUT,
    Asked,
    Unreadable,
    asked,
    at,
    joined,
    listed,
    named,
)
from skillopt.core.importing.promptfoo_asserts import checks_of
from skillopt.core.importing.promptfoo_templates import with_templates
from skillopt.core.importing.templates import has_marks, names_in, rendered_content
from skillopt.core.importing.values import Draft, FieldNames, Fields, Tally
from skillopt.core.value import canonical_json

MOST_COMBINATIONS = 1_000
"""Of a test's variables that are lists."""
_NO_ASSERTION = (
    "it has no assertion, and `defaultTest` has none; where a config names this file, import that"
)
_NO_CHECK = "no assertion of it has a check here"
_USED = {
    "vars", "assert", "options", "description", "metadata", "id", "threshold", "config",
}  # fmt: skip
_USED_METADATA = {"id", "split", "tags"}


class _Test(NamedTuple):
    place: Place
    fields: Any


class _Input(NamedTuple):
    """Where the input of every test comes from."""

    prompt: Any = None
    """A prompt that is filled in: a text, or a list of messages; None for the variables alone."""
    names: tuple[str, ...] = ()
    """Variables; none for all of them."""
    said: str = ""


def is_promptfoo(content: Any) -> bool:
    """Whether content has the shape of a promptfoo config or of its tests."""
    if isinstance(content, Mapping):
        listed = _listed(content.get("tests"))
        return {"prompts", "providers"} <= set(content) or any(map(_is_test, listed))
    if not isinstance(content, list) or not content:
        return False
    return _is_test(next((one for one in content if isinstance(one, Mapping)), None))


def promptfoo_drafts(content: Any, names: FieldNames, tally: Tally) -> list[Draft]:
    """The tests of a config, or of a list of tests."""
    config: Mapping[str, Any] = content if isinstance(content, Mapping) else {"tests": content}
    config = with_templates(config)
    default = config.get("defaultTest")
    default = default if isinstance(default, Mapping) else {}
    tests = list(_tests(config, in_list=not isinstance(content, Mapping)))
    source = _input(config, names, [_vars(default, test.fields) for test in tests], tally)
    tally.fields["input"] = source.said
    if names.expected:
        tally.fields["expected"] = names.expected
    _say_unused([default, *(test.fields for test in tests)], tally)
    drafts: list[Draft] = []
    for test in tests:
        tally.begin()
        if not isinstance(test.fields, Mapping):
            what = f"{str(test.fields)[:80]!r}"
            tally.leave_out(f"{what} is neither a test nor a file of tests that an import reads")
            continue
        _refuse_fields(test.fields, default, tally)
        for values in _combinations(_vars(default, test.fields), test.fields, tally):
            try:
                drafts.append(_draft(test, default, values, source, names, tally))
            except Unreadable as error:
                tally.leave_out(str(error))
    return drafts


def _tests(config: Mapping[str, Any], *, in_list: bool) -> Iterator[_Test]:
    tests = config.get("tests")
    listed = tests if isinstance(tests, list) else [] if tests is None else [tests]
    for index, test in enumerate(listed):
        place: Place = (index,) if in_list else ("tests", index)
        yield _Test(place, test)
    scenarios = config.get("scenarios")
    for index, scenario in enumerate(scenarios if isinstance(scenarios, list) else []):
        if not isinstance(scenario, Mapping):
            continue
        rows, inner = _listed(scenario.get("config")), _listed(scenario.get("tests"))
        for row, test in itertools.product(rows or [{}], inner or [{}]):
            if isinstance(row, Mapping) and isinstance(test, Mapping):
                values = {**_mapping(row.get("vars")), **_mapping(test.get("vars"))}
                asserts = [*_listed(row.get("assert")), *_listed(test.get("assert"))]
                fields = {**row, **test, "vars": values, "assert": asserts}
                yield _Test(("scenarios", index), fields)


def _say_unused(tests: Sequence[Any], tally: Tally) -> None:
    """Say what stands in tests, and in their metadata, that no task here has a place for."""
    known = [test for test in tests if isinstance(test, Mapping)]
    if left := {str(name) for test in known for name in test} - _USED:
        tally.note(f"fields of tests that are not used: {listed(left)}")
    metadata = [_mapping(test.get("metadata")) for test in known]
    if left := {str(name) for one in metadata for name in one} - _USED_METADATA:
        tally.note(f"metadata that is not used: {listed(left)}")


def _vars(default: Mapping[str, Any], test: Any) -> Fields:
    return {**_mapping(default.get("vars")), **_mapping(_mapping(test).get("vars"))}


def _combinations(values: Fields, test: Mapping[str, Any], tally: Tally) -> Iterator[Fields]:
    """One set of values for each combination of those that are lists, as promptfoo has it."""
    options = _mapping(test.get("options"))
    lists = {name: value for name, value in values.items() if isinstance(value, list) and value}
    if not lists or options.get("disableVarExpansion") or _is_conversation(lists):
        yield values
        return
    made = itertools.product(*lists.values())
    for count, picked in enumerate(made):
        if count == MOST_COMBINATIONS:
            tally.leave_out(f"combinations of one test's variables beyond {MOST_COMBINATIONS:,}")
            return
        yield {**values, **dict(zip(lists, picked, strict=True))}


def _is_conversation(lists: Mapping[str, list[Any]]) -> bool:
    turns = [one for value in lists.values() for one in value]
    return all(isinstance(turn, Mapping) and "role" in turn for turn in turns)


def _input(
    config: Mapping[str, Any], names: FieldNames, values: Sequence[Fields], tally: Tally
) -> _Input:
    if names.input:
        bare = tuple(name.removeprefix("vars.") for name in names.input)
        return _Input(names=bare, said=" + ".join(names.input))
    prompts = [_prompt(one) for one in _listed(config.get("prompts"))]
    known = {name for row in values for name in row}
    if len(prompts) == 1 and prompts[0] is not None:
        if others := known - names_in(prompts[0]):
            tally.note(f"variables that the prompt does not name: {listed(others)}")
        return _Input(prompt=prompts[0], said="the prompt, filled in")
    if prompts:
        tally.note("prompts: not used; the variables are the input, and the skill says what to do")
    chosen = next(iter(known)) if len(known) == 1 else named(values, INPUT)
    if chosen and _tells_apart(values, chosen):
        if others := known - {chosen}:
            tally.note(f"variables that are not used: {listed(others)}")
        return _Input(names=(chosen,), said=f"vars.{chosen}")
    return _Input(said="all vars, by name")


def _tells_apart(rows: Sequence[Fields], name: str) -> bool:
    """Whether no two tests have the same variable ``name`` and differ in another one."""
    seen: dict[str, str] = {}
    whole = [(canonical_json(row.get(name)), canonical_json(row)) for row in rows]
    return all(seen.setdefault(one, row) == row for one, row in whole)


def _prompt(given: Any) -> Any:
    """A prompt that stands in the config and has something to fill in, as text or messages."""
    if isinstance(given, Mapping):
        given = given.get("raw", given.get("id"))
    if not isinstance(given, str) or given.startswith("file://") or not has_marks(given):
        return None
    try:
        turns = json.loads(given)
    except (ValueError, RecursionError):
        return given
    return turns if isinstance(turns, list) else given


def _draft(
    test: _Test,
    default: Mapping[str, Any],
    values: Fields,
    source: _Input,
    names: FieldNames,
    tally: Tally,
) -> Draft:
    fields = test.fields
    found = _asked(source, values, {**_mapping(default.get("options")), **_options(fields)})
    checks = checks_of(_asserts(default, fields, values, tally), tally)
    expected = at({**fields, **values}, names.expected) if names.expected else None
    if not checks and expected is None:
        has_any = fields.get("assert") or default.get("assert")
        raise Unreadable(_NO_CHECK if has_any else _NO_ASSERTION)
    metadata = _mapping(fields.get("metadata"))
    split = at({**fields, **values}, names.split) if names.split else metadata.get("split")
    own = at({**fields, **values}, names.id) if names.id else fields.get("id", metadata.get("id"))
    title = fields.get("description")
    return Draft(
        place=test.place,
        record=tally.records,
        input=found.input,
        expected=expected,
        checks=tuple(checks) if checks else None,
        id=str(own) if isinstance(own, str | int) else None,
        title=title if isinstance(title, str) else None,
        split=split if isinstance(split, str) else None,
        tags=tuple(tag for tag in _listed(metadata.get("tags")) if isinstance(tag, str)),
    )


def _asked(source: _Input, values: Fields, options: Mapping[str, Any]) -> Asked:
    if source.prompt is not None:
        filled = rendered_content(source.prompt, values)
        found = asked(filled)
    elif source.names:
        found = joined({name: at(values, name) for name in source.names})
    else:
        found = joined(values)
    prefix, suffix = options.get("prefix"), options.get("suffix")
    if not isinstance(found.input, str):
        return found
    parts = (part for part in (prefix, found.input, suffix) if isinstance(part, str))
    return Asked("".join(parts))


def _asserts(
    default: Mapping[str, Any], fields: Mapping[str, Any], values: Fields, tally: Tally
) -> list[Any]:
    """The assertions of a test and of all tests, variables filled in."""
    shared = [] if _options(fields).get("disableDefaultAsserts") else default.get("assert")
    found: list[Any] = []
    for one in [*_listed(shared), *_listed(fields.get("assert"))]:
        value = one.get("value") if isinstance(one, Mapping) else None
        code = isinstance(one, Mapping) and one.get("type") in {"javascript", "python", "ruby"}
        if code or value is None:
            found.append(one)
            continue
        try:
            found.append({**one, "value": rendered_content(value, values)})
        except Unreadable as error:
            tally.refuse(f"`{one.get('type')}`: {error}")
    return found


def _refuse_fields(fields: Mapping[str, Any], default: Mapping[str, Any], tally: Tally) -> None:
    """Count what changes how promptfoo grades a test and has no equal here."""
    options = {**_mapping(default.get("options")), **_options(fields)}
    if fields.get("threshold", default.get("threshold")) is not None:
        tally.refuse("`threshold` of a test: its score is the mean of its checks")
    if options.get("transform") is not None:
        tally.refuse("`options.transform`: it is code, which an import does not run")
    if fields.get("config"):
        tally.refuse("columns `__config:...`")
    if options.get("provider") is not None or options.get("rubricPrompt") is not None:
        tally.note("the judge is set with --judge; graders that the file names are not used")


def _options(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(fields.get("options"))


def _is_test(one: Any) -> bool:
    if isinstance(one, Mapping):
        return isinstance(one.get("vars"), Mapping) or _is_asserts(one.get("assert"))
    return isinstance(one, str) and one.startswith("file://")


def _is_asserts(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, Mapping) and "type" in one for one in value
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
