"""A run in MLflow, in a store on this disk, read with MLflow's own client."""

from __future__ import annotations

from pathlib import Path

import pytest

from skillopt.adapters.listeners import MLflow
from skillopt.core.events import RunEnded, RunStarted
from tests.adapters.listeners.runs import tuned

mlflow = pytest.importorskip(
    "mlflow", reason="MLflow is missing: pip install -e '.[dev]'", exc_type=ImportError
)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return (tmp_path / "mlruns").as_uri()


def kept_in(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


async def test_a_tuning_run_is_a_run_with_metrics_by_round_and_artifacts(
    tmp_path: Path, store: str
) -> None:
    run = await tuned(tmp_path, MLflow("skills", tracking_uri=store))
    assert run.warnings == ()
    client = mlflow.tracking.MlflowClient(store)
    experiment = client.get_experiment_by_name("skills")
    (entered,) = client.search_runs([experiment.experiment_id])
    assert entered.info.status == "FINISHED"
    assert entered.info.run_name == f"{run.record.skill_name} {run.record.id}"
    assert entered.data.params["first_version"] == run.first.digest
    assert entered.data.params["settings.rounds"] == "2"
    assert entered.data.metrics["validation_score"] == run.record.baseline
    calls = client.get_metric_history(entered.info.run_id, "spent_calls")
    assert [(one.step, one.value) for one in calls] == [
        (one.number, one.spent.calls) for one in run.rounds
    ]
    kept = {one.path for one in client.list_artifacts(entered.info.run_id)}
    assert kept == {"SKILL.md", "skill.diff", "report.md"}
    downloaded = tmp_path / "downloaded"
    downloaded.mkdir()
    folder = client.download_artifacts(entered.info.run_id, "", str(downloaded))
    texts = kept_in(Path(folder))
    assert texts["SKILL.md"] == run.skill.text
    assert f"Result: {run.shipped}." in texts["report.md"]


async def test_a_run_that_failed_has_failed_there(store: str) -> None:
    listener = MLflow("skills", tracking_uri=store)
    await listener(RunStarted(run="r", skill="desks", resumed=False, rounds_done=0))
    await listener(RunEnded(run="r", error="cancelled"))
    client = mlflow.tracking.MlflowClient(store)
    experiment = client.get_experiment_by_name("skills")
    (entered,) = client.search_runs([experiment.experiment_id])
    assert entered.info.status == "FAILED"
    assert mlflow.active_run() is None


async def test_a_run_whose_files_cannot_be_kept_is_not_left_running_there(
    tmp_path: Path, store: str
) -> None:
    (tmp_path / "file").touch()
    client = mlflow.tracking.MlflowClient(store)
    experiment = client.create_experiment("skills", (tmp_path / "file" / "below").as_uri())
    run = await tuned(tmp_path, MLflow("skills", tracking_uri=store))
    (told,) = run.warnings
    assert told.startswith("the listener MLflow failed on version_chosen and hears nothing more: ")
    (entered,) = client.search_runs([experiment])
    assert entered.info.status == "FAILED"
    assert entered.data.metrics["validation_score"] == run.record.baseline


async def test_a_run_that_cannot_be_opened_ends_no_other(tmp_path: Path, store: str) -> None:
    listener = MLflow("skills", tracking_uri=store)
    started = RunStarted(run="r", skill="desks", resumed=False, rounds_done=0)
    await listener(started)
    await listener(RunEnded(run="r"))
    client = mlflow.tracking.MlflowClient(store)
    experiment = client.get_experiment_by_name("skills").experiment_id
    client.delete_experiment(experiment)
    with pytest.raises(mlflow.exceptions.MlflowException):
        await listener(started)
    client.restore_experiment(experiment)
    assert [one.info.status for one in client.search_runs([experiment])] == ["FINISHED"]
