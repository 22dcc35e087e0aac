"""Who hears of a run's events: files, traces, experiment trackers, and the user's own code.

No tracker's library is imported before the first event.
"""

from __future__ import annotations

from skillopt.adapters.listeners.json_lines import JsonLines
from skillopt.adapters.listeners.mlflow_runs import MLflow
from skillopt.adapters.listeners.spans import OpenTelemetry
from skillopt.adapters.listeners.wandb_runs import WandB

__all__ = ["JsonLines", "MLflow", "OpenTelemetry", "WandB"]
