"""A git repository as a source of earlier versions: commits, trees, blobs, and what has changed.

Only git's plumbing is asked, without a shell. A ref is given after `--end-of-options` only, and a
path as part of `COMMIT:PATH` only, which git does not read as a pattern.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from skillopt.adapters.files.git import git_environment, pathspecs
from skillopt.core.history.hand_edit import FileOrigin
from skillopt.errors import InputError

PATIENCE = 120.0
"""Seconds that git has for an answer; a partial clone fetches what it lacks."""
LINK, SUBMODULE = "120000", "160000"
"""Modes of a tree's entries that are no files."""
EXECUTABLE = "100755"
"""The mode of a file that may be run."""
_LAST = "%H%x00%an <%ae>%x00%aI"
_SHALLOW = (
    "this clone is shallow; fetch the rest with `git fetch --unshallow` (actions/checkout: "
    "`fetch-depth: 0`)"
)

ChangeKind = Literal["changed", "new", "deleted"]


class TreeFile(NamedTuple):
    """An entry of a commit's tree that is no folder."""

    path: str
    """From the folder that was listed."""
    mode: str
    blob: str
    """The object's name."""


class Change(NamedTuple):
    """A path that differs between a commit and the working tree."""

    kind: ChangeKind
    path: str
    """From the repository's root; for what is deleted the path it had."""
    blob: str = ""
    """The name of what the commit has at the path; "" where it has nothing there."""
    submodule: bool = False


class _GitError(Exception):
    """Git has refused a question; the text is what it said."""


