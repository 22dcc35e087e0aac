"""Results as pandas tables: what was not run is missing there, and not 0."""

from __future__ import annotations

from pathlib import Path

from skillopt.app.frames import EVALUATION, RUN, evaluation_frame, run_frame
from tests.app.notebook_results import evaluated, tuned


def test_a_run_has_a_row_for_each_task_of_a_verdict(tmp_path: Path) -> None:
    run = tuned(tmp_path / "ledger.db")
    frame = run_frame(run)
    assert frame.equals(run.to_frame())
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == RUN
    assert frame.groupby("round").size().tolist() == [1, 24, 24]
    refused = frame[frame["round"] == 1].iloc[0]
    assert refused[["task", "incumbent", "candidate_score", "candidate_runs"]].isna().all()
    assert (refused["outcome"], refused["stage"]) == ("refused", "reply")
    accepted = frame[frame["outcome"] == "accepted"]
    gain = (accepted["candidate_score"] - accepted["incumbent"]).mean()
    verdict = run.rounds[1].decision.verdict
    assert verdict is not None
    assert gain == verdict.gain == 0.25


def test_an_evaluation_has_a_row_for_each_task(tmp_path: Path) -> None:
    found = evaluated(tmp_path / "ledger.db")
    frame = evaluation_frame(found)
    assert frame.equals(found.to_frame())
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == EVALUATION
    assert frame["score"].mean() == found.score.mean
    missing = found.model_copy(
        update={"by_task": (found.by_task[0].model_copy(update={"score": None, "other": None}),)}
    )
    assert missing.to_frame()[["score", "other"]].isna().all(axis=None)
