"""Bubblewrap: a command without a network, in a system that it can only read."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from skillopt.errors import SettingsError

_HIDDEN = ("/tmp", "/var/tmp", "/run", "/home", "/root")  # noqa: S108 - hidden, not written to
"""Folders that are empty in a sandbox: sockets of the system, and what belongs to people."""


def check_sandbox() -> None:
    """Find out whether commands can be put into a sandbox here.

    Raises:
        SettingsError: `bwrap` is not installed, or the system does not let it work.
    """
    program = _bwrap()
    done = subprocess.run(  # noqa: S603 - the program's path
        [program, *_ISOLATED, "--ro-bind", "/", "/", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        raise SettingsError(
            f"sandbox is on, and {program} does not work here: {said}; allow unprivileged user "
            "namespaces on this machine, or leave --sandbox out"
        )


def sandboxed(argv: Sequence[str], *, own: Path, cwd: Path, sees: Iterable[Path]) -> list[str]:
    """``argv`` inside a sandbox.

    Args:
        argv: program and arguments.
        own: the one folder that it may write to.
        cwd: where it runs.
        sees: what it may read of the folders that are hidden, beside ``cwd``, its program, and this
            Python.

    Raises:
        SettingsError: `bwrap` is not installed.
    """
    hidden = [Path(place) for place in dict.fromkeys((*_HIDDEN, str(Path.home())))]
    hidden = [place for place in hidden if place.is_dir() and not place.is_symlink()]
    command = [_bwrap(), *_ISOLATED, "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    for place in hidden:
        command += ["--tmpfs", str(place)]
    shown = {*(cwd, *sees, *_program(argv[0]), Path(sys.prefix), Path(sys.base_prefix))}
    for path in sorted(path.absolute() for path in shown):
        if any(path.is_relative_to(place) for place in hidden) and path.exists():
            command += ["--ro-bind", str(path), str(path)]
    return [*command, "--bind", str(own), str(own), "--chdir", str(cwd), "--", *argv]


_ISOLATED = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL")


@functools.cache
def _bwrap() -> str:
    program = shutil.which("bwrap")
    if program is None:
        raise SettingsError(
            "sandbox is on, and there is no `bwrap`; install bubblewrap (`apt install bubblewrap`, "
            "`dnf install bubblewrap`; Linux only), or leave --sandbox out"
        )
    return program


def _program(name: str) -> Iterator[Path]:
    """The folders a program needs: its own, or the one that this is the `bin` or `shims` of."""
    found = shutil.which(name)
    if found is None:
        return
    everybodys = {Path.home(), Path.home() / ".local"}
    for file in {Path(found).absolute(), Path(os.path.realpath(found))}:
        prefix = file.parent.parent
        is_inside = file.parent.name in {"bin", "shims"} and prefix not in everybodys
        yield prefix if is_inside else file.parent
