"""The whole report: the same record, the same report."""

from __future__ import annotations

from skillopt.core.gate.contest import GateMemory, Outcome
from skillopt.core.report.making import report_of
from tests.core.report.records import FIRST, facts, long_run, made_by, record, round_, verdict


def test_the_same_facts_give_the_same_report() -> None:
    assert report_of(long_run(6, 12)) == report_of(long_run(6, 12))


def test_a_run_without_rounds_has_a_report() -> None:
    found = report_of(facts(record(finished=None, last=None, stopped_by=None, baseline=None)))
    assert found.proposals == ()
    assert found.heat is None
    assert found.power is None
    assert found.good is None


def test_power_is_of_the_runs_own_tasks_and_kind_of_scores() -> None:
    graded = verdict([0.5] * 30, [0.5] * 30, memory=GateMemory(step=0.1))
    plain = verdict([0.0] * 30, [0.0] * 30)
    one, other = (
        report_of(facts(record(), [round_(1, FIRST, found)])).power for found in (graded, plain)
    )
    assert one is not None
    assert other is not None
    assert one.units == other.units == 30
    assert one.mde80 != other.mde80


def test_roles_name_who_judged() -> None:
    run = record(judge="some/model", self_judged=True)
    found = dict(report_of(facts(run)).roles)
    assert found["judge"] == "some/model (the target itself)"


def test_a_certified_run_is_good() -> None:
    new = made_by(FIRST)
    won = verdict([0, 0], [1, 1], outcome=Outcome.ACCEPTED)
    found = report_of(long_run(5, 4))
    assert found.good is True
    assert report_of(facts(record(), [round_(1, FIRST, won, candidate=new)])).good is None
