"""Validation sets in files: whatever is wrong is said with file and line, before any call."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.documents import LARGEST_FILE
from skillopt.adapters.files.validation_file import find_validation_set, read_validation_set
from skillopt.core.evaluation.checks import Exact, Json, Rubric
from skillopt.core.evaluation.validation_set import split_of
from skillopt.errors import SkillError, ValidationSetError

GOOD = """\
name: colours
description: What colour things have.
criteria:
  right: The colour is right.
checks: [{type: exact, criterion: right}]
tasks:
  - id: sky
    split: train
    input: What colour is the sky?
    expected: blue
  - id: grass
    split: validation
    input: What colour is grass?
    expected: green
  - id: snow
    split: test
    input: What colour is snow?
    expected: white
"""


def write(folder: Path, text: str | bytes, name: str = "colours.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def complaint(path: Path) -> str:
    with pytest.raises(ValidationSetError) as error:
        read_validation_set(path)
    return str(error.value).removeprefix(f"{path.parent}/")


def test_a_good_file(tmp_path: Path) -> None:
    tasks = read_validation_set(write(tmp_path, GOOD))
    assert (tasks.name, tasks.description) == ("colours", "What colour things have.")
    assert tasks.folder == str(tmp_path)
    assert [task.id for task in tasks.split("validation")] == ["grass"]
    assert tasks.tasks[0].checks == (Exact(type="exact", criterion="right"),)


def test_what_a_task_may_say(tmp_path: Path) -> None:
    more = """\
      - id: all
        input:
          - {role: system, content: Be brief.}
          - {role: user, content: What colour is coal?}
        checks:
          - {type: json, at: colour, weight: 2}
          - {type: rubric, criteria: [right, It is one word.]}
        expected: {colour: black, shades: [1, 0.5, null, true]}
        tags: [hard]
        weight: 3
        scoring: all
        cluster: minerals
        protected: true
    """
    task = read_validation_set(
        write(tmp_path, GOOD + textwrap.indent(textwrap.dedent(more), "  "))
    ).tasks[-1]
    assert task.split == split_of("all")
    assert task.messages[0].role == "system"
    assert task.checks == (
        Json(type="json", at="colour", weight=2.0),
        Rubric(type="rubric", criteria=("right", "It is one word.")),
    )
    assert task.expected == {"colour": "black", "shades": [1, 0.5, None, True]}
    assert (task.tags, task.weight, task.scoring) == (("hard",), 3.0, "all")
    assert (task.cluster, task.protected) == ("minerals", True)


def test_yaml_and_jsonl_say_the_same(tmp_path: Path) -> None:
    header = {
        "name": "colours",
        "criteria": {"right": "The colour is right."},
        "checks": [{"type": "exact", "criterion": "right"}],
    }
    tasks = [
        {"id": "sky", "split": "train", "input": "What colour is the sky?", "expected": "blue"},
        {
            "id": "grass",
            "split": "validation",
            "input": "What colour is grass?",
            "expected": "green",
        },
        {"id": "snow", "split": "test", "input": "What colour is snow?", "expected": "white"},
    ]
    lines = [{"validation_set": header}, *tasks]
    text = "\r\n".join(json.dumps(line) for line in lines) + "\r\n\r\n"
    jsonl = read_validation_set(write(tmp_path, text, "colours.jsonl"))
    assert jsonl.digest == read_validation_set(write(tmp_path, GOOD)).digest


def test_jsonl_without_a_header(tmp_path: Path) -> None:
    lines = [
        {
            "id": name,
            "input": f"a \u2028 {name}",
            "split": name,
            "checks": [{"type": "exact", "value": "x"}],
        }
        for name in ("train", "validation", "test")
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    tasks = read_validation_set(write(tmp_path, text, "few.jsonl"))
    assert (tasks.name, len(tasks.tasks)) == ("few", 3)


def test_splits_that_are_not_given_come_from_the_id(tmp_path: Path) -> None:
    text = "checks: [{type: exact, value: x}]\ntasks:\n" + "".join(
        f"  - {{id: task-{number}, input: question {number}}}\n" for number in range(30)
    )
    tasks = read_validation_set(write(tmp_path, text))
    assert all(task.split == split_of(task.id) for task in tasks.tasks)


def test_anchors_and_merges(tmp_path: Path) -> None:
    text = GOOD.replace("  - id: grass\n", "  - &two\n    id: grass\n") + (
        "  - <<: *two\n    id: leaf\n    input: What colour is a leaf?\n"
    )
    leaf = read_validation_set(write(tmp_path, text)).tasks[-1]
    assert (leaf.id, leaf.split, leaf.expected) == ("leaf", "validation", "green")


@pytest.mark.parametrize(
    "text", ["\ufeff" + GOOD, GOOD.replace("\n", "\r\n"), "---\n" + GOOD + "...\n"]
)
def test_other_ways_to_write_the_same(tmp_path: Path, text: str) -> None:
    assert len(read_validation_set(write(tmp_path, text)).tasks) == 3


def swapped(old: str, new: str) -> str:
    assert GOOD.count(old) >= 1, old
    return GOOD.replace(old, new, 1)


CHECKS = "[{type: exact, criterion: right}]"

BROKEN: list[tuple[str | bytes, str]] = [
    # the same thing twice
    (
        swapped("id: grass", "id: sky"),
        "colours.yaml:11: the task id 'sky' is there twice; ids must be unique (first on line 7)",
    ),
    (
        swapped("What colour is snow?", "what  COLOUR is the sky?"),
        "colours.yaml:17: task 'snow' in split `test` asks the same as task 'sky' in `train`, so that one would give the other away: put both into one split, or drop one (first on line 9)",
    ),
    (
        swapped("expected: green", "input: again"),
        "colours.yaml:14: the key 'input' occurs twice (first on line 13)",
    ),
    (
        swapped("name: colours", "tasks: []"),
        "colours.yaml:6: the key 'tasks' occurs twice (first on line 1)",
    ),
    # splits
    (
        swapped("split: test", "split: tset"),
        "colours.yaml:16: task 'snow': `split` must be 'train', 'validation' or 'test', got the text \"tset\"",
    ),
    # nothing in it
    ("", "colours.yaml: the file is empty; it needs tasks"),
    (" \n\n", "colours.yaml: the file is empty; it needs tasks"),
    ("# nothing\n", "colours.yaml:1: the file has no content; it needs tasks"),
    ("{}", "colours.yaml:1: there are no `tasks`"),
    ("null", "colours.yaml:1: a validation set is a mapping with `tasks`, got nothing"),
    ("tasks: []", "colours.yaml:1: there are no tasks; add some under `tasks`"),
    ("tasks: {a: b}", "colours.yaml:1: `tasks` must be a list, got a mapping with a"),
    (
        "- id: sky\n",
        "colours.yaml: no field is known as the input; name one with `skillopt import-tasks --input-field`; there is id",
    ),
    (
        swapped("  - id: sky\n", "  - just text\n  - id: sky\n"),
        'colours.yaml:7: a task must be a mapping with `id` and `input`, got the text "just text"',
    ),
    # names nobody knows, and those that are missing
    (
        swapped("split: test", "spilt: test"),
        "colours.yaml:16: task 'snow': unknown field 'spilt'; did you mean 'split'?",
    ),
    (
        swapped("criteria:", "criterions:"),
        "colours.yaml:3: unknown field 'criterions'; did you mean 'criteria'?",
    ),
    (
        swapped("type: exact", "type: exakt"),
        "colours.yaml:5: `checks.0` has an unknown check type 'exakt'; did you mean 'exact'?",
    ),
    (
        swapped("{type: exact, ", "{"),
        "colours.yaml:5: `checks.0` needs a `type`: one of exact, contains, regex, number, json, python, command, file, rubric, tool_used, tool_not_used, tool_order, tool_arguments, skill_loaded",
    ),
    (
        swapped("type: exact,", "type: exact, ignore-case: true,"),
        "colours.yaml:5: unknown field 'ignore-case'; did you mean 'ignore_case'?",
    ),
    (
        swapped("criterion: right", "criterion: rihgt"),
        "colours.yaml:5: `criterion` of the `exact` check: unknown criterion 'rihgt'; did you mean 'right'?",
    ),
    (
        swapped("{type: exact, criterion: right}", "{type: rubric, criteria: [rihgt]}"),
        "colours.yaml:5: `criteria` of the `rubric` check: unknown criterion 'rihgt'; did you mean 'right'? (a new one is written as a sentence)",
    ),
    (
        swapped("    input: What colour is snow?\n", ""),
        "colours.yaml:15: task 'snow': `input` is missing",
    ),
    (swapped("  - id: snow\n    split", "  - split"), "colours.yaml:15: `id` is missing"),
    (
        swapped("    expected: white\n", ""),
        "colours.yaml:15: task 'snow': the `exact` check has nothing to compare with: give the task an `expected`, or the check a `value`",
    ),
    (
        swapped(f"checks: {CHECKS}\n", ""),
        "colours.yaml:6: task 'sky': no checks; give the task `checks`, or the header default ones",
    ),
    # of another kind
    (
        swapped("id: snow", "id: 7"),
        "colours.yaml:15: `id` must be text, got the number 7: quote it",
    ),
    (
        swapped("What colour is snow?", "true"),
        "colours.yaml:17: task 'snow': `input` must be text, got the boolean true: quote it",
    ),
    (
        swapped("What colour is snow?", "[{role: user, content: 7}]"),
        "colours.yaml:17: task 'snow': `input.0.content` must be text, got the number 7: quote it",
    ),
    (
        swapped("What colour is snow?", "[{role: boss, content: a}]"),
        "colours.yaml:17: task 'snow': `input.0.role` must be 'system', 'user' or 'assistant', got the text \"boss\"",
    ),
    (
        swapped("expected: white", "expected: true"),
        "colours.yaml:18: task 'snow': `expected` must be text for the `exact` check, got the boolean true: quote it",
    ),
    (
        swapped("expected: white", "expected: 1.50"),
        "colours.yaml:18: task 'snow': `expected` must be text for the `exact` check, got the number 1.5: quote it",
    ),
    (
        swapped("expected: white", "tags: white"),
        "colours.yaml:18: task 'snow': `tags` must be a list, got the text \"white\"",
    ),
    (
        swapped("expected: white", "weight: heavy"),
        "colours.yaml:18: task 'snow': `weight` must be a number, got the text \"heavy\"",
    ),
    (
        swapped("expected: white", "weight: 0"),
        "colours.yaml:18: task 'snow': `weight` should be greater than 0, got the number 0",
    ),
    (
        swapped("expected: white", "protected: 1"),
        "colours.yaml:18: task 'snow': `protected` must be true or false, got the number 1",
    ),
    (
        swapped("  right: The colour is right.", "  - right"),
        "colours.yaml:3: `criteria` must be a mapping, got a list of 1",
    ),
    (
        swapped("The colour is right.", "' '"),
        "colours.yaml:4: the criterion 'right' needs a name and a sentence",
    ),
    # what YAML makes of it
    (
        swapped("expected: white", "expected: 2026-01-05"),
        "colours.yaml:18: '2026-01-05' would be a date in some YAML and text in others: quote it",
    ),
    (
        swapped("What colour is snow?", "2026-01-05 12:00:00"),
        "colours.yaml:17: '2026-01-05 12:00:00' would be a date in some YAML and text in others: quote it",
    ),
    (
        swapped("expected: white", "expected: no"),
        "colours.yaml:18: 'no' would be a boolean in some YAML and text in others: quote it, or write true or false",
    ),
    (
        swapped("expected: white", "expected: 12:30"),
        "colours.yaml:18: '12:30' would be a number in some YAML and text in others: quote it",
    ),
    (
        swapped("expected: white", "expected: 0123"),
        "colours.yaml:18: '0123' would be a number in some YAML and text in others: quote it",
    ),
    (
        swapped("expected: white", "expected: .nan"),
        "colours.yaml:18: '.nan' is not a finite number: quote it if it is text",
    ),
    (
        swapped("expected: white", "expected: 1e999"),
        "colours.yaml:18: '1e999' is too large a number",
    ),
    (
        swapped("expected: white", "expected: !!binary aGk="),
        "colours.yaml:18: the tag 'tag:yaml.org,2002:binary' is not supported; remove it",
    ),
    (
        swapped("expected: white", "expected: !!python/object/apply:os.system [ls]"),
        "colours.yaml:18: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not supported; remove it",
    ),
    (
        swapped("expected: white", "expected: {1: a}"),
        "colours.yaml:18: the key '1' is not text: quote it",
    ),
    (swapped("expected: white", "expected: {[a]: b}"), "colours.yaml:18: a key must be text"),
    (
        swapped("expected: white", "expected: *nothing"),
        "colours.yaml:18: *nothing is not defined above",
    ),
    (
        swapped("expected: white", "expected: &me [*me]"),
        "colours.yaml:18: *me is not defined above",
    ),
    (
        swapped("expected: white", "expected: {<<: 5}"),
        "colours.yaml:18: `<<` merges mappings, as in `<<: *defaults`",
    ),
    (
        swapped("expected: white", 'expected: "\\ud800"'),
        "colours.yaml:18: not YAML: found invalid Unicode character escape code while parsing a quoted scalar",
    ),
    (
        swapped("expected: white", "expected: " + "[" * 90 + "]" * 90),
        "colours.yaml:18: nested deeper than 80 levels",
    ),
    (
        swapped("expected: white", "expected: " + "[" * 70 + "]" * 70),
        "colours.yaml:15: it is nested deeper than 60 levels",
    ),
    ("[" * 100_000, "colours.yaml:1: nested deeper than 80 levels"),
    ("- " * 20_000, "colours.yaml:1: nested deeper than 80 levels"),
    (
        GOOD + "---\n" + GOOD,
        "colours.yaml:19: a second document starts here; a file has one validation set",
    ),
    # torn, or of another encoding
    (
        swapped("expected: white", 'expected: "whi'),
        "colours.yaml:19: not YAML: found unexpected end of stream while scanning a quoted scalar",
    ),
    (
        swapped("  - id: grass", "   - id: grass"),
        "colours.yaml:11: not YAML: did not find expected '-' indicator while parsing a block collection",
    ),
    (
        swapped("split: test", "split: [test"),
        "colours.yaml:17: not YAML: did not find expected ',' or ']' while parsing a flow sequence",
    ),
    (
        swapped("expected: white", "\texpected: white"),
        "colours.yaml:18: not YAML: found a tab character that violates indentation while scanning a plain scalar",
    ),
    (
        GOOD[: GOOD.index("    expected: white")],
        "colours.yaml:15: task 'snow': the `exact` check has nothing to compare with: give the task an `expected`, or the check a `value`",
    ),
    (
        GOOD.encode().replace(b"white", b"wei\xdf"),
        "colours.yaml:18: byte 391 (0xdf) is not UTF-8; save the file as UTF-8",
    ),
    (GOOD.encode("utf-16"), "colours.yaml:1: byte 0 (0xff) is not UTF-8; save the file as UTF-8"),
    (swapped("white", "whi\x00te"), "colours.yaml:18: the character U+0000 is not allowed in YAML"),
    (swapped("white", "whi\x1bte"), "colours.yaml:18: the character U+001B is not allowed in YAML"),
    # checks that cannot be run
    (
        swapped(CHECKS, "[{type: regex, pattern: '(a'}]"),
        "colours.yaml:5: `pattern` of the `regex` check: '(a' is not a regular expression: missing ) at position 2",
    ),
    (
        swapped(CHECKS, "[{type: regex, pattern: 'a{999999999}'}]"),
        "colours.yaml:5: `pattern` of the `regex` check: 'a{999999999}' is not a regular expression: its repeat counts multiply to too many; lower one",
    ),
    (
        swapped(CHECKS, "[{type: json, mode: schema, value: {type: text}}]"),
        "colours.yaml:5: `value` of the `json` check: not a JSON schema: 'text' is not valid under any of the given schemas at `type`",
    ),
    (
        swapped(
            CHECKS, "[{type: json, mode: schema, value: {$ref: 'https://example.com/s.json'}}]"
        ),
        "colours.yaml:5: `value` of the `json` check: not a JSON schema: the reference 'https://example.com/s.json' does not resolve; only references within the schema are supported",
    ),
    (
        swapped(CHECKS, "[{type: json, at: colour}]"),
        "colours.yaml:10: task 'sky': `expected` has no field `colour`, which its `json` check compares",
    ),
    (
        swapped("expected: white", "checks: [{type: number}]\n    expected: white"),
        "colours.yaml:19: task 'snow': `expected` must be a number for the `number` check, got the content \"white\"",
    ),
    (
        swapped("expected: white", "checks: [{type: regex, pattern: '['}]"),
        "colours.yaml:18: task 'snow': `pattern` of its `regex` check: '[' is not a regular expression: unterminated character set at position 1",
    ),
    (
        swapped(CHECKS, "[{type: command, argv: [no-such-program]}]"),
        "colours.yaml:5: the command 'no-such-program' is not installed; install it, or write the path to it",
    ),
    (
        swapped(CHECKS, "[{type: command, argv: []}]"),
        "colours.yaml:5: `checks.0.argv` should have at least 1 item after validation, not 0, got a list of 0",
    ),
    (
        swapped(CHECKS, "[{type: python, call: no_such_module_here}]"),
        'colours.yaml:5: `checks.0.call` must be `module:function`, got the text "no_such_module_here"',
    ),
    (
        swapped(CHECKS, "[{type: exact, weight: .inf}]"),
        "colours.yaml:5: '.inf' is not a finite number: quote it if it is text",
    ),
]


@pytest.mark.parametrize(("text", "message"), BROKEN, ids=[message[13:60] for _, message in BROKEN])
def test_broken_yaml(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert complaint(write(tmp_path, text)) == message


LINE = (
    '{"id": "a", "split": "train", "input": "x", "checks": [{"type": "exact"}], "expected": "1"}\n'
)

BROKEN_LINES: list[tuple[str | bytes, str]] = [
    (
        LINE + LINE,
        "t.jsonl:2: the task id 'a' is there twice; ids must be unique (first on line 1)",
    ),
    (
        LINE + "\n" + LINE.replace('"a"', '"b"').replace("train", "test"),
        "t.jsonl:3: task 'b' in split `test` asks the same as task 'a' in `train`, so that one would give the other away: put both into one split, or drop one (first on line 1)",
    ),
    (
        LINE + LINE[:-3],
        "t.jsonl:2: not JSON: Unterminated string starting at, at character 88 of the line",
    ),
    (
        LINE + "{'id': 'b'}",
        "t.jsonl:2: not JSON: Expecting property name enclosed in double quotes, at character 2 of the line",
    ),
    (
        LINE + LINE.replace('"x"', '"x", "input": "y"'),
        "t.jsonl:2: the key 'input' occurs twice in one object",
    ),
    (
        LINE + LINE.replace('"1"', "NaN"),
        "t.jsonl:2: NaN is not a finite number",
    ),
    (
        LINE + LINE.replace('"1"', "1e999"),
        "t.jsonl:2: 1e999 is not a finite number",
    ),
    (
        LINE + LINE.replace('"1"', '"\\ud800"'),
        r"t.jsonl:2: it has an unpaired surrogate, which is not a character (U+D800), near '\\ud800'",
    ),
    (LINE + "[" * 100_000, "t.jsonl:2: nested too deeply"),
    (LINE + "5\n", "t.jsonl:2: a task must be a mapping with `id` and `input`, got the number 5"),
    (
        LINE + '{"validation_set": {}}\n',
        "t.jsonl:2: the header `validation_set` must be the first line, and only once",
    ),
    (
        '{"validation_set": {}}\n' * 2,
        "t.jsonl:2: the header `validation_set` must be the first line, and only once",
    ),
    (
        '{"validation_set": {"tasks": []}}\n',
        't.jsonl:1: the header is {"validation_set": {...}} and nothing else; tasks follow, one to a line',
    ),
    (
        '{"validation_set": [], "id": 1}\n',
        't.jsonl:1: the header is {"validation_set": {...}} and nothing else; tasks follow, one to a line',
    ),
    (
        '{"validation_set": {"crtieria": {}}}\n' + LINE,
        "t.jsonl:1: unknown field 'crtieria'; did you mean 'criteria'?",
    ),
    (
        LINE.replace("split", "splt"),
        "t.jsonl:1: task 'a': unknown field 'splt'; did you mean 'split'?",
    ),
    (
        LINE.encode() + b'{"id": "\xff"}',
        "t.jsonl:2: byte 100 (0xff) is not UTF-8; save the file as UTF-8",
    ),
    ("\n\n", "t.jsonl: the file is empty; it needs tasks"),
]


@pytest.mark.parametrize(
    ("text", "message"), BROKEN_LINES, ids=[message[:50] for _, message in BROKEN_LINES]
)
def test_broken_jsonl(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert complaint(write(tmp_path, text, "t.jsonl")) == message


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    levels = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert complaint(write(tmp_path, "\n".join(levels))) == (
        "colours.yaml:7: aliases make it longer than 32000000 characters"
    )


def test_what_is_no_file_to_read(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none.yaml") == "none.yaml: no such file"
    (tmp_path / "folder.yaml").mkdir()
    assert complaint(tmp_path / "folder.yaml") == "folder.yaml: this is a folder; name a file"
    os.mkfifo(tmp_path / "pipe.yaml")
    assert complaint(tmp_path / "pipe.yaml") == "pipe.yaml: not a regular file"
    assert complaint(write(tmp_path, GOOD, "set.toml")) == (
        "set.toml: .toml is not a file of tasks: use .yaml, .yml, .json, .jsonl, .csv, .tsv"
    )
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert complaint(large) == "large.yaml: more than 16000000 bytes; keep fewer tasks"


@given(st.data())
def test_a_torn_file_is_an_error_and_nothing_worse(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = GOOD.encode()
    at = data.draw(st.integers(0, len(text) - 1))
    torn = text[:at] + data.draw(st.binary(max_size=4)) + text[at + data.draw(st.integers(0, 9)) :]
    path = write(tmp_path_factory.getbasetemp(), torn, "torn.yaml")
    try:
        read_validation_set(path)
    except ValidationSetError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - most torn files are still good


MODULES: list[tuple[str, str]] = [
    ("def f(answer, task):\n    return True\n", ""),
    ("def g(answer, task):\n    return True\n", "module 'colour_checks' has no 'f'; it has g"),
    ("f = 5\n", "'colour_checks:f' is of type int, which cannot be called"),
    (
        "def f(answer, task:\n    return True\n",
        "module 'colour_checks': {folder}/colour_checks.py:1: '(' was never closed",
    ),
    ("import no_such_thing\n", "module 'colour_checks' needs 'no_such_thing': install it"),
    (
        "raise RuntimeError('not today')\n",
        "module 'colour_checks' fails while it is imported: RuntimeError: not today",
    ),
    ("raise SystemExit(3)\n", "module 'colour_checks' fails while it is imported: SystemExit: 3"),
]


@pytest.mark.parametrize(("source", "message"), MODULES)
def test_a_python_check_is_imported_at_once(tmp_path: Path, source: str, message: str) -> None:
    write(tmp_path, source, "colour_checks.py")
    path = write(tmp_path, swapped(CHECKS, '[{type: python, call: "colour_checks:f"}]'))
    if message:
        assert complaint(path) == "colours.yaml:5: " + message.format(folder=tmp_path)
    else:
        assert read_validation_set(path)


def test_a_module_that_is_not_there(tmp_path: Path) -> None:
    path = write(
        tmp_path, swapped("expected: white", 'checks: [{type: python, call: "nowhere.at_all:f"}]')
    )
    assert complaint(path) == (
        f"colours.yaml:18: there is no module 'nowhere.at_all', neither in {tmp_path} nor installed"
    )


@pytest.mark.parametrize("isolates", [None, False])
def test_a_sandbox_keeps_python_checks_out_of_this_process(
    tmp_path: Path, *, isolates: bool | None
) -> None:
    write(tmp_path, "raise RuntimeError('imported here')\n", "colour_checks.py")
    text = swapped(CHECKS, '[{type: python, call: "colour_checks:f"}]')
    path = write(tmp_path, f"settings: {{sandbox: true}}\n{text}")
    assert read_validation_set(path, isolates=isolates)


def test_an_installed_module_will_do(tmp_path: Path) -> None:
    assert read_validation_set(
        write(tmp_path, swapped(CHECKS, '[{type: python, call: "operator:eq"}]'))
    )


# finding it


def project(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("x", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("skill", "tasks"),
    [
        ("skills/sort/SKILL.md", "validation_sets/sort.yaml"),
        ("skills/sort/SKILL.md", "skills/validation_sets/sort.yml"),
        ("skills/sort/SKILL.md", "skills/sort/sort.jsonl"),
        ("skills/sort/SKILL.md", "skills/sort/validation_sets/sort.yaml"),
        ("notes/style.md", "notes/style.yaml"),
        ("notes/style.md", "validation_sets/style.jsonl"),
    ],
)
def test_it_is_found_by_its_name(tmp_path: Path, skill: str, tasks: str) -> None:
    project(tmp_path, skill, tasks, ".git/HEAD")
    assert find_validation_set(tmp_path / skill) == tmp_path / tasks
    if skill.endswith("SKILL.md"):
        assert find_validation_set((tmp_path / skill).parent) == tmp_path / tasks


def test_it_is_found_from_the_skills_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, "skills/sort/SKILL.md", "validation_sets/sort.yaml", "pyproject.toml")
    monkeypatch.chdir(tmp_path / "skills" / "sort")
    for spelled in (Path("SKILL.md"), Path(), Path("../sort")):
        assert find_validation_set(spelled).resolve() == tmp_path / "validation_sets" / "sort.yaml"


def test_outside_of_a_repository_the_working_directory_is_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(
        tmp_path,
        "work/skills/sort/SKILL.md",
        "work/validation_sets/sort.yaml",
        "validation_sets/sort.yaml",
    )
    monkeypatch.chdir(tmp_path / "work")
    assert (
        find_validation_set(Path("skills/sort"))
        == tmp_path / "work" / "validation_sets" / "sort.yaml"
    )
    monkeypatch.chdir(tmp_path / "work" / "validation_sets")
    with pytest.raises(ValidationSetError, match="no validation set found for"):
        find_validation_set(tmp_path / "work" / "skills" / "sort")


def test_several_are_an_error_that_names_them(tmp_path: Path) -> None:
    project(tmp_path, "s/SKILL.md", "s/s.yaml", "validation_sets/s.jsonl", ".git/HEAD")
    with pytest.raises(ValidationSetError) as error:
        find_validation_set(tmp_path / "s")
    assert str(error.value) == (
        f"several validation sets found for {tmp_path}/s: {tmp_path}/s/s.yaml and "
        f"{tmp_path}/validation_sets/s.jsonl; name one with --tasks"
    )


def test_one_file_by_two_names_is_one(tmp_path: Path) -> None:
    project(tmp_path, "s/SKILL.md", "validation_sets/s.yaml", ".git/HEAD")
    (tmp_path / "s" / "s.yaml").symlink_to(tmp_path / "validation_sets" / "s.yaml")
    assert find_validation_set(tmp_path / "s") == tmp_path / "s" / "s.yaml"


def test_none_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    project(tmp_path, "s/SKILL.md", ".git/HEAD", "validation_sets/other.yaml")
    with pytest.raises(
        ValidationSetError, match=r"write .*/validation_sets/s\.yaml \(skillopt init"
    ):
        find_validation_set(tmp_path / "s")
    with pytest.raises(SkillError, match="no such file"):
        find_validation_set(tmp_path / "no-skill")
