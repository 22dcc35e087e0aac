"""Which files a write of a skill touched, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skillopt.adapters.files.folder_write import Change
from skillopt.core.skill.skill_file import SKILL_MD

MOST_NAMED = 5
"""Files that are named for each thing that was done."""


def written_note(path: Path, own: Path, root: Path, changes: Sequence[Change]) -> str:
    """What was written and deleted in a skill's folder, by paths that a person can open.

    Args:
        path: the skill's file or folder, as it was named.
        own: the file that is its SKILL.md.
        root: its folder.
        changes: what was done; at least one.
    """
    folder = _named_folder(path, root)
    if any(change.path == SKILL_MD and change.before is None for change in changes):
        return f"written to {folder / own.name if len(changes) == 1 else folder}"
    written = [_name(change, own) for change in changes if change.after is not None]
    deleted = [change.path for change in changes if change.after is None]
    if not deleted and len(written) == 1:
        return f"written to {folder / written[0]}"
    if not written and len(deleted) == 1:
        return f"deleted {folder / deleted[0]}"
    done = (("written", written), ("deleted", deleted))
    said = "; ".join(f"{verb} {_listed(names)}" for verb, names in done if names)
    return f"in {folder}: {said}"


def _named_folder(path: Path, root: Path) -> Path:
    """The folder as it was named, unless the file is a link to the one of another folder."""
    folder = path if path.is_dir() else path.parent
    return folder if folder.resolve() == root.resolve() else root


def _name(change: Change, own: Path) -> str:
    return own.name if change.path == SKILL_MD else change.path


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
