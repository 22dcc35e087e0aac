"""What an agent has changed in its workspace."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from skillopt.adapters.files.regular_files import opened_regular
from skillopt.core.evaluation.trace import ProducedFile

MOST_LOOKED_AT = 20_000
"""Files and folders of a workspace that are looked at."""
MOST_PRODUCED = 200
"""Produced files that are kept."""
LARGEST_HASHED = 100_000_000
"""Bytes of a file that counts as produced; of all of them together ten times as much."""
LARGEST_TEXT = 50_000
"""Bytes of a produced file whose text is kept."""

LEFT_OUT = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__"})
"""Folders that hold no work of an agent's own, wherever they are."""

Snapshot = Mapping[str, str]
"""Digests of a workspace's files by path."""


def snapshot(workspace: Path) -> Snapshot:
    """The files of a workspace as they are now."""
    return {path: digest for path, digest, _, _ in _files(workspace, frozenset())}


def changes(
    workspace: Path, before: Snapshot, *, apart_from: frozenset[str]
) -> tuple[ProducedFile, ...]:
    """The files that are new or have another content, by path, as many as are kept.

    Links, pipes and devices are none; folders of version control and of packages are not looked
    into.

    Args:
        workspace: the folder.
        before: the files at the start.
        apart_from: files and folders that are not looked at, relative to the workspace.
    """
    found = []
    for path, digest, size, head in _files(workspace, apart_from):
        if before.get(path) == digest:
            continue
        found.append(ProducedFile(path=path, digest=digest, size=size, text=_text(head, size)))
        if len(found) == MOST_PRODUCED:
            break
    return tuple(sorted(found, key=lambda file: file.path))


def _files(workspace: Path, apart_from: frozenset[str]) -> Iterator[tuple[str, str, int, bytes]]:
    """Path, digest, size and beginning of each regular file, in order."""
    left = LARGEST_HASHED * 10
    looked_at = 0
    for folder, folders, names in os.walk(workspace):
        inner = Path(folder).relative_to(workspace)
        folders[:] = sorted(
            name
            for name in folders
            if name not in LEFT_OUT and (inner / name).as_posix() not in apart_from
        )
        for name in sorted(names):
            looked_at += 1
            if looked_at > MOST_LOOKED_AT:
                return
            path = (inner / name).as_posix()
            if path in apart_from:
                continue
            read = _read(Path(folder, name), most=min(LARGEST_HASHED, left))
            if read is not None and _is_utf_8(path):
                left -= read[1]
                yield (path, *read)
        looked_at += len(folders)


def _read(file: Path, *, most: int) -> tuple[str, int, bytes] | None:
    """Digest, size and beginning of a regular file of at most ``most`` bytes."""
    try:
        with opened_regular(file) as found:
            if found is None or found[1].st_size > most:
                return None
            opened, _ = found
            head = opened.read(LARGEST_TEXT + 1)
            digest, size = hashlib.sha256(head), len(head)
            while part := opened.read(1 << 20):
                digest.update(part)
                size += len(part)
    except OSError:  # a link, or gone, or not ours to read
        return None
    return digest.hexdigest(), size, head


def _text(head: bytes, size: int) -> str | None:
    if size > LARGEST_TEXT or b"\0" in head:
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _is_utf_8(path: str) -> bool:
    """Whether a name can be written down; others are possible on Linux."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
