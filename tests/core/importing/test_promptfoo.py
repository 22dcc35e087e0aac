"""promptfoo's configs and tests."""

from __future__ import annotations

from typing import Any

import pytest

from skillopt.core.importing.promptfoo import MOST_COMBINATIONS, is_promptfoo, promptfoo_drafts
from skillopt.core.importing.values import Draft, FieldNames, Tally

RIGHT = [{"type": "equals", "value": "yes"}]


def read(content: Any, tally: Tally | None = None, **names: Any) -> list[Draft]:
    return promptfoo_drafts(content, FieldNames(**names), tally or Tally())


def test_the_one_prompt_is_filled_in() -> None:
    config = {
        "prompts": ["Translate to {{language}}: {{input}}"],
        "tests": [{"vars": {"language": "French", "input": "Hello"}, "assert": RIGHT}],
    }
    tally = Tally()
    (draft,) = read(config, tally)
    assert draft.input == "Translate to French: Hello"
    assert draft.place == ("tests", 0)
    assert tally.fields == {"input": "the prompt, filled in"}
    assert read(config, input=("vars.input",))[0].input == "Hello"


def test_a_chat_prompt_is_a_conversation() -> None:
    prompt = '[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "{{q}}"}]'
    test = {"vars": {"q": 'say "hi"\n'}, "assert": RIGHT}
    (draft,) = read({"prompts": [prompt], "tests": [test]})
    assert draft.input == (
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": 'say "hi"\n'},
    )


@pytest.mark.parametrize(
    ("prompts", "values", "asked", "source"),
    [
        (["file://prompt.md"], {"only": "Hi"}, "Hi", "vars.only"),
        (["a {{q}}", "b {{q}}"], {"question": "Hi", "lang": "nl"}, "Hi", "vars.question"),
        ([], {"a": "x", "b": "y"}, "a: x\n\nb: y", "all vars, by name"),
    ],
)
def test_without_a_prompt_to_fill_in_the_variables_are_the_input(
    prompts: list[str], values: dict[str, str], asked: str, source: str
) -> None:
    tally = Tally()
    test = {"vars": values, "assert": RIGHT}
    (draft,) = read({"prompts": prompts, "tests": [test]}, tally)
    assert (draft.input, tally.fields["input"]) == (asked, source)


def test_what_holds_for_all_tests_is_added_to_each() -> None:
    config = {
        "defaultTest": {
            "vars": {"language": "nl"},
            "assert": [{"type": "icontains", "value": "{{language}}"}],
            "options": {"prefix": "Now: ", "transform": "output.trim()"},
        },
        "tests": [
            {"vars": {"q": "a"}, "assert": RIGHT, "description": "first"},
            {"vars": {"q": "b"}, "assert": RIGHT, "options": {"disableDefaultAsserts": True}},
        ],
    }
    tally = Tally()
    one, two = read(config, tally, input=("q",))
    assert one.input == "Now: a"
    assert [check["type"] for check in one.checks or ()] == ["contains", "exact"]
    assert (one.checks or ())[0]["value"] == "nl"
    assert len(two.checks or ()) == 1
    assert one.title == "first"
    assert [(one.what.split(":")[0], one.count) for one in tally.refused] == [
        ("`options.transform`", 2)
    ]


def test_lists_are_combined_as_promptfoo_does() -> None:
    test = {"vars": {"a": ["1", "2"], "b": ["x", "y"]}, "assert": RIGHT}
    found = read({"prompts": ["{{a}}{{b}}"], "tests": [test]})
    assert [draft.input for draft in found] == ["1x", "1y", "2x", "2y"]
    whole = {**test, "options": {"disableVarExpansion": True}}
    assert [draft.input for draft in read([whole], input=("a",))] == ['["1", "2"]']


def test_too_many_combinations_are_counted() -> None:
    tally = Tally()
    test = {"vars": {name: list("0123456789") for name in "abcdef"}, "assert": RIGHT}
    assert len(read({"prompts": ["{{a}}{{b}}{{c}}{{d}}{{e}}{{f}}"], "tests": [test]}, tally)) == (
        MOST_COMBINATIONS
    )
    assert tally.left_out[0].what.startswith("combinations of one test's variables")


