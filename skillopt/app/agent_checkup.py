"""What doctor says of an agent with a command line. No model is called."""

from __future__ import annotations

import os
import shutil

from skillopt.adapters.targets.agent_version import agent_version
from skillopt.app.finding import Finding
from skillopt.app.wiring import fence_of
from skillopt.core.agents.form import AgentForm
from skillopt.core.agents.presets import Preset
from skillopt.core.settings import Settings
from skillopt.errors import SettingsError


def about_agent(settings: Settings) -> list[Finding]:
    """Whether the agent is there, its version, and what it may lack; nothing without one."""
    form = settings.agent
    if form is None:
        return []
    try:
        form.told(model=settings.agent_model, args=settings.agent_args)
        says = _found(form, settings)
    except SettingsError as error:
        mend = form.install if isinstance(form, Preset) and form.install else None
        return [Finding(level="missing", about="agent", says=str(error), mend=mend)]
    found = [Finding(level="good", about="agent", says=says)]
    return found + [
        Finding(level="warning", about="agent", says=warning, mend=mend)
        for warning, mend in _warnings(form, settings)
    ]


def _found(form: AgentForm, settings: Settings) -> str:
    """Its version, or where its program is.

    Raises:
        SettingsError: it is not there, or does not say.
    """
    if form.version:
        return f"{form.name}: {agent_version(form, fence=fence_of(settings))}"
    place = shutil.which(form.command[0])
    if place is None:
        raise SettingsError(
            f"the agent {form.name!r} is the command {form.command[0]!r}, which is not on PATH; "
            "install it, or write the path to it"
        )
    return f"{form.name}: {place}"


def _warnings(form: AgentForm, settings: Settings) -> list[tuple[str, str | None]]:
    found: list[tuple[str, str | None]] = []
    if settings.sandbox:
        says = "sandbox is on: the agent has no network, and cannot reach a hosted model"
        found.append((says, "leave --sandbox out, and use the agent's own sandbox"))
    keys = form.key_names if isinstance(form, Preset) else ()
    held_back = [key for key in keys if os.environ.get(key) and key not in settings.pass_env]
    if held_back and not set(keys) & set(settings.pass_env):
        says = f"{held_back[0]} is set here, and is not passed to the agent"
        found.append((says, f"--pass-env {held_back[0]}, unless the agent is logged in"))
    return found
