"""The records under which runs enter the ledger, and the fingerprints that find them again."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from skillopt.adapters.files.settings_file import project_of
from skillopt.adapters.user_code import Identified
from skillopt.app.job import Job
from skillopt.app.person import login_name
from skillopt.core.history.own_target import OwnTarget
from skillopt.core.history.run import NOBODY, RunKind, RunRecord
from skillopt.core.loop_settings import SpendLimits
from skillopt.core.settings import Settings
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.context import Setup
from skillopt.ports import Model, Target


def run_record(job: Job, setup: Setup, *, kind: RunKind, **more: Any) -> RunRecord:
    """A run that starts now.

    Args:
        job: what the command was given.
        setup: what was built for it.
        kind: which command it is.
        more: further fields of :class:`RunRecord`.
    """
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    name = f"{stamp}-{secrets.token_hex(3)}"
    inputs, judge = job.inputs, setup.grader.judge or setup.comparer
    fields = {
        "fingerprint": content_hash([kind, name]),
        "own_target": _own_target(setup.target) if job.own_target else None,
        "optimizer": NOBODY,
        "first": inputs.skill.digest,
        "skill_name": inputs.name,
        "skill_path": inputs.skill_path,
        "validation_set": inputs.validation_set.digest,
        "target": setup.target.identity if job.own_target else inputs.settings.model("target"),
        "judge": (inputs.settings.model("judge") or judge.identity) if judge else None,
        "settings": setup.settings,
        "limits": _limits(inputs.settings),
        "self_judged": job.self_judged,
        "user": login_name(),
    }
    return RunRecord(id=name, kind=kind, started=now, **{**fields, **more})


def _limits(settings: Settings) -> SpendLimits | None:
    limits = settings.limits()
    return None if limits == SpendLimits() else limits


def _own_target(target: Target) -> OwnTarget:
    """A target of the caller's own; an object of another class names itself."""
    if isinstance(target, Identified):
        return target.own_target
    return OwnTarget(name=type(target).__qualname__, identity="named")


def tuning_fingerprint(job: Job, setup: Setup, optimizer: Model, writes_to: Path | None) -> str:
    """Names a tuning run by all that shapes it, so that the same call finds its unfinished run."""
    inputs = job.inputs
    return content_hash(
        [
            str(inputs.path.resolve()) if inputs.path else [inputs.name, inputs.skill.digest],
            str(writes_to),
            inputs.validation_set.digest,
            setup.target_identity,
            optimizer.identity,
            setup.settings.model_dump(mode="json"),
            *([setup.comparer.identity] if setup.comparer else []),
        ]
    )


def unidentified_fingerprint(
    job: Job, setup: Setup, optimizer: Model, writes_to: Path | None, unknown: Collection[str]
) -> str:
    """Names a tuning run with roles that have no identity, by all else that shapes it.

    No run is resumed under it: it only finds out that there is one that has not finished.

    Args:
        job: what the command was given.
        setup: what was built for it.
        optimizer: the optimizer.
        writes_to: the file that it writes.
        unknown: the roles that have no identity.
    """
    inputs, rest = job.inputs, set(unknown) - {"optimizer"}
    own = _own_target(setup.target).name if job.own_target else inputs.settings.model("target")
    return content_hash(
        [
            "unidentified",
            str(inputs.path.resolve()) if inputs.path else [inputs.name, inputs.skill.digest],
            str(writes_to),
            inputs.validation_set.digest,
            own if rest else setup.target_identity,
            None if "optimizer" in unknown else optimizer.identity,
            sorted(unknown),
            setup.settings.model_dump(mode="json"),
        ]
    )


def edit_fingerprint(
    setup: Setup, old: Skill, new: Skill, *, number: int, about: str | None
) -> str:
    """Names a single edit's test by all that its verdict depends on: the same is asked only once.

    Args:
        setup: what was built for it.
        old: the incumbent.
        new: the edited version.
        number: the round whose order of tasks is used.
        about: the entry whose edits are tested again; None for a hand-written edit.
    """
    settings = setup.settings.model_dump(mode="json")
    versions = [setup.skill_name, old.digest, new.digest]
    return content_hash(["gate", setup.fact, versions, settings, number, about])


def noise_fingerprint(setup: Setup) -> str:
    """Names what run noise is measured for: target (and judge) and tasks."""
    return content_hash(["aa", setup.target_identity, setup.validation_set.digest])


def recorded_skill(record: RunRecord) -> Path | None:
    """The skill's file of a run, as a path from here; None where it was given as a value."""
    if record.skill_path is None:
        return None
    return Path(os.path.relpath(project_of(Path.cwd()) / record.skill_path))
