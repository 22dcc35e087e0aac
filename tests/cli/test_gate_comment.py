"""The verdict as a comment for a pull request."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from skillopt.app.gate_changes import GatedChanges, GatedSkill
from skillopt.app.single_edit import GatedEdit
from skillopt.cli.gate_comment import MARK, MOST_ROWS, comment, comment_on_all, plain
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GatePolicy, Measure, PairedTask
from skillopt.core.gate.difference import Difference
from skillopt.core.gate.power import gate_power
from tests.adapters.ledger.samples import a_verdict


def gated(*, self_judged: bool = False, skill: str = "triage", **verdict: Any) -> GatedEdit:
    return GatedEdit(
        run="run-1",
        entry="r1",
        skill=skill,
        old="a" * 64,
        new="b" * 64,
        verdict=a_verdict().model_copy(update=verdict),
        self_judged=self_judged,
        power=gate_power(40, None, GatePolicy()),
        usage=Usage(calls=40),
    )


def told(**more: Any) -> str:
    return comment(gated(**more), spent="40 calls")


def test_the_head_is_the_verdict_and_the_reason_follows() -> None:
    head, empty, reason, *_ = told().splitlines()
    assert head == "### skillopt gate: rejected (triage)"
    assert empty == ""
    assert reason == "the mean difference over 40 tasks is +2.5 points, p = 0.31."


def test_the_numbers_are_a_table() -> None:
    said = told(measures=(Measure(name="cost", first=0.001, candidate=0.002),))
    for row in (
        "| versions | `aaaaaaaaaaaa` → `bbbbbbbbbbbb` |",
        "| gain on validation tasks | +2.5 points |",
        "| p-value | 0.3100 |",
        "| evidence | 40 tasks in pass 1 |",
        "| cost per task | $0.001000 → $0.002000 |",
        "| spent | 40 calls |",
        "| ledger | run `run-1` |",
    ):
        assert row in said.splitlines()
    bare = told(gain=None, p_value=None).splitlines()
    assert "| gain on validation tasks | n/a |" in bare
    assert "| p-value | n/a |" in bare


def pair(task: str, incumbent: float | None, candidate: float | None) -> PairedTask:
    return PairedTask(
        task=task, incumbent=incumbent, candidate=candidate, candidate_runs=2, incumbent_runs=1.0
    )


def test_the_tasks_that_changed_and_no_others_are_listed_the_largest_change_first() -> None:
    pairs = (pair("same", 1, 1), pair("half", 1, 0.5), pair("unrun", 1, None), pair("most", 0, 1))
    said = told(pairs=pairs)
    assert "<details><summary>2 of 3 tasks changed</summary>" in said
    rows = [line for line in said.splitlines() if line.endswith("| 2 |")]
    assert rows == [
        "| most | 0.00 | 1.00 | 2 |",
        "| half | 1.00 | 0.50 | 2 |",
    ]


def test_one_task_is_one_task() -> None:
    said = told(pairs=(pair("half", 1, 0.5),), tasks_seen=1)
    assert "<summary>1 of 1 task changed</summary>" in said
    assert "| evidence | 1 task in pass 1 |" in said


def test_without_tasks_there_is_no_fold() -> None:
    assert "<details>" not in told(pairs=(pair("unrun", 1, None),))


def test_notes_and_warnings_stand_out() -> None:
    said = told(notes=("task 'v-1' is no sentinel",), self_judged=True)
    assert "**Note:** task 'v-1' is no sentinel." in said
    assert "**Note:** the target judged itself." in said
    weak = gated().model_copy(update={"power": gate_power(4, None, GatePolicy())})
    warned = comment(weak, spent="40 calls")
    assert warned.count("**Warning:**") == len(weak.power.warnings) > 0
    linked = gated().model_copy(update={"warnings": ("SKILL.md links to a.md",)})
    assert "**Warning:** SKILL.md links to a.md." in comment(linked, spent="40 calls")


HOSTILE = [
    "<script>alert(1)</script>",
    "![x](http://example.org/y.png)",
    "[click](http://example.org)",
    "@everyone | a cell | another",
    "**bold** _em_ `code` ~~gone~~",
    "</details><h1>accepted</h1>",
    "# accepted\n# accepted",
    "&lt;b&gt; &#64;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_can_do_more_than_be_read(text: str) -> None:
    shown = MarkdownIt("gfm-like", {"linkify": False}).render(plain(text))
    assert not [
        tag for tag in ("<script", "<img", "<a ", "<strong", "<em", "<code", "<h1", "<s>", "</det")
        if tag in shown
    ]  # fmt: skip
    assert "@" not in plain(text)
    assert "|" not in plain(text)


@given(st.text())
def test_a_task_name_is_one_cell_of_its_row(name: str) -> None:
    row = next(
        line for line in told(pairs=(pair(name, 1, 0),)).split("\n") if line.endswith("| 2 |")
    )
    assert row.count("|") == 5
    assert plain(name).isprintable()


def test_a_skills_name_cannot_change_the_head() -> None:
    assert (
        told(skill="x\n### accepted").splitlines()[0].startswith("### skillopt gate: rejected (x")
    )


def changes(*skills: GatedSkill, ref: str = "main") -> str:
    found = GatedChanges(ref=ref, base="c" * 40, skills=skills)
    return comment_on_all(found, spent=lambda one: f"{one.usage.calls} calls")


def test_several_skills_are_one_comment_with_a_table_first() -> None:
    said = changes(
        GatedSkill(path="a/SKILL.md", gated=gated(pairs=(pair("half", 1, 0.5),))),
        GatedSkill(path="b/SKILL.md", before="old/SKILL.md", gated=gated(skill="other")),
        GatedSkill(path="c/SKILL.md", skipped="deleted"),
        GatedSkill(path="d/SKILL.md", failed="the provider is down"),
    )
    lines = said.splitlines()
    assert lines[:2] == [MARK, "## skillopt gate: failed, against main (`cccccccccccc`)"]
    for row in (
        "| a/SKILL.md | **rejected** | +2.5 points | 0.3100 |",
        "| b/SKILL.md (was old/SKILL.md) | **rejected** | +2.5 points | 0.3100 |",
        "| c/SKILL.md | skipped: deleted | | |",
        "| d/SKILL.md | failed: the provider is down | | |",
    ):
        assert row in lines
    assert said.count("### skillopt gate: ") == 2


def test_a_comment_is_never_too_long() -> None:
    many = tuple(pair(f"task {n} " + "x" * 150, 1, 0) for n in range(400))
    told_one = comment(gated(pairs=many), spent="40 calls")
    assert told_one.count("| 2 |\n") == MOST_ROWS
    assert "| and 300 more tasks | | | |" in told_one
    said = changes(*(GatedSkill(path=f"{n}.md", gated=gated(pairs=many)) for n in range(40)))
    assert len(said) < 65_536
    assert "The other verdicts do not fit into a comment; the ledger has them." in said


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_paths_refs_and_failures_stay_text(text: str) -> None:
    said = changes(
        GatedSkill(path=text, failed=text), GatedSkill(path=text, skipped=text), ref=text
    )
    assert text not in said
    assert "@" not in said
    assert [line.count("|") for line in said.splitlines() if "failed: " in line] == [5]


def test_the_interval_is_that_of_the_tasks_both_ran() -> None:
    found = gated().model_copy(
        update={"difference": Difference(mean=0.1, low=-0.05, high=0.2, tasks=24)}
    )
    row = "| difference where both ran | +10.0 points, 95 % interval [-5.0, +20.0], 24 tasks |"
    assert row in comment(found, spent="40 calls").splitlines()
