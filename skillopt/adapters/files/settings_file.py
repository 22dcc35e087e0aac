"""Settings from `skillopt.toml`, or from `[tool.skillopt]` in `pyproject.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from skillopt.errors import SettingsError

FILE, PROJECT = "skillopt.toml", "pyproject.toml"
_PATHS = ("neighbours", "triggers")
_MARKS = (".skillopt", FILE, PROJECT, ".git")


def project_of(path: Path) -> Path:
    """The project a file belongs to: the nearest folder upwards that is marked as one.

    The marks are `.skillopt`, `skillopt.toml`, `pyproject.toml` and `.git`; without any of them the
    project is the working directory, so that nothing is written into a skill's own folder.
    """
    return _marked(path if path.is_dir() else path.parent) or Path.cwd()


def project_mark(folder: Path) -> str | None:
    """What marks ``folder`` itself as a project, or None."""
    return next((mark for mark in _MARKS if (folder / mark).exists()), None)


def in_project(folder: Path) -> bool:
    """Whether ``folder``, or one above it, has the mark of a project."""
    return _marked(folder.absolute()) is not None


def _marked(start: Path) -> Path | None:
    for folder in (start, *start.parents):
        if project_mark(folder):
            return folder
    return None


def read_settings(project: Path) -> list[tuple[str, dict[str, Any]]]:
    """The settings files of a project, strongest first: where, and the values.

    A relative path of a ledger, of neighbours or of a trigger set is one from the project's folder,
    wherever the command runs.

    Raises:
        SettingsError: a file is not TOML, or its settings are not a table.
    """
    found = []
    own = _table(project / FILE, ())
    if own is not None:
        found.append((str(project / FILE), _from_project(own, project)))
    shared = _table(project / PROJECT, ("tool", "skillopt"))
    if shared is not None:
        place = f"{project / PROJECT} [tool.skillopt]"
        found.append((place, _from_project(shared, project)))
    return found


def _from_project(settings: dict[str, Any], project: Path) -> dict[str, Any]:
    paths = {name: settings[name] for name in ("ledger", *_PATHS) if settings.get(name)}
    placed = {
        name: str(project / path)
        for name, path in paths.items()
        if isinstance(path, str) and "://" not in path
    }
    return {**settings, **placed}


def _table(path: Path, keys: tuple[str, ...]) -> dict[str, Any] | None:
    try:
        content: Any = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {error}") from None
    for key in keys:
        content = content.get(key) if isinstance(content, dict) else None
        if content is None:
            return None
    if not isinstance(content, dict):
        raise SettingsError(f"{path}: [{'.'.join(keys)}] must be a table, got {content!r}")
    return content
