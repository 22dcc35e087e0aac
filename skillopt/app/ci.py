"""Whether this is a job of continuous integration."""

from __future__ import annotations

import os


def in_ci() -> bool:
    """The variable CI says so, as every large service sets it."""
    return os.environ.get("CI", "").strip().lower() not in {"", "0", "false", "no"}
