"""Content spelled in YAML so that a person can read it, and read back as the same."""

from __future__ import annotations

import json
import re
from typing import Any

from skillopt.adapters.files.yaml_lines import read_yaml
from skillopt.errors import ValidationSetError

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 _.()/'-]*[A-Za-z0-9_.()/-])?\Z")
_FLOW_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_NOT_LITERAL = re.compile(
    "[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_LONGEST_PLAIN = 200


def spelled(value: Any, *, indent: int) -> str:
    """``value`` as it follows `key: ` in a block, a text of several lines as such.

    Args:
        value: JSON content.
        indent: of the lines below the key, in spaces.
    """
    if not isinstance(value, str):
        return in_line(value)
    if "\n" in value and _is_literal(value):
        space = " " * indent
        rows = [space + row if row else "" for row in value.split("\n")]
        return "|-\n" + "\n".join(rows)
    return value if _is_plain(value, _PLAIN) else in_line(value)


def in_line(value: Any) -> str:
    """``value`` on one line, as it may stand within braces, too."""
    if isinstance(value, str) and _is_plain(value, _FLOW_PLAIN):
        return value
    return json_in_yaml(value)


def json_in_yaml(value: Any) -> str:
    """``value`` as JSON that is YAML, too: the characters that YAML does not allow are escaped."""
    text = json.dumps(value, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _is_plain(text: str, pattern: re.Pattern[str]) -> bool:
    if len(text) > _LONGEST_PLAIN or not pattern.match(text):
        return False
    try:
        return bool(read_yaml(text, "")[0] == text)
    except ValidationSetError:
        return False


def _is_literal(text: str) -> bool:
    first, last = text[:1], text[-1:]
    return first not in {" ", "\n"} and last != "\n" and not _NOT_LITERAL.search(text)
