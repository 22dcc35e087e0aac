"""`skillopt gate`: one answer in three forms, and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from skillopt.app.result import Written
from skillopt.app.single_edit import GatedEdit
from skillopt.cli.gate import answer, check_forms
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.gate import GatePolicy, Outcome
from skillopt.core.gate.power import gate_power
from skillopt.core.proposals.leak import Leak
from skillopt.errors import InputError, SettingsError
from tests.adapters.ledger.samples import a_verdict
from tests.cli.commands import ran, said, said_json

TASKS = ("--tasks", "validation_sets/tickets.yaml")


def gated(outcome: Outcome = Outcome.REJECTED, **more: object) -> GatedEdit:
    fields = {
        "run": "run-1",
        "entry": "r1",
        "skill": "triage",
        "old": "a" * 64,
        "new": "b" * 64,
        "verdict": a_verdict(outcome),
        "self_judged": False,
        "power": gate_power(40, None, GatePolicy()),
        "usage": Usage(calls=40),
    }
    return GatedEdit.model_validate({**fields, **more})


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.ACCEPTED, 0), (Outcome.REJECTED, 1), (Outcome.INCONCLUSIVE, 3)],
)
@pytest.mark.parametrize("form", ["plain", "markdown", "as_json"])
def test_the_outcome_is_the_exit_code_in_every_form(
    outcome: Outcome, code: int, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left:
        answer(
            gated(outcome), (), table=False, markdown=form == "markdown", as_json=form == "as_json"
        )
    assert left.value.exit_code == code
    assert outcome.value in capsys.readouterr().out


def test_the_answer_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    judged = gated(self_judged=True, written=Written(path="SKILL.md", note="written to SKILL.md"))
    with pytest.raises(typer.Exit):
        answer(judged, ("skillopt ledger show r1",), table=True, markdown=False, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("rejected: the mean difference over 40 tasks is +2.5 points")
    assert "(judged by the target itself)" in " ".join(lines[:2])
    assert "run run-1, spent 40 calls, 0 prompt + 0 completion tokens, $0" in lines
    assert "written to SKILL.md" in lines
    assert ["1.00", "0.50", "v-1"] in [line.split() for line in lines]
    assert lines[-1] == "next: skillopt ledger show r1"


def test_two_forms_of_one_answer_are_refused_before_anything_is_run(tickets: Path) -> None:
    check_forms(markdown=True, as_json=False)
    check_forms(markdown=False, as_json=True)
    with pytest.raises(SettingsError, match="choose one"):
        check_forms(markdown=True, as_json=True)
    result = ran("gate", "tickets.md", "new.md", *TASKS, "--json", "--markdown")
    assert isinstance(result.exception, SettingsError)
    assert not (tickets / ".skillopt").exists()


def test_an_edit_goes_through_the_gate_and_no_file_is_written(tickets: Path) -> None:
    before = {name: (tickets / name).read_text() for name in ("tickets.md", "new.md")}
    found = said_json("gate", "tickets.md", "new.md", *TASKS)
    assert (found["outcome"], found["skill"]) == ("accepted", "new")
    assert said("gate", "new.md", "tickets.md", *TASKS, exits=1).startswith("rejected: ")
    assert {name: (tickets / name).read_text() for name in before} == before


def test_equal_versions_are_an_error(tickets: Path) -> None:
    result = ran("gate", "tickets.md", "tickets.md", *TASKS)
    assert isinstance(result.exception, InputError)
    assert "equal, byte for byte" in str(result.exception)


@pytest.mark.parametrize("form", ["plain", "markdown", "as_json"])
def test_leaks_are_a_warning_in_every_form(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    leak = Leak(rule="input", split="validation", passage="our blue badge", edit=None)
    found = gated(Outcome.ACCEPTED, leaks=(leak,))
    with pytest.raises(typer.Exit) as left:
        answer(found, (), table=False, markdown=form == "markdown", as_json=form == "as_json")
    assert left.value.exit_code == 0
    said_of_it = " ".join(capsys.readouterr().out.split())
    if form == "as_json":
        assert '"leaks": [ { "rule": "input", "split": "validation"' in said_of_it
    else:
        assert "arning" in said_of_it
        assert "the edits repeat the input of a validation task: “our blue badge”" in said_of_it
