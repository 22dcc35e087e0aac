"""The checks of the changelog-lines validation set, and the set's own promises."""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

SETS = Path(__file__).resolve().parents[2] / "validation_sets"


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checks = _load(SETS / "changelog_checks.py")
Check = Callable[[str, Any], tuple[float, str]]
CHECKS: list[Check] = [
    checks.type_of_change,
    checks.scope_of_change,
    checks.breaking_mark,
    checks.summary_form,
]


@dataclass(frozen=True)
class Note:
    """A task as far as the checks look at it."""

    input: Any = "The session is kept when a token is renewed."
    expected: Any = field(default_factory=lambda: {"type": "fix", "scope": "auth", "mark": ":"})


def test_a_right_line_satisfies_every_check() -> None:
    line = "fix(auth): keep the session when the token is renewed"
    assert [check(line, Note())[0] for check in CHECKS] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("check", "line", "feedback"),
    [
        (checks.type_of_change, "feat(auth): keep sessions", "type: got `feat`, expected `fix`"),
        (checks.scope_of_change, "fix(api): keep sessions", "scope: got `api`, expected `auth`"),
        (checks.breaking_mark, "fix(auth)!: keep sessions", "mark: got `!:`, expected `:`"),
    ],
)
def test_a_wrong_field_is_named_with_both_values(check: Check, line: str, feedback: str) -> None:
    assert check(line, Note()) == (0, feedback)


def test_a_breaking_change_needs_its_mark() -> None:
    task = Note(expected={"type": "fix", "scope": "auth", "mark": "!:"})
    assert checks.breaking_mark("fix(auth)!: keep sessions", task)[0] == 1
    assert checks.breaking_mark("fix(auth): keep sessions", task)[0] == 0


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "fix: keep the session",
        "fix(auth) keep the session",
        "fix(auth):keep the session",
        "fix(auth): ",
        "Fix(auth): keep the session",
        "`fix(auth): keep the session`",
        "- fix(auth): keep the session",
        "fix(auth): keep the session\nand the token",
        "fix(auth): keep the session\u2028and the token",
        "fix(auth):  keep the session",
        "Here it is: fix(auth): keep the session",
    ],
)
def test_anything_but_one_line_of_the_format_scores_nothing(answer: str) -> None:
    assert [check(answer, Note())[0] for check in CHECKS] == [0, 0, 0, 0]


def test_space_around_the_line_is_forgiven() -> None:
    assert checks.type_of_change("  fix(auth): keep the session\n", Note())[0] == 1


@pytest.mark.parametrize(
    ("summary", "score", "expected"),
    [
        ("Keep the session", 2 / 3, "a lower-case first letter"),
        ("keep the session.", 2 / 3, "no full stop at the end"),
        ("keep the session" + " alive" * 10, 2 / 3, "at most 72 characters in the line, not 87"),
        ("Keep the session.", 1 / 3, "a lower-case first letter; no full stop at the end"),
    ],
)
def test_each_broken_rule_of_form_costs_a_third(summary: str, score: float, expected: str) -> None:
    got, feedback = checks.summary_form(f"fix(auth): {summary}", Note())
    assert got == pytest.approx(score)
    assert feedback == f"form: got `{summary}`, expected {expected}"


@pytest.mark.parametrize(("length", "score"), [(72, 1.0), (73, 2 / 3)])
def test_the_line_may_have_72_characters(length: int, score: float) -> None:
    line = "fix(auth): session ".ljust(length, "x")
    assert checks.summary_form(line, Note())[0] == pytest.approx(score)


def test_an_acronym_may_start_the_summary() -> None:
    assert checks.summary_form("fix(auth): SSO sessions are kept", Note())[0] == 1


@pytest.mark.parametrize("summary", ["various improvements", "the", "!", "the and when", "1234"])
def test_a_summary_about_something_else_scores_nothing(summary: str) -> None:
    score, feedback = checks.summary_form(f"fix(auth): {summary}", Note())
    assert score == 0
    assert "shares a word with the note" in feedback


def test_other_endings_of_a_word_count_as_shared() -> None:
    assert checks.summary_form("fix(auth): tokens stay", Note())[0] == 1


@pytest.mark.parametrize("expected", [None, "fix", [], {}, {"type": 1, "scope": None}])
def test_a_task_without_the_field_scores_nothing_and_says_so(expected: object) -> None:
    score, feedback = checks.type_of_change("fix(auth): keep sessions", Note(expected=expected))
    assert score == 0
    assert "names no `type`" in feedback


@given(
    answer=st.text() | st.from_regex(r"[a-z]+\([a-z]+\)!?: .*", fullmatch=True),
    note=st.none() | st.text() | st.integers(),
    expected=st.none()
    | st.text()
    | st.dictionaries(st.sampled_from(["type", "scope", "mark"]), st.integers() | st.text()),
)
def test_no_check_raises_and_every_score_is_a_share(
    answer: str, note: object, expected: object
) -> None:
    for check in CHECKS:
        score, feedback = check(answer, Note(input=note, expected=expected))
        assert 0 <= score <= 1
        assert feedback


def _tasks() -> list[dict[str, Any]]:
    loaded = yaml.safe_load((SETS / "changelog-lines.yaml").read_text(encoding="utf-8"))
    tasks: list[dict[str, Any]] = loaded["tasks"]
    return tasks


def test_ids_and_notes_are_unique() -> None:
    tasks = _tasks()
    assert len({task["id"] for task in tasks}) == len(tasks)
    assert len({task["input"] for task in tasks}) == len(tasks)


def test_every_label_is_one_the_skill_lists_and_occurs_in_every_split() -> None:
    types = {"feat", "fix", "perf", "security", "docs", "refactor", "test", "build"}
    scopes = {"api", "auth", "billing", "export", "infra", "mail", "search", "ui"}
    for split in ("train", "validation", "test"):
        expected = [task["expected"] for task in _tasks() if task["split"] == split]
        assert {labels["type"] for labels in expected} == types
        assert {labels["scope"] for labels in expected} == scopes
        assert {labels["mark"] for labels in expected} == {":", "!:"}


def test_every_task_can_be_answered_in_full() -> None:
    for task in _tasks():
        labels = task["expected"]
        prefix = f"{labels['type']}({labels['scope']}){labels['mark']} "
        words = task["input"].lower().split(". ")[0][: 72 - len(prefix)].rstrip(". ")
        note = Note(input=task["input"], expected=labels)
        assert [check(prefix + words, note)[0] for check in CHECKS] == [1, 1, 1, 1], task["id"]
