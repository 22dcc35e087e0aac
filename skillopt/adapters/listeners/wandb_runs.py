"""Runs in Weights & Biases, beside one that the program itself may have active."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from skillopt.adapters.listeners.figures import Metrics
from skillopt.adapters.listeners.tracking import Tracked

if TYPE_CHECKING:
    import wandb

Mode = Literal["online", "offline", "disabled"]


class WandB(Tracked):
    """Enters each run into Weights & Biases: its configuration, metrics by round, and files.

    Args:
        project: by default that of `WANDB_PROJECT`, or `skillopt`.
        mode: by default that of `WANDB_MODE`, or `online`.
        folder: where the library keeps its files; by default that of `WANDB_DIR`, or `wandb` here.
    """

    def __init__(
        self,
        project: str | None = None,
        *,
        mode: Mode | None = None,
        folder: str | Path | None = None,
    ) -> None:
        super().__init__()
        self._project = project
        self._mode = mode
        self._folder = folder
        self._run: wandb.Run | None = None
        self._files: dict[str, str] = {}

    def begin(self, name: str, given: Mapping[str, str]) -> None:
        """Open the run."""
        import os

        import wandb

        self._files = {}
        self._run = wandb.init(
            project=self._project or os.environ.get("WANDB_PROJECT", "skillopt"),
            name=name,
            mode=self._mode,
            dir=self._folder,
            config=dict(given),
            reinit="create_new",
            settings=wandb.Settings(
                console="off",
                silent=True,
                disable_git=True,
                save_code=False,
                x_disable_machine_info=True,
                x_save_requirements=False,
            ),
        )
        self._run.define_metric("round")
        self._run.define_metric("*", step_metric="round")

    def log(self, told: Metrics) -> None:
        """Enter figures, with the round beside them."""
        self._known.log({"round": told.step, **told.values})

    def keep(self, name: str, text: str) -> None:
        """Remember a file for the run's artifact."""
        self._files[name] = text

    def end(self, *, failed: bool) -> None:
        """Keep the files as one artifact and close the run."""
        import wandb

        run, self._run = self._known, None
        artifact = wandb.Artifact(f"run-{run.id}", type="skillopt-run")
        with tempfile.TemporaryDirectory(prefix="skillopt-wandb-") as folder:
            for name, text in self._files.items():
                path = Path(folder, name)
                path.write_text(text, encoding="utf-8")
                artifact.add_file(str(path), name=name, policy="mutable")
            try:
                run.log_artifact(artifact)
            finally:
                run.finish(exit_code=int(failed))

    @property
    def _known(self) -> wandb.Run:
        assert self._run is not None, "begin is called first"
        return self._run