def test_what_is_no_task_is_counted() -> None:
    tally = Tally()
    tests = [
        {"vars": {"q": "a"}},
        {"vars": {"q": "b"}, "assert": [{"type": "javascript", "value": "true"}]},
        "file://make.py",
        {"vars": {"q": "c"}, "assert": [{"type": "equals", "value": "{{ q | upper }}"}]},
        {"vars": {"q": "d"}, "assert": RIGHT, "threshold": 0.5},
    ]
    assert len(read({"tests": tests}, tally)) == 1
    assert tally.records == 5
    assert [(one.what, one.count, one.first) for one in tally.left_out] == [
        (
            (
                "it has no assertion, and `defaultTest` has none; "
                "where a config names this file, import that"
            ),
            1,
            1,
        ),
        ("no assertion of it has a check here", 2, 2),
        ("'file://make.py' is neither a test nor a file of tests that an import reads", 1, 3),
    ]
    assert [one.what.split(":")[0] for one in tally.refused] == [
        "`javascript`",
        "`equals`",
        "`threshold` of a test",
    ]


def test_scenarios_are_every_row_with_every_test() -> None:
    scenario = {
        "config": [{"vars": {"lang": "nl"}}, {"vars": {"lang": "fr"}, "assert": RIGHT}],
        "tests": [{"vars": {"q": "a"}, "assert": [{"type": "contains", "value": "{{lang}}"}]}],
    }
    found = read({"prompts": ["{{lang}} {{q}}"], "providers": [], "scenarios": [scenario]})
    assert [(draft.input, len(draft.checks or ())) for draft in found] == [("nl a", 1), ("fr a", 2)]


def test_an_expected_answer_may_be_named_where_there_is_no_assertion() -> None:
    (draft,) = read([{"vars": {"q": "a", "gold": "b"}}], expected="gold", input=("q",))
    assert (draft.expected, draft.checks) == ("b", None)


@pytest.mark.parametrize(
    ("content", "is_it"),
    [
        ({"prompts": ["a"], "providers": ["b"]}, True),
        ({"tests": ["file://a.csv"]}, True),
        ([{"vars": {"a": "b"}}], True),
        ([{"assert": RIGHT}], True),
        ({"tests": [{"id": "a", "input": "b"}]}, False),
        ([{"question": "a"}], False),
        ([], False),
        ("tests", False),
    ],
)
def test_its_shape(content: object, *, is_it: bool) -> None:
    assert is_promptfoo(content) is is_it


def test_what_has_no_place_is_named() -> None:
    tally = Tally()
    rubric = {"type": "llm-rubric", "value": "Is kind enough", "threshold": 0.8, "provider": "x:y"}
    tests = [
        {
            "vars": {"q": "a"},
            "provider": "x:y",
            "metadata": {"severity": "high", "split": "train", "tags": ["b"]},
            "assert": [rubric],
        },
        {"vars": {"q": "b"}, "assert": RIGHT},
    ]
    default = {"metadata": {"team": "c"}}
    assert len(read({"prompts": ["{{q}}"], "tests": tests, "defaultTest": default}, tally)) == 2
    assert list(tally.notes) == [
        "fields of tests that are not used: provider",
        "metadata that is not used: severity, team",
        "`llm-rubric`: not used: provider, threshold",
    ]


def test_variables_beside_the_prompt_are_named() -> None:
    tally = Tally()
    tests = [{"vars": {"q": "a", "path": "b"}, "assert": RIGHT}]
    (draft,) = read({"prompts": ["Say {{q}}"], "tests": tests}, tally)
    assert draft.input == "Say a"
    assert list(tally.notes) == ["variables that the prompt does not name: path"]


def test_assertions_may_be_written_once_and_referred_to() -> None:
    tally = Tally()
    wrong = {"$ref": "#/assertionTemplates/gone"}
    tests = [{"vars": {"q": "a"}, "assert": [{"$ref": "#/assertionTemplates/noise"}, wrong]}]
    templates = {"noise": {"type": "icontains", "value": "arrr {{q}}"}}
    (draft,) = read({"prompts": ["{{q}}"], "tests": tests, "assertionTemplates": templates}, tally)
    assert draft.checks == ({"type": "contains", "value": "arrr a", "ignore_case": True},)
    assert [one.what for one in tally.refused] == [
        "`$ref` '#/assertionTemplates/gone', which names nothing in the file"
    ]
