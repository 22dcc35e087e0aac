"""The schema version of this skillopt."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def newest() -> int:
    """The number of the last migration."""
    # By the package above: importing that of the migrations takes a database library.
    folder = files("skillopt.adapters.ledger").joinpath("migrations")
    return max(int(entry.name[:4]) for entry in folder.iterdir() if _numbered(entry.name))


def _numbered(name: str) -> bool:
    return re.fullmatch(r"\d{4}(\.\w+)?\.sql", name) is not None
