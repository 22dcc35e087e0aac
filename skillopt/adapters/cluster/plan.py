"""What a worker is built from, and what it says of itself: the same on every node, or no run."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from skillopt.adapters.processes import Fence
from skillopt.core.evaluation.rollout import Usage
from skillopt.errors import SettingsError, SkilloptError


@dataclass(frozen=True)
class CheckPlan:
    """What the checks of a worker are built from."""

    folder: str
    """Where modules of callables lie and commands run."""
    fence: Fence
    isolates: bool
    """Callables of modules run in processes of their own."""


@dataclass(frozen=True)
class Plan:
    """What a worker is built from."""

    folder: str
    """The working folder."""
    paths: tuple[str, ...]
    """Where modules are imported from."""
    env: Mapping[str, str] = field(repr=False)
    """Variables that commands find in their environment, beside those of the node."""
    checks: CheckPlan
    calls: tuple[str, ...] = ()
    """The callables of modules that checks call."""
    target: bytes | None = None
    """What :func:`packed` has made of the target; None where it stays in the program."""


@dataclass(frozen=True)
class Facts:
    """What must not differ between the program and a worker."""

    skillopt: str
    """The version of skillopt."""
    target: str | None
    """Digest of all that shapes the target's answers; None where it stays in the program."""
    checks: Mapping[str, str]
    """Digest of each callable's module."""


@dataclass(frozen=True)
class Done:
    """What a call in a worker returned."""

    value: Any
    spent: Usage = Usage()  # noqa: RUF009 - frozen


@dataclass(frozen=True)
class Failed:
    """The error that a call in a worker ended with."""

    error: SkilloptError
    spent: Usage = Usage()  # noqa: RUF009 - frozen


def packed(recipe: Callable[..., Any]) -> bytes:
    """The builder of a target for another process: its function travels as a name.

    Raises:
        SettingsError: it is no function that another process can import.
    """
    function = next(iter(getattr(recipe, "args", ())), None)
    if getattr(function, "__module__", None) == "__main__":
        raise _not_importable(function, "it is defined in the program's main module")
    try:
        return pickle.dumps(recipe)
    except Exception as error:  # noqa: BLE001 - pickling asks foreign code
        raise _not_importable(function, str(error)) from None


def _not_importable(function: object, why: str) -> SettingsError:
    shown = getattr(function, "__qualname__", type(function).__name__)
    return SettingsError(
        f"workers of a cluster cannot import the target {shown}: {why}; define it at the top level "
        "of a module, or leave `workers` out"
    )


def installed_version() -> str:
    """The version of skillopt; empty where it runs from its sources alone."""
    try:
        return version("skillopt-ledger")
    except PackageNotFoundError:
        return ""


def difference(here: Facts, there: Facts) -> str | None:
    """What differs between the program and a worker, in words; None for nothing."""
    if here.skillopt != there.skillopt:
        return f"skillopt is {there.skillopt or 'without a version'} there, {here.skillopt} here"
    if here.target != there.target:
        return "the target's program or files are missing there, or differ"
    changed = [call for call, digest in here.checks.items() if there.checks.get(call) != digest]
    return f"the module of the check {changed[0]} is another one there" if changed else None
