"""Runs in MLflow, through its client: a run that the program itself has active is left alone."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from skillopt.adapters.listeners.figures import Metrics
from skillopt.adapters.listeners.tracking import Tracked

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

_LONGEST = 500
"""Characters of a parameter that every store takes."""


class MLflow(Tracked):
    """Enters each run into MLflow: parameters, metrics by round, the skill, its diff, a report.

    Args:
        experiment: its name; by default that of `MLFLOW_EXPERIMENT_NAME`, or `skillopt`.
        tracking_uri: by default that of `MLFLOW_TRACKING_URI`, or MLflow's own.
    """

    def __init__(self, experiment: str | None = None, *, tracking_uri: str | None = None) -> None:
        super().__init__()
        self._experiment = experiment
        self._uri = tracking_uri
        self._client: MlflowClient | None = None
        self._id = ""

    def begin(self, name: str, given: Mapping[str, str]) -> None:
        """Create the run."""
        from mlflow.tracking import MlflowClient

        self._id = ""
        client = self._client = MlflowClient(self._uri)
        experiment = self._experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME", "skillopt")
        known = client.get_experiment_by_name(experiment)
        of = known.experiment_id if known else client.create_experiment(experiment)
        self._id = client.create_run(of, run_name=name).info.run_id
        for key, value in given.items():
            client.log_param(self._id, key, value[:_LONGEST])

    def log(self, told: Metrics) -> None:
        """Enter figures, with the round as their step."""
        now = int(time.time() * 1000)
        for name, value in told.values.items():
            self._known.log_metric(self._id, name, value, timestamp=now, step=told.step)

    def keep(self, name: str, text: str) -> None:
        """Keep an artifact."""
        self._known.log_text(self._id, text, name)

    def end(self, *, failed: bool) -> None:
        """Set the run's status."""
        self._known.set_terminated(self._id, "FAILED" if failed else "FINISHED")

    @property
    def _known(self) -> MlflowClient:
        assert self._client is not None, "begin is called first"
        return self._client
