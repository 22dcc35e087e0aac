"""`pytest --skillopt SKILL`: each validation task is a test.

Loaded with every pytest run, so it imports nothing of skillopt, and registers nothing, unless the
option is given.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options."""
    group = parser.getgroup("skillopt", "validation tasks of skills")
    group.addoption(
        "--skillopt",
        action="append",
        default=[],
        metavar="SKILL",
        help="Run the validation tasks of a skill (SKILL.md, its folder, any Markdown file) as "
        "tests. Repeatable. Without other paths only these are run.",
    )
    group.addoption(
        "--skillopt-base",
        metavar="REF",
        help="Compare with the skill as git has it at REF; by default with the version that the "
        "ledger has accepted last.",
    )
    group.addoption(
        "--skillopt-max-calls",
        type=int,
        metavar="N",
        help="Maximum number of calls to models, for each skill.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the skills that were named."""
    named: list[str] = config.getoption("--skillopt")
    if not named:
        return
    from skillopt.cli.pytest_tasks import SkillTasks

    folder = config.invocation_params.dir
    try:
        plugin = SkillTasks(config, [folder / Path(one) for one in named])
    except Exception as error:
        from skillopt.errors import SkilloptError

        if isinstance(error, SkilloptError):
            raise pytest.UsageError(f"--skillopt: {error}") from None
        raise
    config.pluginmanager.register(plugin, "skillopt-tasks")