@dataclass(frozen=True)
class Repository:
    """A git repository with its working tree."""

    root: Path

    def inside(self, file: Path) -> str:
        """The path of a file from the root, as git spells it.

        Raises:
            InputError: it is outside of the repository.
        """
        real = file.resolve()
        if not real.is_relative_to(self.root):
            raise InputError(f"{file} is outside of the repository {self.root}; name a file in it")
        return real.relative_to(self.root).as_posix()

    def commit(self, ref: str) -> str:
        """The hash of the commit that a ref names.

        Raises:
            InputError: there is none.
        """
        try:
            return self._text("rev-parse", "--verify", "--end-of-options", f"{ref}^{{commit}}")
        except _GitError:
            hint = _SHALLOW if self.is_shallow else "fetch it, or see `git branch --all`"
            raise InputError(f"no commit {ref!r} in {self.root}: {hint}") from None

    def base(self, ref: str) -> str:
        """The commit that HEAD and a ref have in common: what a pull request starts from.

        Raises:
            InputError: there is no such ref, or nothing in common.
        """
        commit = self.commit(ref)
        try:
            head = self._text("rev-parse", "--verify", "HEAD^{commit}")
        except _GitError:  # nothing is committed on this branch yet
            return commit
        try:
            return self._text("merge-base", commit, head)
        except _GitError:
            hint = _SHALLOW if self.is_shallow else f"to compare all the same, name {ref}:PATH"
            raise InputError(f"HEAD and {ref!r} have no commit in common: {hint}") from None

    @property
    def is_shallow(self) -> bool:
        """Commits are missing, since only the newest were fetched."""
        return self._text("rev-parse", "--is-shallow-repository") == "true"

    def tree(self, commit: str, folder: str) -> tuple[TreeFile, ...] | None:
        """All files under a folder of a commit; None where the commit has no such folder.

        Args:
            commit: its hash.
            folder: from the root; empty for the root itself.
        """
        try:
            found = self._git("ls-tree", "-r", "-z", f"{commit}:{folder}")
        except _GitError:
            return None
        return tuple(_tree_file(line) for line in found.split(b"\0") if line)

    def blobs(self, names: Sequence[str], *, most: int) -> dict[str, bytes]:
        """The contents of blobs, as git stores them, by their names.

        Args:
            names: of the blobs.
            most: bytes that one may have.

        Raises:
            InputError: one is not there, is no file, or is larger.
        """
        asked = "".join(f"{name}\n" for name in names).encode()
        try:
            for line in self._git("cat-file", "--batch-check", sends=asked).splitlines():
                self._check(line.decode("ascii", "replace").split(), most)
            answer = self._git("cat-file", "--batch", sends=asked)
        except _GitError as failed:
            raise InputError(f"git cannot read {', '.join(names)}: {failed}") from None
        found: dict[str, bytes] = {}
        at = 0
        while at < len(answer):
            start = answer.index(b"\n", at) + 1
            name, _kind, size = answer[at:start].decode("ascii").split()
            found[name] = answer[start : start + int(size)]
            at = start + int(size) + 1
        return found

    def _check(self, about: Sequence[str], most: int) -> None:
        name, kind, *size = about
        if kind != "blob":
            hint = _SHALLOW if self.is_shallow else "check the repository with `git fsck`"
            raise InputError(f"git has no file {name}: {hint}")
        if int(size[0]) > most:
            raise InputError(f"file {name} has {int(size[0]):,} bytes; at most {most:,} are read")

    def changes(self, commit: str) -> tuple[Change, ...]:
        """What differs between a commit and the working tree, untracked files included.

        A file that was renamed is deleted and new: which of two is the other one's earlier version
        git can only guess, and skills have much of their form in common.

        Raises:
            InputError: git cannot say.
        """
        asked = ("diff", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff")
        try:
            differing = self._git(*asked, "--no-relative", commit, "--")
            untracked = self._git("ls-files", "-z", "--others", "--exclude-standard")
        except _GitError as failed:
            raise InputError(f"git cannot compare {commit[:12]}: {failed}") from None
        known = _changes(differing)
        beside = {one.path for one in known}
        added = (os.fsdecode(path) for path in untracked.split(b"\0") if path)
        more = [Change("new", path) for path in added if path not in beside]
        return (*known, *more)

    def as_stored(self, file: Path, data: bytes) -> bytes:
        """The bytes that git would store for a file of the working tree.

        Where `core.autocrlf` or an attribute converts line endings, that is not what the file has.
        Other conversions, such as those of filters, are left alone.
        """
        plain = data.replace(b"\r\n", b"\n")
        if plain == data:
            return data
        asked = ("hash-object", "--stdin", "--path", self.inside(file))
        try:
            name = self._git(*asked, sends=data).decode("ascii").strip()
        except _GitError:
            return data
        return plain if name == _blob_name(plain, like=name) else data

    def origin(
        self, commit: str, path: str, *, folder: str | None = None, left_out: Iterable[str] = ()
    ) -> FileOrigin:
        """Where a skill of a commit comes from: the last commit that changed it.

        Args:
            commit: its hash.
            path: the skill's file.
            folder: its folder, where all in it counts; "" for the repository's root.
            left_out: what in the folder does not count.
        """
        named = pathspecs(path if folder is None else folder or ".", left_out)
        asked = ("log", "-1", "--no-show-signature", f"--format={_LAST}", commit, "--", *named)
        try:
            last = _git(self.root, *asked, literal=False).decode("utf-8", "replace").strip()
        except _GitError:
            last = ""
        name, author, when = last.split("\0") if last else (commit, None, None)
        return FileOrigin(path=path, commit=name, author=author, committed=when, state="committed")

    def _text(self, *arguments: str) -> str:
        return self._git(*arguments).decode("utf-8", "replace").strip()

    def _git(self, *arguments: str, sends: bytes = b"") -> bytes:
        return _git(self.root, *arguments, sends=sends)


def repository_of(path: Path) -> Repository:
    """The repository whose working tree a file or folder is in.

    Inside a submodule that is the submodule's own.

    Raises:
        InputError: it is in none, or git cannot be run.
    """
    folder = path.resolve()
    while not folder.is_dir():
        folder = folder.parent
    try:
        root = _git(folder, "rev-parse", "--show-toplevel")
    except _GitError as failed:
        raise InputError(f"{path} is in no git repository that can be read: {failed}") from None
    return Repository(Path(os.fsdecode(root.removesuffix(b"\n"))).resolve())


def _git(folder: Path, *arguments: str, sends: bytes = b"", literal: bool = True) -> bytes:
    """What git says; where paths are ``literal``, no sign in them means anything else.

    Raises:
        InputError: there is no git, or it takes too long.
        _GitError: it refuses.
    """
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - no shell; refs and paths are never options here
            command,
            cwd=folder,
            env={
                **git_environment(),
                "GIT_LITERAL_PATHSPECS": str(int(literal)),
                "GIT_TERMINAL_PROMPT": "0",
            },
            input=sends,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise InputError("git is not installed; install it, or name two files") from None
    except subprocess.TimeoutExpired:
        raise InputError(
            f"git {arguments[0]} took longer than {PATIENCE:g} s; check the network, or name two "
            "files"
        ) from None
    except (OSError, ValueError) as error:  # a NUL in an argument is a ValueError
        raise InputError(f"git {arguments[0]} cannot be run: {error}") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _GitError(lines[0] if lines else f"exit code {done.returncode}")
    return done.stdout


def _tree_file(line: bytes) -> TreeFile:
    about, _, path = line.partition(b"\t")
    mode, _kind, name = about.decode("ascii").split()
    return TreeFile(os.fsdecode(path), mode, name)


def _changes(raw: bytes) -> tuple[Change, ...]:
    """The lines of `git diff --raw -z`: `:MODE MODE NAME NAME STATUS`, then a path."""
    parts = iter(raw.split(b"\0"))
    found: list[Change] = []
    for about in parts:
        if not about:
            continue
        first, second, blob, _, status = about.decode("ascii").removeprefix(":").split()
        path = os.fsdecode(next(parts))
        had = "" if status[0] == "A" else blob
        found.append(Change(_kind(status), path, had, SUBMODULE in (first, second)))
    return tuple(found)


def _kind(status: str) -> ChangeKind:
    kinds: dict[str, ChangeKind] = {"A": "new", "D": "deleted"}
    return kinds.get(status[0], "changed")


def _blob_name(data: bytes, *, like: str) -> str:
    """The name git gives a blob, by the algorithm that made the name ``like``."""
    whole = b"blob %d\0" % len(data) + data
    if len(like) == hashlib.sha256().digest_size * 2:
        return hashlib.sha256(whole).hexdigest()
    return hashlib.sha1(whole, usedforsecurity=False).hexdigest()


def named_in_git(text: str) -> tuple[str, str] | None:
    """The ref and the path of `REF:PATH`; None where ``text`` is no such name, or a file."""
    ref, colon, path = text.partition(":")
    if not colon or not ref or not path or Path(text).exists():
        return None
    return ref, path
