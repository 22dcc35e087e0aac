"""`$ref` in a promptfoo config: assertions that are written once, in `assertionTemplates`.

Follows promptfoo's page "Assertions & metrics", "Using assertion templates".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 20
"""References to references."""


def with_templates(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config with what its references name in their place; one that names nothing stays."""
    return {
        name: _resolved(value, config) if name in {"tests", "defaultTest", "scenarios"} else value
        for name, value in config.items()
    }


def _resolved(content: Any, config: Mapping[str, Any]) -> Any:
    match content:
        case {"$ref": str()}:
            return _named(content, config)
        case dict():
            return {name: _resolved(value, config) for name, value in content.items()}
        case list():
            return [_resolved(one, config) for one in content]
        case _:
            return content


def _named(content: Mapping[str, Any], config: Mapping[str, Any]) -> Any:
    """What a reference names; references inside of that stay, or they could multiply."""
    here: dict[str, Any] = dict(content)
    for _ in range(DEEPEST):
        path = here.pop("$ref", None)
        if path is None:
            return here
        named = _at(config, path) if isinstance(path, str) and path.startswith("#/") else None
        if not isinstance(named, Mapping):
            return content
        here = {**named, **here}
    return content


def _at(config: Any, path: str) -> Any:
    here = config
    for part in path.removeprefix("#/").split("/"):
        if not isinstance(here, Mapping) or part not in here:
            return None
        here = here[part]
    return here
