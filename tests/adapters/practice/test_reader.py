from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillopt.adapters.practice.reader import answer
from skillopt.adapters.practice.sources import Clock, clock_time

TRIAGE = """# Triage
Answer as JSON with the fields `queue` and `priority`.
- `queue` is one of `general`, `billing`, `access`.
- `priority` is one of `normal`, `high`.
- When the ticket mentions "refund", set `queue` to `billing`.
- When the ticket mentions "locked out", set `queue` to `access` and `priority` to `high`.
"""
CRON = """Answer in the form `{minute} {hour} * * {weekday}`.
Set `hour` to the hour in the request. Set `minute` to the minute in the request.
By default, set `weekday` to `*`. By default, set `minute` to `0`.
When the request mentions "Monday", set `weekday` to `1`.
When the request mentions "noon", set `hour` to `12`.
"""


def test_json_answers() -> None:
    assert json.loads(answer(TRIAGE, "A refund please")) == {
        "queue": "billing",
        "priority": "normal",
    }
    assert json.loads(answer(TRIAGE, "refund, I am locked out")) == {
        "queue": "access",
        "priority": "high",
    }
    assert list(json.loads(answer(TRIAGE, "hello"))) == ["queue", "priority"]


def test_json_values() -> None:
    skill = "Answer as JSON with the fields `a`, `b`, `c` and `d`.\n" + "\n".join(
        f"Set `{field}` to `{value}`."
        for field, value in (("a", "3"), ("b", '"3"'), ("c", "null"), ("d", "007"))
    )
    assert json.loads(answer(skill, "x")) == {"a": 3, "b": "3", "c": None, "d": "007"}


def test_template_answers() -> None:
    assert answer(CRON, "Mondays at 7.15pm") == "15 19 * * 1"
    assert answer(CRON, "at noon") == "0 12 * * *"
    assert answer(CRON, "12am, then noon") == "0 12 * * *"


def test_a_single_label_and_no_skill_at_all() -> None:
    skill = 'Answer with one of `a`, `b`.\n- When it says "bee", answer `b`.'
    assert answer(skill, "two bees") == "b"
    assert answer(skill, "two wasps") == "a"
    assert answer("", "one two three four five six seven eight nine") == (
        "one two three four five six seven eight"
    )


def test_later_rules_win_and_defaults_wait() -> None:
    rules = 'Otherwise, answer `d`.\nIf it says "x", answer `1`.\nIf it says "y", answer `2`.\n'
    assert [answer(rules, text) for text in ("x y", "x", "z")] == ["2", "1", "d"]
    assert answer(rules + "By default, answer `e`.", "z") == "e"


def test_shapes_apply() -> None:
    skill = (
        "Answer in the form `- {s}`. Set `s` to the first sentence.\n"
        'Start `s` with a lower-case letter. End `s` without a full stop. Drop "please" from `s`.\n'
        "Keep the line within 20 characters.\n"
    )
    assert answer(skill, "Please mend the door. Then go.") == "- mend the door"
    assert answer(skill, "CSV export is a very long story.") == "- CSV export is a"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 9:30", Clock(9, 30)),
        ("14:00 sharp", Clock(14, 0)),
        ("9am", Clock(9, 0)),
        ("5 pm", Clock(17, 0)),
        ("7.15pm", Clock(19, 15)),
        ("12am", Clock(0, 0)),
        ("12 p.m.", Clock(12, 0)),
        ("version 2.10", None),
        ("25:00 or 9:75 or 13pm", None),
        ("ratio 3:1", None),
        ("10.0.0.1:80", None),
    ],
)
def test_clock_times(text: str, expected: Clock | None) -> None:
    assert clock_time(text) == expected


SKILLS = st.sampled_from([TRIAGE, CRON, "", "Answer with one of `a`, `b`.", "prose"])


@settings(deadline=None)
@given(SKILLS, st.text(max_size=200), st.integers(), st.floats(0, 1))
def test_the_reader_is_deterministic(skill: str, text: str, seed: int, noise: float) -> None:
    first = answer(skill, text, seed=seed, noise=noise)
    assert first == answer(skill, text, seed=seed, noise=noise)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.floats(0, 1))
def test_any_skill_and_any_input_will_do(skill: str, text: str, noise: float) -> None:
    assert isinstance(answer(skill, text, noise=noise), str)


@pytest.mark.parametrize("skill", [TRIAGE, CRON])
def test_noise_errs_about_as_often_as_it_says(skill: str) -> None:
    inputs = [f"refund on Monday at {n % 24}:10, no {n}" for n in range(400)]
    wrong = sum(answer(skill, text, noise=0.3) != answer(skill, text) for text in inputs)
    assert 80 <= wrong <= 160
    again = sum(answer(skill, text, seed=1, noise=0.3) != answer(skill, text) for text in inputs)
    assert 80 <= again <= 160
    both = sum(
        answer(skill, text, seed=1, noise=0.3) != answer(skill, text)
        and answer(skill, text, noise=0.3) != answer(skill, text)
        for text in inputs
    )
    assert both < 70


def test_a_hostile_skill_and_a_huge_input_cost_little() -> None:
    skill = "Answer in the form `{a}`.\nSet `a` to the first match of `(a+)+$`.\n" + "\n".join(
        f'When it says "word{n} other{n}", set `a` to `{n}`.' for n in range(1500)
    )
    assert answer(skill, "a" * 5_000 + "!" + "word " * 200_000)
    assert answer("Set `answer` to the first match of `(((`.", "x y") == "x y"
    assert answer("Set `answer` to the first match of `" + "(a{9}" * 30 + "`.", "x y") == "x y"
