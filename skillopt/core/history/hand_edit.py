"""Where a hand-written edit comes from: its two files, and what git knows of them."""

from __future__ import annotations

from typing import Literal

from skillopt.core.value import Value


class FileOrigin(Value):
    """A file as it was when its text entered the ledger."""

    path: str
    """Within the project from its folder on, elsewhere absolute."""
    commit: str | None = None
    """Hash of the last commit that changed the file; None where git has none."""
    author: str | None = None
    """Who wrote that commit: name and address."""
    committed: str | None = None
    """When, ISO 8601."""
    state: Literal["committed", "modified", "untracked"] | None = None
    """Whether the file differs from that commit; None where it is in no repository."""


class HandEdit(Value):
    """The two files of an edit that a person wrote; None for a version given as a value."""

    old: FileOrigin | None
    new: FileOrigin | None
