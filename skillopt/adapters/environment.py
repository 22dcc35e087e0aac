"""Secrets that the environment holds: known whatever they look like."""

from __future__ import annotations

import os
import re

_SECRET_NAME = re.compile(r"_(?:KEY|TOKEN|SECRET|PASSWORD)$")


def environment_secrets(*, shortest: int) -> tuple[str, ...]:
    """Values of variables that are named like secrets, the longest first.

    Args:
        shortest: characters of the shortest one; a short one may be a word of any text.
    """
    named = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    return tuple(sorted((one for one in named if len(one) >= shortest), key=len, reverse=True))
