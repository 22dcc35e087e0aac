"""A probe's report in lines, from values."""

from __future__ import annotations

from skillopt.app.probe import ProbeReport
from skillopt.cli.probe_report import MOST_SHOWN, told
from skillopt.core.evaluation.rollout import Usage
from skillopt.core.probes.plan import ProbePlan
from skillopt.core.probes.report import differences, probed
from skillopt.core.probes.runs import Checked, ProbeRuns
from tests.core.probes.rollouts import run, tasks

TASKS = tasks(10)
STUBBORN = ProbeRuns(
    plain=tuple(run(task.id, 0, "no", trial=trial) for task in TASKS for trial in (0, 1)),
    checked=tuple(Checked(run(task.id, 0), run(task.id, 0, confidence=0.9)) for task in TASKS),
    agreement=True,
)


def report(**more: object) -> ProbeReport:
    found = probed(STUBBORN, TASKS)
    assert found is not None
    assert found.agreement is not None
    fields = {
        "run": "r1",
        "skill": "desks",
        "digest": "d",
        "split": "validation",
        "tasks": 10,
        "plan": ProbePlan().complete,
        "missing": 1,
        "found": found,
        "differences": {},
        "partings": found.agreement.partings,
        "usage": Usage(calls=30),
        "spent": Usage(calls=10),
        **more,
    }
    return ProbeReport.model_validate(fields)


def test_numbers_have_their_interval_and_what_they_rest_on() -> None:
    lines = list(told(report()))
    assert lines[0] == "desks: 0.0 % on 10 validation tasks, 1 rollout without a result"
    assert "10 of 10 answers state a confidence" in lines[1]
    assert "Brier score 0.810 [" in lines[2]
    assert ", skill" not in lines[2]
    assert lines[3] == "    80.0 % to 100.0 %: stated 90.0 %, scored 0.0 % (10 answers)"
    assert lines[4].startswith("  agreement of 2 runs: 100.0 % [")
    assert lines[5].endswith(f"and {10 - MOST_SHOWN} more")
    assert lines[6].startswith("warning: the runs agree on 100%")


def test_a_difference_in_brier_score_is_no_points() -> None:
    other = probed(STUBBORN, TASKS)
    apart = differences(STUBBORN, STUBBORN, TASKS)
    lines = list(told(report(against="none", other=other, differences=apart)))
    at = lines.index("difference to no skill:")
    assert lines[at + 1].startswith("  score 0.0 points [")
    assert any(line.startswith("  Brier score +0.000 [") for line in lines)
