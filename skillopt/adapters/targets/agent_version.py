"""What an agent says of its version: part of what it is."""

from __future__ import annotations

import shutil
import subprocess

from skillopt.adapters.processes import Fence, own_folder
from skillopt.adapters.secrets import redacted
from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.presets import Preset
from skillopt.errors import SettingsError

SECONDS = 60.0
"""For an agent to print its version."""


def agent_version(form: AgentForm, *, fence: Fence) -> str:
    """What the agent prints for its version, in one line.

    Raises:
        SettingsError: there is no such program, or it does not say.
    """
    program = form.version[0]
    if shutil.which(program) is None:
        raise SettingsError(_missing(form, program))
    with own_folder() as own:
        order = fence.order(form.version, own=own, cwd=own, within=SECONDS, env=form.env)
        try:
            done = subprocess.run(  # noqa: S603 - the agent itself
                list(order.argv),
                env=dict(order.env),
                cwd=own,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise SettingsError(
                f"`{' '.join(form.version)}` took over {SECONDS:g} s; run it yourself to see why"
            ) from None
        except OSError as error:
            raise SettingsError(
                f"`{' '.join(form.version)}` cannot be run: {error.strerror}"
            ) from None
    said = redacted(done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0 or not said:
        err = redacted(done.stderr.decode("utf-8", "replace"))
        raise SettingsError(
            f"`{' '.join(form.version)}` does not say a version (exit code {done.returncode}): "
            f"{err or 'nothing'}; the version is part of the target's identity in the ledger"
        )
    return said


def _missing(form: AgentForm, program: str) -> str:
    install = form.install if isinstance(form, Preset) else ""
    way_out = f"install it ({install})" if install else "install it"
    return (
        f"the agent {form.name!r} is the command {program!r}, which is not on PATH; {way_out}, or "
        "write where it is as the agent's `command`"
    )
