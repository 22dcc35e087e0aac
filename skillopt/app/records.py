"""How runs enter the ledger: tuning runs, edits at the gate, evaluations, A/A tests."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from skillopt.adapters.checks import OwnCheck
from skillopt.adapters.models import OwnModel
from skillopt.adapters.targets import OwnTarget
from skillopt.app.inputs import Inputs
from skillopt.app.wiring import Own, Wired
from skillopt.core.history.run import RunKind, RunRecord
from skillopt.core.value import digest_of
from skillopt.engine.context import RunContext
from skillopt.ports import Model, Target

NOBODY = "nobody"
"""The optimizer of a run in which nothing is proposed."""


def run_record(inputs: Inputs, parts: Wired, *, kind: RunKind, **more: Any) -> RunRecord:
    """A run that begins now.

    Args:
        inputs: what the command was given.
        parts: what was wired for it.
        kind: which command it is.
        more: fields of :class:`RunRecord` that this kind has beside.
    """
    now = time.time()
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now))
    name = f"{stamp}-{secrets.token_hex(3)}"
    settings, context = inputs.settings, parts.context
    judge = context.grader.judge
    fields = {
        "fingerprint": digest_of([kind, name]),
        "optimizer": NOBODY,
        "first": inputs.skill.digest,
        "skill_name": inputs.name,
        "skill_path": within(inputs.project, inputs.path) if inputs.path else None,
        "validation_set": inputs.validation_set.digest,
        "target": settings.model("target") or context.target.identity,
        "judge": (settings.model("judge") or judge.identity) if judge else None,
        "settings": context.settings,
        "self_judged": parts.self_judged,
    }
    return RunRecord(id=name, kind=kind, started=now, **{**fields, **more})


def tuning_fingerprint(inputs: Inputs, context: RunContext, writes_to: Path | None) -> str:
    """Names a tuning run by all that shapes it: the same call finds its unfinished run by it."""
    return digest_of(
        [
            str(inputs.path.resolve()) if inputs.path else [inputs.name, inputs.skill.digest],
            str(writes_to),
            inputs.validation_set.digest,
            context.target_identity,
            context.optimizer.identity,
            context.settings.model_dump(mode="json"),
        ]
    )


def noise_fingerprint(context: RunContext) -> str:
    """Names what run noise is a fact about: target (and judge) and tasks."""
    return digest_of(["aa", context.target_identity, context.validation_set.digest])


def within(project: Path, path: Path) -> str:
    """``path`` as it is called in its project, wherever that lies."""
    return os.path.relpath(path.resolve(), project)


def seats(
    target: OwnTarget | Target | str | None,
    optimizer: OwnModel | Model | str | None,
    judge: OwnModel | Model | str | None,
    checks: Mapping[str, OwnCheck] | None,
) -> tuple[dict[str, str], Own]:
    """The roles that are named by strings, and those that the caller fills."""
    given = {"target": target, "optimizer": optimizer, "judge": judge}
    named = {role: seat for role, seat in given.items() if isinstance(seat, str)}
    own = Own(
        target=None if isinstance(target, str) else target,
        optimizer=None if isinstance(optimizer, str) else optimizer,
        judge=None if isinstance(judge, str) else judge,
        checks=checks or {},
    )
    return named, own


def seats_without_optimizer(
    target: OwnTarget | Target | str | None,
    judge: OwnModel | str | None,
    checks: Mapping[str, OwnCheck] | None,
) -> tuple[dict[str, str], Own]:
    """The same where nothing is proposed."""
    return seats(target, _silent, judge, checks)


def _silent(_messages: list[dict[str, str]]) -> str:
    """Nothing is proposed here."""
    return ""
