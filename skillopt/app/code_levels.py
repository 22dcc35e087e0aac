"""How the user's code of a run is held, in words."""

from __future__ import annotations

from collections.abc import Iterator

from skillopt.adapters.checks import OWN
from skillopt.app.job import Job
from skillopt.core.evaluation.checks import Command, Python
from skillopt.core.events import CodeRuns

SANDBOXED = "in a sandbox (no network, read-only system)"
FENCED = "fenced (chosen environment, resource limits; network and your files are open)"
WORKER = "in a worker process (it may crash; your files are open)"
HERE = "in this process (no limits but time)"
CLUSTER = "in workers of a Ray cluster (no limits but time)"


def code_runs(job: Job) -> CodeRuns | None:
    """Which code the run executes, and how it is held; None where it executes none."""
    levels: dict[str, list[str]] = {}
    for what, level in _held(job):
        levels.setdefault(level, []).append(what)
    if not levels:
        return None
    held = "; ".join(f"{' and '.join(what)} {level}" for level, what in levels.items())
    return CodeRuns(says=f"runs code: {held}; see docs/security.md")


def _held(job: Job) -> Iterator[tuple[str, str]]:
    settings = job.inputs.settings
    checks = [check for task in job.inputs.validation_set.tasks for check in task.checks]
    command = SANDBOXED if settings.sandbox else FENCED
    here = HERE if settings.workers is None else CLUSTER
    if job.roles.target is not None:
        yield "the target", here
    elif settings.agent is not None:
        yield f"the agent {settings.agent.name}", command
    elif settings.target_command is not None:
        yield "the target command", command
    if any(isinstance(check, Command) for check in checks):
        yield "command checks", command
    called = [check for check in checks if isinstance(check, Python)]
    of_modules = [check for check in called if not check.call.startswith(OWN)]
    if len(of_modules) < len(called):
        yield "checks of the calling program", HERE
    if any(check.isolated or settings.isolates for check in of_modules):
        yield "Python checks", SANDBOXED if settings.sandbox else WORKER
    if not settings.isolates and any(not check.isolated for check in of_modules):
        yield "Python checks", here
