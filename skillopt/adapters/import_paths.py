"""Where another Python process of ours finds what this one imports."""

from __future__ import annotations

import sys
from pathlib import Path

import skillopt


def import_paths() -> tuple[str, ...]:
    """The folders this process imports from, skillopt's own first, each once."""
    own = str(Path(skillopt.__file__).parent.parent)
    return tuple(dict.fromkeys((own, *(path for path in sys.path if path))))
