"""The side a proposal is asked for from: what the blocks `angle` and `leave` tell the mentor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Side(NamedTuple):
    """What the mentor makes of the two blocks; it knows no way to choose a section."""

    deletion: bool = False
    """Only delete."""
    bound: bool = False
    """Nothing else will do."""
    broke: tuple[str, ...] = ()
    """Rollouts on tasks that a first proposal of the round broke when it was rehearsed."""
    proposed: str = ""
    """What others of the round propose, written like refused edits: not to be proposed again."""


def side_of(data: Mapping[str, str]) -> Side:
    """The side that the prompt asks for; the free one where it asks for none."""
    angle, leave = _content(data.get("angle", "")), _content(data.get("leave", ""))
    rehearsal = _content(data.get("rehearse", ""))
    bound = leave.get("way") == "deletion"
    drafts = [draft for draft in _list(angle.get("proposed")) if isinstance(draft, dict)]
    lines = [json.dumps(edit) for draft in drafts for edit in _list(draft.get("edits"))]
    told = "\n".join(["refused: proposed in this round already", *map("  {}".format, lines)])
    return Side(
        deletion=bound or angle.get("angle") == "deletion",
        bound=bound,
        broke=tuple(map(str, _list(rehearsal.get("broke")))),
        proposed=f"\n{told}" if lines else "",
    )


def _content(block: str) -> dict[str, Any]:
    try:
        found = json.loads(block)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
