"""A run in Weights & Biases, offline: what the library wrote is read again."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest

from skillopt.adapters.listeners import WandB
from skillopt.adapters.listeners.figures import Metrics
from tests.adapters.listeners.runs import tuned

wandb = pytest.importorskip(
    "wandb",
    reason="Weights & Biases is not among the `dev` packages: pip install -e '.[wandb]'",
    exc_type=ImportError,
)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library writes nothing into the home folder."""
    for name in ("WANDB_CACHE_DIR", "WANDB_DATA_DIR", "WANDB_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "own"))


HEADER, BLOCK, WHOLE, LAST = 7, 32_768, 1, 4
"""Of LevelDB's log format."""


def records(folder: Path) -> list[Any]:
    """The records of the one run that is there, as the library's own messages."""
    from wandb.proto import wandb_internal_pb2

    (path,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    return [wandb_internal_pb2.Record.FromString(data) for data in logged(path.read_bytes())]


def logged(data: bytes) -> list[bytes]:
    """What a log in LevelDB's format holds, after Weights & Biases' own header."""
    assert data.startswith(b":W&B")
    found, place = [b""], HEADER
    while place + HEADER <= len(data):
        if BLOCK - place % BLOCK < HEADER:
            place += BLOCK - place % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", data, place)
        found[-1] += data[place + HEADER : place + HEADER + length]
        place += HEADER + length
        if kind in (WHOLE, LAST):
            found.append(b"")
    return found[:-1]


async def test_a_tuning_run_is_a_run_with_metrics_by_round_and_files(tmp_path: Path) -> None:
    run = await tuned(tmp_path, WandB("skills", mode="offline", folder=tmp_path))
    assert run.warnings == ()
    assert wandb.run is None
    found = records(tmp_path)
    (started,) = [one.run for one in found if one.WhichOneof("record_type") == "run"][:1]
    assert started.project == "skills"
    assert started.display_name == f"{run.record.skill_name} {run.record.id}"
    config = {one.key or one.nested_key[0]: one.value_json for one in started.config.update}
    assert json.loads(config["first_version"]) == run.first.digest
    history = [
        {item.key or item.nested_key[0]: json.loads(item.value_json) for item in one.history.item}
        for one in found
        if one.WhichOneof("record_type") == "history"
    ]
    assert history[0]["validation_score"] == run.record.baseline
    by_round = [(one["round"], one["spent_calls"]) for one in history if "spent_calls" in one]
    assert by_round == [(one.number, one.spent.calls) for one in run.rounds]
    (artifact,) = [one.artifact for one in found if one.WhichOneof("record_type") == "artifact"]
    kept = {entry.path for entry in artifact.manifest.contents}
    assert kept == {"SKILL.md", "skill.diff", "report.md"}
    (exited,) = [one.exit for one in found if one.WhichOneof("record_type") == "exit"]
    assert exited.exit_code == 0


class FailsLater(WandB):
    def log(self, told: Metrics) -> None:
        if told.step:
            raise ValueError("no figure of a round is taken")
        super().log(told)


async def test_a_run_that_is_left_out_has_failed_there(tmp_path: Path) -> None:
    run = await tuned(tmp_path, FailsLater("skills", mode="offline", folder=tmp_path))
    (told,) = run.warnings
    assert "FailsLater failed on gate_decided and hears nothing more: ValueError: no fig" in told
    (exited,) = [one.exit for one in records(tmp_path) if one.WhichOneof("record_type") == "exit"]
    assert exited.exit_code == 1
