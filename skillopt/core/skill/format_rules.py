"""The rules of the Agent Skills format for front matter (agentskills.io/specification)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from skillopt.core.skill.front_matter import KNOWN_KEYS, FrontMatter

LONGEST_NAME = 64
LONGEST_DESCRIPTION = 1024
LONGEST_COMPATIBILITY = 500
"""Characters."""

_NAME = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_WAYS_OUT = (
    ("\\t", "indent with spaces"),
    ("mapping values are not allowed", "put the value in quotes, it has a colon"),
)


def format_flaws(found: FrontMatter, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """What a validator of the format objects to, the folder's name aside.

    Args:
        found: the front matter.
        fields: its keys, as they were read from it.
    """
    return (
        *_yaml_flaws(found),
        *(f"front matter has no `{key}`" for key in ("name", "description") if not fields.get(key)),
        *_name_flaws(fields.get("name")),
        *_text_flaws(fields, "description", LONGEST_DESCRIPTION),
        *_text_flaws(fields, "compatibility", LONGEST_COMPATIBILITY),
        *_text_flaws(fields, "license", None),
        *_text_flaws(fields, "allowed-tools", None),
        *_metadata_flaws(fields.get("metadata")),
        *(
            f"front matter key `{key}` is not in the Agent Skills format (kept)"
            for key in sorted(set(fields) - set(KNOWN_KEYS))
        ),
    )


def folder_flaw(name: str | None, folder: str) -> str | None:
    """Why a `SKILL.md` with ``name`` may not lie in ``folder``, or None."""
    if name is None or _form(name) == _form(folder):
        return None
    return (
        f"`name` is {name[:80]!r}, and the skill's folder is {folder[:80]!r}; the format wants one "
        "name: rename one of them"
    )


def _yaml_flaws(found: FrontMatter) -> Iterator[str]:
    try:
        root = yaml.compose(found.content, Loader=yaml.SafeLoader)
        yaml.safe_load(found.content)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" (line {found.line + mark.line})" if mark else ""
        problem = error.problem or error.context or "it cannot be read"
        way_out = next((way for sign, way in _WAYS_OUT if sign in problem), "correct that line")
        yield f"front matter is not valid YAML{line}: {problem}; {way_out}"
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        yield f"front matter is not valid YAML: {' '.join(str(error).split())[:120]}"
    else:
        if isinstance(root, yaml.MappingNode):
            yield from _repeated_keys(root, found.line)
        elif root is not None:
            yield "front matter is not a list of keys and values"


def _repeated_keys(root: yaml.MappingNode, first_line: int) -> Iterator[str]:
    nodes: list[yaml.Node] = [root]
    passed: set[int] = set()
    while nodes:
        node = nodes.pop()
        if id(node) in passed:
            continue
        passed.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            nodes += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        lines: dict[str, int] = {}
        for key, value in node.value:
            nodes.append(value)
            line = first_line + key.start_mark.line
            if isinstance(key, yaml.ScalarNode) and lines.setdefault(key.value, line) != line:
                yield (
                    f"front matter key `{key.value[:80]}` occurs twice (lines {lines[key.value]} "
                    f"and {line}); clients read the last one or none: remove one"
                )


def _name_flaws(name: Any) -> Iterator[str]:
    if not isinstance(name, str):
        yield from _not_text("name", name)
    elif len(name) > LONGEST_NAME:
        yield f"`name` has {len(name)} characters; the format allows {LONGEST_NAME}"
    elif name and not (_NAME.fullmatch(_form(name)) and name == name.lower()):
        yield f"invalid `name` {name!r}: use lowercase letters, digits and single hyphens"


def _text_flaws(fields: Mapping[str, Any], key: str, longest: int | None) -> Iterator[str]:
    value = fields.get(key)
    if not isinstance(value, str):
        yield from _not_text(key, value)
    elif not value.strip():
        yield f"`{key}` is empty"
    elif longest is not None and len(value) > longest:
        yield f"`{key}` has {len(value)} characters; the format allows {longest}"


def _metadata_flaws(metadata: Any) -> Iterator[str]:
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        yield "`metadata` must be keys and values"
        return
    for key, value in metadata.items():
        if not isinstance(value, str):
            yield f"`metadata` {str(key)[:80]!r} is not text: put {str(value)[:80]} in quotes"


def _not_text(key: str, value: Any) -> Iterator[str]:
    if value is not None and value != "":
        yield f"`{key}` is not text: put {str(value)[:80]} in quotes"


def _form(name: str) -> str:
    return unicodedata.normalize("NFKC", name)
