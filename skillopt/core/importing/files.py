"""The files that a record brings along, once they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skillopt.core.importing.fields import Unreadable
from skillopt.core.importing.values import Fields, Tally

UNREAD = "unread"
"""In the place of a file's content: why it cannot be had."""
OF_SKILL = "of_skill"
"""In its place: that it is a file of the skill, which the target has anyway."""


def files_of(record: Mapping[str, Any], tally: Tally) -> Fields:
    """A task's `files`: text by path, or where the file lies.

    Raises:
        Unreadable: one of them cannot be had.
    """
    given = record.get("files")
    if not given:
        return {}
    if not isinstance(given, Mapping):
        raise Unreadable("its `files` are no paths of files")
    found: Fields = {}
    for path, content in given.items():
        if isinstance(content, Mapping) and UNREAD in content:
            raise Unreadable(f"its `files`: {content[UNREAD]}")
        if isinstance(content, Mapping) and OF_SKILL in content:
            tally.note("`files` of the skill itself are not copied: the target has the skill")
        else:
            found[path] = content
    return found
