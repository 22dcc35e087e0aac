"""skill-creator's benchmark.json, with the names its viewer reads."""

from __future__ import annotations

from skillopt.core.evaluation.checks import CheckResult, Exact
from skillopt.core.evaluation.rollout import Graded, Missing, Rollout, RolloutKey, Usage
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.trace import Said, ToolCall, Trace
from skillopt.core.exporting.benchmark import apart, benchmark_of

TASKS = [
    Task(id=name, split="test", input=name, checks=(Exact(type="exact", value="x"),))
    for name in ("ocean", "river")
]
META = {"skill_name": "water", "skill_path": "skills/water", "executor_model": "m"}


def run(task: str, trial: int, scores: tuple[float, ...], tokens: int = 10) -> Rollout:
    results = tuple(
        CheckResult(criterion=f"c{n}", score=score, feedback="" if score else "no x")
        for n, score in enumerate(scores)
    )
    return Graded(
        key=RolloutKey(skill="s", task="t", target="m", trial=trial),
        task_id=task, answer="a", score=min(scores), results=results,
        usage=Usage(calls=1, completion_tokens=tokens), seconds=2.0,
    )  # fmt: skip


def test_every_run_and_the_means_of_both_sides() -> None:
    mine = [run("ocean", 0, (1, 1)), run("ocean", 1, (1, 0)), run("river", 0, (0, 0), tokens=40)]
    found = benchmark_of(META, TASKS, mine, [run("ocean", 0, (0, 1))])
    assert set(found) == {"metadata", "runs", "run_summary", "notes"}
    assert found["metadata"] == {**META, "evals_run": [1, 2], "runs_per_configuration": 2}
    assert [run["configuration"] for run in found["runs"]] == ["with_skill"] * 3 + ["without_skill"]
    second = found["runs"][1]
    assert (second["eval_id"], second["eval_name"], second["run_number"]) == (1, "ocean", 2)
    assert second["result"] == {
        "pass_rate": 0.5, "passed": 1, "failed": 1, "total": 2, "time_seconds": 2.0, "tokens": 10,
        "tool_calls": 0, "errors": 0,
    }  # fmt: skip
    assert second["expectations"][1] == {"text": "c1", "passed": False, "evidence": "no x"}
    summary = found["run_summary"]
    assert summary["with_skill"]["pass_rate"] == {
        "mean": 0.5, "stddev": 0.5, "min": 0.0, "max": 1.0,
    }  # fmt: skip
    assert summary["delta"] == {"pass_rate": "+0.00", "time_seconds": "+0.0", "tokens": "+10"}


def test_one_side_alone_and_runs_without_a_result() -> None:
    lost = Missing(
        key=RolloutKey(skill="s", task="t", target="m", trial=0), task_id="river",
        reason="timeout", usage=Usage(), seconds=1.0,
    )  # fmt: skip
    found = benchmark_of(META, TASKS, [run("ocean", 0, (1,)), lost], None, notes=["hello"])
    assert set(found["run_summary"]) == {"with_skill"}
    assert found["notes"] == ["hello", "without a result, left out: 1"]


def test_tool_calls_are_those_of_the_trace() -> None:
    called = ToolCall(name="read_file", arguments={"path": "a"})
    trace = Trace(steps=(called, Said(role="assistant", text="hm"), called))
    traced = run("ocean", 0, (1,)).model_copy(update={"trace": trace})
    assert benchmark_of(META, TASKS, [traced], None)["runs"][0]["result"]["tool_calls"] == 2


def test_checks_of_one_name_are_told_apart() -> None:
    assert apart(["contains", "exact", "contains", "contains (2)", "contains"]) == [
        "contains", "exact", "contains (2)", "contains (2) (2)", "contains (3)",
    ]  # fmt: skip
