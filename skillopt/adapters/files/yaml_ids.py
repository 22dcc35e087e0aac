"""Where in a YAML validation set the tasks' ids stand, so that something can be written beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class IdSpot(NamedTuple):
    """A task's id in the text."""

    end: int
    """The character after its value."""
    column: int
    """Of its key, from 0."""
    in_braces: bool
    """The task is written as `{...}`, not as lines."""
    quoted: bool
    """Its key is in double quotes."""


@dataclass
class _Open:
    """A list or mapping that is being read."""

    event: Any
    key: Any = None
    """In a mapping: the key whose value comes next; None where a key comes next."""
    index: int = -1
    """In a list: the element that is being read."""
    name: str | int | None = None
    """The key, or the index, of what is being read."""

    def takes(self, event: Any) -> Any:
        """Go on to ``event``; its key where it is the value of one."""
        if isinstance(self.event, yaml.SequenceStartEvent):
            self.index += 1
            self.name = self.index
            return None
        if self.key is None:
            self.key = event
            return None
        key, self.key = self.key, None
        self.name = getattr(key, "value", None)
        return key


def id_spots(text: str) -> dict[int, IdSpot]:
    """The ids by the number of their task, as far as they are written there and on one line.

    Args:
        text: of a validation set that can be read.
    """
    found: dict[int, IdSpot] = {}
    opened: list[_Open] = []
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
        elif isinstance(event, yaml.NodeEvent):
            key = opened[-1].takes(event) if opened else None
            names = [part.name for part in opened]
            if key is not None and isinstance(event, yaml.ScalarEvent):
                match names:
                    case ["tasks", int(index), "id"] if _on_one_line(key, event):
                        found[index] = _spot(opened[-1].event, key, event)
            if isinstance(event, yaml.CollectionStartEvent):
                opened.append(_Open(event))
    return found


def _on_one_line(key: Any, value: Any) -> bool:
    return bool(key.start_mark.line == value.end_mark.line)


def _spot(mapping: Any, key: Any, value: Any) -> IdSpot:
    return IdSpot(
        end=value.end_mark.index,
        column=key.start_mark.column,
        in_braces=bool(mapping.flow_style),
        quoted=key.style == '"',
    )
