"""The records under which runs enter the ledger, and the fingerprints that find them again."""

from __future__ import annotations

import getpass
import os
import secrets
import time
from pathlib import Path
from typing import Any

from skillopt.adapters.files.settings_file import project_of
from skillopt.app.job import Job
from skillopt.core.history.run import NOBODY, RunKind, RunRecord
from skillopt.core.skill.skill import Skill
from skillopt.core.value import content_hash
from skillopt.engine.context import Setup
from skillopt.ports import Model


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
    inputs, judge = job.inputs, setup.grader.judge
    fields = {
        "fingerprint": content_hash([kind, name]),
        "optimizer": NOBODY,
        "first": inputs.skill.digest,
        "skill_name": inputs.name,
        "skill_path": inputs.skill_path,
        "validation_set": inputs.validation_set.digest,
        "target": inputs.settings.model("target") or setup.target.identity,
        "judge": (inputs.settings.model("judge") or judge.identity) if judge else None,
        "settings": setup.settings,
        "self_judged": job.self_judged,
        "user": _user(),
    }
    return RunRecord(id=name, kind=kind, started=now, **{**fields, **more})


def _user() -> str | None:
    """The login name, as far as the system knows one."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        return None


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
