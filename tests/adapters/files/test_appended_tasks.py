"""Tasks are added in the style of the file, and every byte that was there stays."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.files.appended_tasks import plan_tasks
from skillopt.adapters.files.documents import document_of
from tests.adapters.files.test_cluster_tags import JSONL, YAML, written

TASKS: list[dict[str, Any]] = [
    {"id": "new", "split": "train", "input": "two\nlines", "expected": "no", "source": "a.md:3"},
    {
        "id": "talk",
        "split": "test",
        "input": [
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b\nc"},
            {"role": "user", "content": "d"},
        ],
        "expected": {"q": [1, None, "é"]},
    },
]
SHORT = [{"id": "s", "split": "test", "input": "Is it?", "expected": "yes", "source": "l.jsonl:7"}]


def added(folder: Path, text: str, tasks: Any = TASKS, *, suffix: str = ".yaml") -> str:
    path = written(folder, text, suffix=suffix)
    edit = plan_tasks(path, tasks)
    assert edit is not None
    assert edit.before == path.read_bytes()
    after = edit.after.decode()
    assert only_added(text, after)
    found = document_of(edit.after, path).content["tasks"]
    assert found[-len(tasks) :] == tasks
    return after


def only_added(before: str, after: str) -> bool:
    kinds = {
        tag
        for tag, *_ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    }
    return kinds <= {"equal", "insert"}


def test_tasks_in_yaml(tmp_path: Path) -> None:
    assert (
        added(tmp_path, YAML)
        == YAML
        + """
  -   id: new
      split: train
      input: |-
        two
        lines
      expected: "no"
      source: "a.md:3"
  -   id: talk
      split: test
      input:
        - role: user
          content: a
        - role: assistant
          content: |-
            b
            c
        - role: user
          content: d
      expected: {"q": [1, null, "é"]}
"""
    )


def test_tasks_in_braces_and_brackets(tmp_path: Path) -> None:
    one = "tasks:\r\n  - {id: a, input: b}  # the only one\r\n\r\nname: x\r\n"
    assert added(tmp_path, one, SHORT) == one.replace(
        "one\r\n",
        'one\r\n  - {id: s, split: test, input: "Is it?", expected: "yes", source: "l.jsonl:7"}\r\n',
    )
    lines = "tasks: [\n  {id: a, input: b},\n]\n"
    assert added(tmp_path, lines, SHORT).endswith(
        '{id: a, input: b},\n  {"id": "s", "split": "test", "input": "Is it?", "expected": "yes", '
        '"source": "l.jsonl:7"},\n]\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "tasks:\n- id: a\n  input: |+\n    x\n\n\n# end\nname: x\n",
        "tasks:\n- id: a\n  input: |\n    x\n- id: b\n  input: >-\n    y\n    z",
        "tasks:\n  -\n    id: a\n    input: b\n  # about a\nname: c\n",
        "tasks:\n  - id: a\n    input: b\n\n  # the second\n  - id: b\n    input: c\n    # note\n# end\n",
        '{"checks": [{"type": "exact"}], "tasks": [{"id": "a", "input": "b"}]}',
        "tasks:\n  - id: a\n    input: b\n    expected:\n",
        'tasks:\n  - {id: a, input: "]}"}\n...\n',
        "\ufefftasks:\n  - {id: a, input: é😀}",
        "tasks: &t\n  - {id: a, input: b}\n",
        "---\ntasks:\n- {id: a, input: b}\n",
        "tasks:\n  - id: a\n    input: b\n    checks:\n    - {type: exact}\n    - {type: json}\n",
    ],
)
def test_styles(tmp_path: Path, text: str) -> None:
    added(tmp_path, text)
    added(tmp_path, text, SHORT)


def test_empty_lines_between_tasks_are_kept_up(tmp_path: Path) -> None:
    text = "tasks:\n  - id: a\n    input: b\n\n  - id: b\n    input: c\n"
    assert "input: c\n\n  - id: s\n" in added(tmp_path, text, SHORT)


def test_tasks_in_jsonl(tmp_path: Path) -> None:
    after = added(tmp_path, JSONL, SHORT, suffix=".jsonl")
    assert after.endswith(
        '"x"}\n{"id": "s", "split": "test", "input": "Is it?", "expected": "yes", "source": "l.jsonl:7"}\n'
    )
    tight = '{"id":"a","input":"b"}\r\n'
    assert added(tmp_path, tight, SHORT, suffix=".jsonl").endswith(
        '\r\n{"id":"s","split":"test","input":"Is it?","expected":"yes","source":"l.jsonl:7"}\r\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "x: &t\n  - {id: a, input: b}\ntasks: *t\n",
        "tasks: []\n",
        "tasks:\n  - &a {id: a, input: b}\n  - *a\n",
    ],
)
def test_what_is_not_edited_is_left_to_a_person(tmp_path: Path, text: str) -> None:
    edit = plan_tasks(written(tmp_path, text), SHORT)
    assert edit is None or document_of(edit.after, edit.path).content["tasks"][-1] == SHORT[0]


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), min_size=1),
    st.sampled_from([YAML, "tasks: [{id: a, input: b}]", "tasks:\n- id: a\n  input: |\n    b\n"]),
)
def test_any_text_is_added_as_it_is(text: str, before: str) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        added(Path(folder), before, [{"id": "x", "split": "test", "input": text, "expected": text}])
