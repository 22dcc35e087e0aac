"""One run of Microsoft's skillopt, in its own environment (started by forked.py).

Its documented command, `skillopt-train --config FILE`, on its environment for questions and answers
(`searchqa`), whose score is exact match. The defaults of its `configs/_base_/default.yaml` hold but for
sizes that must fit 30 train tasks: batches of 10 (the defaults' ratio is a tenth of the train split), as
many epochs as the budget pays for, and no pass over the test split, which decides nothing.

`settings` in the job name what differs: `default` has the slow update and the meta skill, as its
defaults have; `lean` has neither, and so an epoch more for the same calls.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

BATCH = 10
ARMS: dict[str, dict[str, Any]] = {
    "default": {"epochs": 3, "slow": True},
    "lean": {"epochs": 4, "slow": False},
}
SPLITS = {"train": "train", "validation": "val", "test": "test"}


def load() -> None:
    """What a run imports: the module of the command, and what that loads when it runs."""
    for name in ("scripts.train", "skillopt.engine.trainer", "skillopt.envs.searchqa.adapter"):
        import_module(name)


def main(path: Path) -> None:
    """Write the files, run the command, and read its history."""
    job = json.loads(path.read_text("utf-8"))
    folder = Path(job["folder"])
    config = written(job, folder)
    sys.argv = ["skillopt-train", "--config", str(config)]
    import_module("scripts.train").main()
    (folder / "outcome.json").write_text(json.dumps(outcome(job, folder / "out")), "utf-8")


def written(job: dict[str, Any], folder: Path) -> Path:
    """The configuration, the first skill and the splits."""
    (folder / "first.md").write_text(job["skill"], "utf-8")
    for split, name in SPLITS.items():
        items = [
            {"id": task["id"], "question": task["input"], "context": "", "answers": [task["desk"]]}
            for task in job["tasks"]
            if task["split"] == split
        ]
        place = folder / "splits" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / "items.json").write_text(json.dumps(items), "utf-8")
    path = folder / "config.yaml"
    path.write_text(json.dumps(configuration(job, folder), indent=1), "utf-8")
    return path


def configuration(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A structured configuration; JSON is YAML."""
    arm = ARMS[job["settings"]]
    slow = {"use_slow_update": arm["slow"], "slow_update_samples": 20}
    return {
        "model": {
            "optimizer": "optimizer",
            "target": "target",
            "optimizer_backend": "openai_chat",
            "target_backend": "openai_chat",
            "reasoning_effort": "",
            "azure_openai_endpoint": job["base"],
            "azure_openai_auth_mode": "openai_compatible",
            "azure_openai_api_key": "none",
        },
        "train": {
            "num_epochs": arm["epochs"],
            "train_size": 0,
            "batch_size": BATCH,
            "accumulation": 1,
            "seed": job["seed"],
        },
        "gradient": {
            "minibatch_size": 8,
            "merge_batch_size": 8,
            "analyst_workers": 8,
            "failure_only": False,
        },
        "optimizer": {
            "learning_rate": 4,
            "min_learning_rate": 2,
            "lr_scheduler": "cosine",
            "lr_control_mode": "fixed",
            "skill_update_mode": "patch",
            "use_meta_skill": arm["slow"],
            **slow,
        },
        "evaluation": {
            "use_gate": True,
            "gate_metric": "hard",
            "sel_env_num": 0,
            "test_env_num": 0,
            "eval_test": False,
        },
        "env": {
            "name": "searchqa",
            "skill_init": str(folder / "first.md"),
            "split_mode": "split_dir",
            "split_dir": str(folder / "splits"),
            "out_root": str(folder / "out"),
            "workers": 8,
            "max_turns": 1,
            "exec_timeout": 120,
        },
    }


def outcome(job: dict[str, Any], out: Path) -> dict[str, Any]:
    """Its best skill, those that were it on the way, and the gain it reports on its selection split."""
    history = json.loads((out / "history.json").read_text("utf-8"))
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    first = summary.get("baseline_selection_hard")
    return {
        "final": (out / "best_skill.md").read_text("utf-8"),
        "best": [job["skill"], *candidates(out, history, "accept_new_best")],
        "kept": [job["skill"], *candidates(out, history, "accept_new_best", "accept")],
        "claimed": history[-1]["best_score"] - (first or 0.0),
    }


def candidates(out: Path, history: list[dict[str, Any]], *actions: str) -> list[str]:
    """The texts of the steps that ended in one of the actions."""
    steps = [one["step"] for one in history if one["action"] in actions]
    texts = [out / "steps" / f"step_{step:04d}" / "candidate_skill.md" for step in steps]
    return [text.read_text("utf-8") for text in texts]
