"""Making workspaces, and deleting or keeping them afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from skillopt.adapters.files.rendered import write_file
from skillopt.adapters.unversioned import create_unversioned
from skillopt.core.evaluation.task_file import TaskFile
from skillopt.errors import SettingsError

FOLDER = "workspace"
"""What the folder of a rollout's own calls the one that the agent works in."""

_UNUSUAL = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 60
_GIT_SECONDS = 60
_AUTHOR = ("-c", "user.name=skillopt", "-c", "user.email=skillopt@localhost")


class Workspaces:
    """The folders of rollouts: each has one of its own, which holds the workspace.

    Args:
        keep: the folder that workspaces are moved to when they are done with; None: they are
            deleted.

    Raises:
        SettingsError: ``keep`` is no folder that can be written to.
    """

    def __init__(self, keep: str | Path | None = None) -> None:
        self._keep = None if keep is None else Path(keep).absolute()
        self._names: dict[Path, str] = {}
        if self._keep is not None:
            try:
                create_unversioned(self._keep)  # its skills are none of the project's
            except OSError as error:
                raise SettingsError(
                    f"keep_workspaces: {self._keep} cannot be made a folder: {error.strerror}; "
                    "name another one with --keep-workspaces"
                ) from None

    def new(self, name: str) -> Path:
        """An empty workspace; its parent is the rollout's own, for temporary files.

        It is in the system's temporary folder also where it is kept, so that an agent does not
        find the files of a project above it; and its path does not tell what the task is called.

        Args:
            name: the rollout's, for what is kept.
        """
        own = Path(tempfile.mkdtemp(prefix="skillopt-")).resolve()
        workspace = own / FOLDER
        workspace.mkdir()
        self._names[workspace] = name
        return workspace

    def done(self, workspace: Path) -> None:
        """Delete a workspace that :meth:`new` has returned, or move it to where it is kept."""
        name = self._names.pop(workspace, "")
        if self._keep is not None and workspace.is_dir():
            plain = _UNUSUAL.sub("-", name).strip("-.")[:_LONGEST_NAME] or "rollout"
            # A number of its own: trials of several runs may be kept in one folder.
            shutil.move(workspace, tempfile.mkdtemp(prefix=f"{plain}-", dir=self._keep))
        shutil.rmtree(workspace.parent, onerror=_made_writable)


def _made_writable(_function: object, path: str, _error: object) -> None:
    """An agent may have write-protected folders: try once more, and leave the rest."""
    try:
        Path(path).parent.chmod(0o700)
        if Path(path).is_dir() and not Path(path).is_symlink():
            Path(path).chmod(0o700)
            shutil.rmtree(path, ignore_errors=True)
        else:
            Path(path).unlink()
    except OSError:
        return


def written_files(workspace: Path, files: Sequence[TaskFile]) -> None:
    """Write a task's files into its workspace.

    Raises:
        OSError: one cannot be written.
    """
    for file in files:
        write_file(workspace, file)


def made_repository(workspace: Path) -> None:
    """Make a workspace a git repository, with all its files in one commit.

    Raises:
        SettingsError: git is not installed, or fails.
    """
    nobodys = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    # One and the same commit each time: an agent may look at its hash.
    dated = {
        "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
    }
    passed = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(workspace)}
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all", "--force"),
        (*_AUTHOR, "commit", "--quiet", "--allow-empty", "--no-verify", "-m", "Start"),
    ):
        try:
            done = subprocess.run(  # noqa: S603 - our own words
                ["git", *words],  # noqa: S607 - where PATH has it
                cwd=workspace,
                env={**passed, **nobodys, **dated},
                capture_output=True,
                text=True,
                timeout=_GIT_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise SettingsError(
                "a task has `git: true`, and there is no `git`; install git, or take it out"
            ) from None
        except subprocess.TimeoutExpired:
            raise SettingsError(
                f"`git {words[0]}` took over {_GIT_SECONDS} s in a task's workspace"
            ) from None
        if done.returncode != 0:
            raise SettingsError(
                f"`git {words[0]}` failed in a task's workspace: {done.stderr.strip()[:300]}"
            )
