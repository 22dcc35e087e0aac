"""One run of ours, in an environment of its own (started by forked.py).

All settings are at their defaults but for the limit: rounds and patience are out of its way, so that it
is the calls that end the run, as with the others. The sealed test is opened, and its calls count.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import skillopt
from skillopt.adapters.models.library import load_litellm
from skillopt.core.evaluation.checks import Exact
from skillopt.core.skill.edit import apply

LOADED = ("skillopt.app.tune", "skillopt.adapters.ledger.store", "skillopt.engine.graph")


def load() -> None:
    """What a run imports."""
    for name in LOADED:
        import_module(name)
    load_litellm()


def main(path: Path) -> None:
    """Run, and write what came out."""
    job = json.loads(path.read_text("utf-8"))
    folder = Path(job["folder"])
    first = folder / "which-desk.md"
    if not first.exists():
        first.write_text(job["skill"], "utf-8")
    run = skillopt.tune(
        first,
        validation_set=tasks(job["tasks"]),
        target="openai/target",
        optimizer="openai/optimizer",
        api_base=job["base"],
        ledger=folder / "ledger.db",
        write=False,
        seed=job["seed"],
        max_calls=job["budget"],
        rounds=100,
        patience=100,
    )
    ships = run.skill is run.last
    outcome = {
        "final": run.skill.text,
        "best": texts(run),
        "kept": texts(run),
        "claimed": run.sealed.difference if run.sealed and ships else 0.0,
        "shipped": run.shipped,
        "calls": run.usage.calls,
    }
    (folder / "outcome.json").write_text(json.dumps(outcome), "utf-8")


def tasks(given: list[dict[str, Any]]) -> skillopt.ValidationSet:
    """Right is the desk, exactly."""
    made = tuple(
        skillopt.Task(
            id=f"{task['split']}-{task['id']}",
            split=task["split"],
            input=task["input"],
            expected=task["desk"],
            checks=(Exact(type="exact", criterion="desk"),),
        )
        for task in given
    )
    return skillopt.ValidationSet(name="desks", criteria={"desk": "The right one."}, tasks=made)


def texts(run: Any) -> list[str]:
    """The first version and the accepted ones."""
    version = run.first
    found = [version.text]
    for round_ in run.rounds:
        if round_.decision.kind == "accepted" and round_.proposal:
            version = apply(version, round_.proposal.edits)
            found.append(version.text)
    return found
