"""The chain: each row is sealed together with everything before it.

``link`` of row n is SHA-256 over the link of row n - 1, the table's name and the row's canonical
content. NULLs are left out, so that a column added by a later version changes no earlier link;
payloads are left out, because their digests are in, so that they can be pruned.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from skillopt.core.value import canonical_json

GENESIS = "0" * 64
"""The link before the first row."""

_UNSEALED = frozenset({"link", "payload"})


def next_link(previous: str, table: str, row: Mapping[str, Any]) -> str:
    """The link of ``row``, which follows the row whose link is ``previous``."""
    content = canonical_json(
        {name: value for name, value in row.items() if value is not None and name not in _UNSEALED}
    )
    return hashlib.sha256(f"{previous}\n{table}\n{content}".encode()).hexdigest()
