"""One run of the ablation bench, and the file of results that a killed bench goes on from."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import JsonValue

import skillopt
from skillopt.core.skill.edit import apply
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, content_hash
from tests.benchmarks.ledger_pays import SECOND_SEED, Job, job_of, score
from tests.benchmarks.results_file import read_lines

READER = argparse.Namespace(noise=0.0)
"""Truth is measured with a reader that does not err."""
NOTHING = 1e-9


class Arm(Value):
    """What a run is made with; two mechanisms with an equal side share its run."""

    set: str
    seed: int
    settings: dict[str, JsonValue]
    """Those that differ from their defaults."""
    second: bool
    """A second run, from the ledger of a first one with the default settings."""
    rounds: int
    max_calls: int
    intents: int | None
    """Drawn by the seed, for Banking77; None for a sample."""

    @property
    def key(self) -> str:
        """Names the run in the file of results."""
        return content_hash(self.model_dump(mode="json"))

    def __str__(self) -> str:
        changed = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.set}, seed {self.seed}, {changed or 'defaults'}" + ", second" * self.second


class Result(Value):
    """What a run came to."""

    arm: Arm
    gain: float
    """True gain of the last version over the first, in points: on all sealed tasks."""
    calls: int
    """All that the run paid, its sealed test included."""
    accepted: int
    useless: int
    """Accepted proposals whose own true gain is not above zero."""
    chars: int
    """Length of the last version."""


def measure(arm: Arm, data: Path | None) -> Result:
    """Tune, and measure every accepted version outside of the run and its bill."""
    job = job_of(arm.set, arm.seed, argparse.Namespace(banking77=data, intents=arm.intents))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "SKILL.md"
        path.write_bytes(job.skill.to_bytes())
        if arm.second:
            _tune(job, path, arm, arm.seed, {})
        seed = arm.seed + SECOND_SEED if arm.second else arm.seed
        run = _tune(job, path, arm, seed, arm.settings)
        scores: dict[str, float] = {}

        def true(version: Skill) -> float:
            if version.digest not in scores:
                scores[version.digest] = score(job, path, version, READER)
            return scores[version.digest]

        steps = [true(after) - true(before) for before, after in accepted_steps(run)]
        return Result(
            arm=arm,
            gain=100 * (true(run.last) - true(run.first)),
            calls=run.usage.calls,
            accepted=len(steps),
            useless=sum(step <= NOTHING for step in steps),
            chars=len(run.last.text),
        )


def accepted_steps(run: skillopt.Run) -> Iterator[tuple[Skill, Skill]]:
    """The version before and after each proposal that was accepted for a gain.

    A run may have left some of them.
    """
    versions = {run.first.digest: run.first}
    for round_ in run.rounds:
        if round_.decision.kind == "accepted" and round_.proposal:
            before = versions[round_.parent]
            after = apply(before, round_.proposal.edits)
            assert isinstance(after, Skill)
            versions[after.digest] = after
            if not round_.against:
                yield before, after


def _tune(
    job: Job, path: Path, arm: Arm, seed: int, settings: dict[str, JsonValue]
) -> skillopt.Run:
    options: dict[str, Any] = {
        "rounds": arm.rounds,
        "patience": max(1, arm.rounds),
        "max_calls": arm.max_calls,
        "optimizer_params": {"seed": seed},
        **settings,
    }
    return skillopt.tune(
        path,
        validation_set=job.tasks,
        target="practice/reader",
        optimizer="practice/mentor",
        ledger=path.parent / "ledger.db",
        write=False,
        seed=seed,
        **options,
    )


def read_results(path: Path) -> dict[str, Result]:
    """The results so far by the key of their arm.

    Raises:
        ValueError: a whole line is no result.
    """
    return {result.arm.key: result for result in read_lines(path, Result)}
