"""How the user's code may come to an end other than by returning or raising an `Exception`."""

from __future__ import annotations


class Ended(Exception):  # noqa: N818 - it names what the code did
    """The code tried to end the program; it may only return or raise an `Exception`."""

    def __init__(self, raised: str) -> None:
        super().__init__(f"it raised {raised}, which would end the program")
        self.raised = raised
        """What it raised, in a line."""


class TookTooLong(Exception):  # noqa: N818
    """The code took longer than it may."""
