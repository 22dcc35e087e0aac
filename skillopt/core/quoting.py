"""Data in prompts: quoted so that nothing in it can pass for an instruction or end its own block.

A block is delimited by the first 16 hex digits of its own content's SHA-256. A text that holds the
closing line of its own block would have to contain its own digest, so hostile text in a task or an
answer cannot break out, and the same content always renders the same prompt.
"""

from __future__ import annotations

import re

from skillopt.core.value import text_hash

LONGEST_QUOTED = 20_000
"""Characters of a reply that is sent back to be fixed."""

_BLOCK = re.compile(r"^<<<([a-z-]+) ([0-9a-f]{16})\n(.*?)\n\2>>>$", re.DOTALL | re.MULTILINE)


def block(name: str, text: str) -> str:
    """``text`` as a data block called ``name`` (lower case and hyphens)."""
    mark = text_hash(text)[:16]
    return f"<<<{name} {mark}\n{text}\n{mark}>>>"


def quoted(reply: str) -> str:
    """A model's own reply as it is shown to it again: a runaway one is not paid twice."""
    if len(reply) <= LONGEST_QUOTED:
        return reply
    left_out = len(reply) - LONGEST_QUOTED
    return f"{reply[:LONGEST_QUOTED]}\n[… {left_out} characters left out …]"


def blocks(prompt: str) -> dict[str, str]:
    """The blocks of a prompt by name, in order; of several with one name, the last."""
    found: dict[str, str] = {}
    for match in _BLOCK.finditer(prompt):
        name, mark, text = match.groups()
        if text_hash(text)[:16] == mark:
            found[name] = text
    return found
