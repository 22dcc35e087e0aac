"""Results as JUnit XML."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.app.evaluate import Evaluation, Score, TaskResult
from skillopt.app.gate_changes import GatedChanges, GatedSkill
from skillopt.app.single_edit import GatedEdit
from skillopt.cli.junit import (
    MOST_CHARS,
    Case,
    Suite,
    change_suites,
    check_junit,
    eval_suite,
    gate_suite,
    junit,
)
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GatePolicy, Outcome, PairedTask
from skillopt.core.gate.power import gate_power
from skillopt.errors import SettingsError
from tests.adapters.ledger.samples import a_verdict
from tests.cli.commands import ran, said

CHILDREN: dict[str, set[str]] = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "failure", "system-out", "system-err"},
    "failure": set(),
    "skipped": set(),
    "system-out": set(),
}
"""What the schema lets stand in each element that is used here."""
ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time", "timestamp"}),
    "properties": (set(), set()),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name"}, {"classname", "time"}),
    "failure": (set(), {"type", "message"}),
    "skipped": (set(), {"type", "message"}),
    "system-out": (set(), set()),
}
"""Required and allowed attributes, by element."""


def valid(data: bytes) -> ET.Element:
    """The document, after a check against what the schema allows, and of its counts."""
    root = ET.fromstring(data)
    assert root.tag == "testsuites"
    for element in root.iter():
        required, more = ATTRIBUTES[element.tag]
        assert required <= element.attrib.keys() <= required | more, element.tag
        assert {child.tag for child in element} <= CHILDREN[element.tag], element.tag
    for suite in (root, *root.iter("testsuite")):
        cases = list(suite.iter("testcase"))
        assert int(suite.attrib["tests"]) == len(cases)
        assert int(suite.attrib["failures"]) == len(list(suite.iter("failure")))
    return root


def gated(outcome: Outcome, *pairs: PairedTask) -> GatedEdit:
    return GatedEdit(
        run="run-1",
        entry="r1",
        skill="triage",
        old="a" * 64,
        new="b" * 64,
        verdict=a_verdict(outcome).model_copy(update={"pairs": pairs}),
        self_judged=False,
        power=gate_power(40, None, GatePolicy()),
        usage=Usage(calls=40),
    )


def pair(task: str, old: float | None, new: float | None) -> PairedTask:
    return PairedTask(task=task, incumbent=old, candidate=new, candidate_runs=1, incumbent_runs=1)


PAIRS = (pair("worse", 1, 0), pair("better", 0, 1), pair("lost", 1, None), pair("same", 1, 1))


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_suite_has_failed_exactly_where_the_edit_is_not_accepted(outcome: Outcome) -> None:
    root = valid(junit([gate_suite("skills/a/SKILL.md", gated(outcome, *PAIRS))]))
    failed = [
        case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == ([] if outcome is Outcome.ACCEPTED else ["verdict", "worse"])
    assert [
        case.attrib["name"] for case in root.iter("testcase") if case.find("skipped") is not None
    ] == ["lost"]


def test_changes_are_a_suite_each() -> None:
    found = GatedChanges(
        ref="main",
        base="c" * 40,
        skills=(
            GatedSkill(path="a/SKILL.md", gated=gated(Outcome.ACCEPTED)),
            GatedSkill(path="b/SKILL.md", skipped="deleted"),
            GatedSkill(path="c/SKILL.md", failed="the provider is down"),
        ),
    )
    root = valid(junit(change_suites(found)))
    counts = [
        (suite.attrib["name"], suite.attrib["failures"], suite.attrib["skipped"])
        for suite in root.iter("testsuite")
    ]
    assert counts == [("a/SKILL.md", "0", "0"), ("b/SKILL.md", "0", "1"), ("c/SKILL.md", "1", "0")]


def test_an_evaluations_tasks_are_its_cases() -> None:
    measured = Evaluation(
        skill="triage",
        digest="d" * 64,
        split="validation",
        tasks=3,
        missing=1,
        score=Score(mean=0.5, low=0.1, high=0.9),
        criteria={},
        by_task=(
            TaskResult(task="good", score=1, runs=1, seconds=0.5),
            TaskResult(task="bad", score=0.5, runs=2, seconds=1, faults=("exact: said <b>",)),
            TaskResult(task="lost", score=None, runs=0, seconds=0, faults=("down",)),
        ),
        usage=Usage(),
    )
    root = valid(junit([eval_suite(measured)]))
    cases = {case.attrib["name"]: case for case in root.iter("testcase")}
    failure = cases["bad"].find("failure")
    assert failure is not None
    assert failure.text == "score 0.50 in 2 runs\nexact: said <b>"
    assert cases["lost"].find("skipped") is not None
    assert cases["good"].attrib["time"] == "0.500"


@given(
    texts=st.lists(st.text(st.characters(codec=None)), min_size=5, max_size=5),
    seconds=st.floats(-1, 1e6),
)
def test_no_text_breaks_the_document(texts: list[str], seconds: float) -> None:
    name, failure, skipped, details, prop = texts
    cases = (
        Case(name, failure=failure, kind=name, details=details, seconds=seconds),
        Case(name, skipped=skipped, details=details),
    )
    root = valid(junit([Suite(name, cases, ((prop, prop),))]))
    assert len(list(root.iter("testcase"))) == 2


HOSTILE = "]]></failure><testcase name='x'/>&#0;\0\x1b[31m\ud800\ufffe <!-- & \" '"


def test_hostile_and_long_texts_are_text() -> None:
    case = Case(HOSTILE, failure=HOSTILE, kind="x", details=HOSTILE + "y" * 10_000)
    root = valid(junit([Suite("s", (case,))]))
    assert len(list(root.iter("testcase"))) == 1
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.text is not None
    assert failure.text.startswith(
        "]]></failure><testcase name='x'/>&#0;\ufffd\ufffd[31m\ufffd\ufffd"
    )
    assert len(failure.text) < MOST_CHARS + 50


def test_no_secret_is_written() -> None:
    secret = "sk-ant-api03-" + "a1B2" * 20
    assert secret.encode() not in junit([Suite("s", (Case("x", failure=f"key {secret}"),))])


def test_a_file_that_cannot_be_written_is_an_error_before_anything_is_run(tickets: Path) -> None:
    check_junit(None)
    check_junit(tickets / "new.xml")
    for path in (tickets, tickets / "gone/junit.xml"):
        with pytest.raises(SettingsError, match="name a file in a folder that is there"):
            check_junit(path)
    for command in (("eval", "tickets.md"), ("gate", "tickets.md", "new.md")):
        result: Any = ran(*command, "--junit", "gone/junit.xml")
        assert isinstance(result.exception, SettingsError)
    assert not (tickets / ".skillopt").exists()


def test_eval_and_gate_write_it(tickets: Path) -> None:
    said("eval", "tickets.md", "--junit", "eval.xml")
    root = valid((tickets / "eval.xml").read_bytes())
    assert root.attrib["tests"] == "24"
    assert 0 < int(root.attrib["failures"]) < 24
    tasks = ("--tasks", "validation_sets/tickets.yaml")
    said("gate", "tickets.md", "new.md", *tasks, "--junit", "gate.xml")
    root = valid((tickets / "gate.xml").read_bytes())
    assert (root.attrib["tests"], root.attrib["failures"]) == ("25", "0")
