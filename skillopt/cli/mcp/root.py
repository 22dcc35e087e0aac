"""The folder that tools may touch: every path that an agent names is inside it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from skillopt.errors import InputError


class Root(NamedTuple):
    """A folder; links are followed before a path is compared with it."""

    folder: Path

    @classmethod
    def at(cls, given: Path) -> Root:
        """The root at a path.

        Raises:
            InputError: it is no folder.
        """
        folder = given.resolve()
        if not folder.is_dir():
            raise InputError(f"--root {given}: no such folder")
        return cls(folder)

    def path(self, given: str, *, name: str) -> Path:
        """A path that an agent has named: as it was given where the root is the working directory.

        Answers repeat paths, and where on this machine the root lies is no matter of the agent's.

        Args:
            given: absolute, or relative to the root.
            name: of the argument.

        Raises:
            InputError: it is outside of the root, or no path.
        """
        try:
            path = self.folder / given
            inside = path.resolve().is_relative_to(self.folder)
        except (OSError, ValueError, RuntimeError):  # a null character, a loop of links
            raise InputError(f"{name} {given[:200]!r} is no path") from None
        if not inside:
            raise InputError(
                f"{name} {given[:200]!r} is outside of the root folder; name a path in it, "
                "or start `skillopt mcp` with another --root"
            )
        return Path(given) if Path.cwd() == self.folder else path

    def check(self, found: Path, *, what: str) -> None:
        """Check that a file that was found by itself is inside, too.

        Raises:
            InputError: it is not.
        """
        if not found.resolve().is_relative_to(self.folder):
            raise InputError(
                f"{what} is {found}, outside of the root {self.folder}; start `skillopt mcp` with "
                "the project's folder as --root"
            )
