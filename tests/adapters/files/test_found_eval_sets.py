"""Kinds of records that public eval sets have, in invented content: nothing goes in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.files.trigger_file import read_triggers
from skillopt.adapters.files.validation_file import read_validation_set
from skillopt.core.evaluation.checks import Rubric
from skillopt.core.evaluation.validation_set import ValidationSet
from skillopt.errors import ValidationSetError


def read(folder: Path, content: Any, name: str = "set.json") -> ValidationSet:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return read_validation_set(path)


def first(found: ValidationSet) -> tuple[Any, Any]:
    task = min(found.tasks, key=lambda one: one.text)
    return task.input, task.expected


def test_statements_of_an_eval_have_several_names(tmp_path: Path) -> None:
    for name in ("checks", "criteria", "success_criteria", "expected_behaviors"):
        evals = [
            {"prompt": f"Do {n}", "expected_output": "x", name: ["It is done"]} for n in range(3)
        ]
        check = read(tmp_path, {"evals": evals}).tasks[0].checks[0]
        assert isinstance(check, Rubric)
        assert check.criteria == ("It is done",)


def test_fields_that_are_not_used_are_named(tmp_path: Path) -> None:
    evals = [
        {"prompt": f"Do {n}", "expected_output": "x", "fixture": "shop", "note": ""}
        for n in range(3)
    ]
    assert "fields that are not used: fixture" in read(tmp_path, {"evals": evals}).imported
    rows = [
        {"question": f"q{n}", "answer": "a", **{f"k{k}": 1 for k in range(30)}} for n in range(3)
    ]
    (said,) = [line for line in read(tmp_path, rows).imported if "not used" in line]
    assert said.endswith("and 18 more")
    rows = [{"inputs": {"q": f"{n}"}, "outputs": {"a": "x"}, "created_at": 1} for n in range(3)]
    assert "fields that are not used: created_at" in read(tmp_path, rows).imported


@pytest.mark.parametrize(
    ("answer", "letter"), [("1", "B"), (1, "B"), ("atom", "B"), ("B", "B"), ("A", "A")]
)
def test_the_right_choice_is_a_letter(tmp_path: Path, answer: Any, letter: str) -> None:
    rows = [{"question": f"{n}?", "choices": ["cell", "atom"], "answer": answer} for n in range(3)]
    assert first(read(tmp_path, rows))[1] == letter


@pytest.mark.parametrize(
    ("choices", "answer", "says"),
    [
        ("['a' 'b']", "1", "its `choices` are no list"),
        (["a", "b"], "2", "its answer is none of its `choices`"),
        (["a", "b"], "c", "its answer is none of its `choices`"),
        (["a", "b"], -1, "its answer is none of its `choices`"),
    ],
)
def test_choices_that_cannot_be_read_leave_no_task(
    tmp_path: Path, choices: Any, answer: Any, says: str
) -> None:
    rows = [{"question": f"{n}?", "choices": choices, "answer": answer} for n in range(3)]
    with pytest.raises(ValidationSetError, match=says):
        read(tmp_path, rows)


@pytest.mark.parametrize(
    "human",
    [
        '{"type": "human", "data": {"content": "hi %s"}}',
        '{"lc": 1, "type": "constructor", "kwargs": {"content": "hi %s", "type": "human"}}',
    ],
)
def test_messages_as_langchain_serialises_them(tmp_path: Path, human: str) -> None:
    rows = [
        {
            "inputs": {"input": [json.loads(human % word)]},
            "outputs": {"output": {"type": "ai", "data": {"content": word}}},
        }
        for word in "abc"
    ]
    assert first(read(tmp_path, rows)) == ("hi a", "a")


def test_tool_calls_are_no_answer(tmp_path: Path) -> None:
    rows = [
        {
            "inputs": {"q": f"{n}"},
            "expectations": {
                "expected_tool_calls": [{"name": "f"}],
                "expected_facts": ["It is so"],
            },
        }
        for n in range(3)
    ]
    found = read(tmp_path, rows)
    assert first(found)[1] is None
    assert any("`expected_tool_calls`: is about what the agent did" in o for o in found.imported)


def test_what_names_no_answer_says_which_fields_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValidationSetError, match=r"--expected-field`; there is question, right"):
        read(tmp_path, [{"question": "q", "right": "r"}])


TESTS = """tests:
  - {vars: {language: nl, text: Hello}, assert: [{type: contains, value: a}]}
  - {vars: {language: fr, text: Hello}, assert: [{type: contains, value: b}]}
  - {vars: {language: de, text: Bye}, assert: [{type: contains, value: c}]}
"""


def test_a_variable_that_does_not_tell_tests_apart_is_not_the_input(tmp_path: Path) -> None:
    found = read(tmp_path, TESTS, "a.yaml")
    assert first(found)[0] == "language: de\n\ntext: Bye"
    found = read(tmp_path, TESTS.replace("fr, text: Hello", "fr, text: Hi"), "a.yaml")
    assert first(found)[0] == "Bye"
    assert "variables that are not used: language" in found.imported


def test_a_prompt_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("In {{language}}: {{text}}\n")
    found = read(tmp_path, f"providers: [echo]\nprompts: file://p.txt\n{TESTS}", "a.yaml")
    assert first(found)[0] == "In de: Bye"
    found = read(tmp_path, f"providers: [echo]\nprompts: [p.txt, x.py]\n{TESTS}", "a.yaml")
    assert first(found)[0] == "language: de\n\ntext: Bye"
    assert any(line.startswith("prompts: not used") for line in found.imported)
    with pytest.raises(ValidationSetError, match=r"a.yaml.*no such file: q.txt"):
        read(tmp_path, f"providers: [echo]\nprompts: [file://q.txt]\n{TESTS}", "a.yaml")


def test_a_table_of_variables_is_a_table_of_tests(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("text,more\na,1\nb,2\nc,3\n")
    config = (
        "providers: [echo]\nprompts: ['{{text}} {{more}}']\ntests: file://t.csv\n"
        "defaultTest: {assert: [{type: contains, value: x}]}\n"
    )
    assert first(read(tmp_path, config, "a.yaml"))[0] == "a 1"


def test_a_table_with_special_columns_alone_is_promptfoos(tmp_path: Path) -> None:
    with pytest.raises(ValidationSetError, match=r"read as promptfoo tests.*no assertion"):
        read(tmp_path, "__description,text\nd,a\ne,b\n", "t.csv")


def test_a_trigger_set_may_write_prompts(tmp_path: Path) -> None:
    given = {"evals": [{"prompt": f"p{n}", "should_trigger": n > 1} for n in range(4)]}
    with pytest.raises(ValidationSetError, match="this is a trigger set"):
        read(tmp_path, given)
    assert [one.query for one in read_triggers(tmp_path / "set.json")] == ["p0", "p1", "p2", "p3"]


def test_files_of_the_skill_itself_are_not_copied(tmp_path: Path) -> None:
    (tmp_path / "SKILL.md").write_text("old")
    (tmp_path / "evals").mkdir()
    (tmp_path / "evals" / "a.txt").write_text("a")
    evals = [
        {"prompt": f"{n}", "expected_output": "x", "files": ["SKILL.md", "evals/a.txt"]}
        for n in range(3)
    ]
    found = read(tmp_path, {"evals": evals}, "evals/evals.json")
    assert {file.path for task in found.tasks for file in task.files} == {"evals/a.txt"}
    assert any("of the skill itself are not copied" in line for line in found.imported)
