"""Changes to an export, one a line: `ROW PATH VALUE`, so that a case is small and can be read.

ROW counts rows from 0, the line about the ledger first. PATH leads through objects, lists and
texts that are JSON (`document/decision/verdict/gain`). VALUE is JSON; without one the place is
deleted. `ROW copy` repeats a row, `ROW drop` takes it out. Other lines are added as they are.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from skillopt.adapters.ledger.schema.chain import GENESIS, next_link
from skillopt.core.value import canonical_json, text_hash

MOST = 20
Rows = list[dict[str, Any]]


def patched(export: bytes, patches: bytes) -> bytes:
    """The export with the changes, and with numbers, links and digests of payloads made right."""
    rows = [json.loads(line) for line in export.splitlines()]
    lines = [line for line in patches.split(b"\n")[:MOST] if line.strip()]
    more = [line for line in lines if not _applied(rows, line.decode("utf-8", "replace"))]
    return b"\n".join([*(json.dumps(row).encode() for row in relinked(rows)), *more])


def _applied(rows: Rows, line: str) -> bool:
    row, path, value = (*line.split(" ", 2), "", "")[:3]
    if not row.isascii() or not row.isdigit() or not path or not rows:
        return False
    at = int(row[-6:]) % len(rows)
    if path == "drop":
        rows.pop(at)
    elif path == "copy":
        rows.append(dict(rows[at]))
    else:
        try:
            new = json.loads(value) if value else None
        except (ValueError, RecursionError):
            new = value
        rows[at] = _changed(rows[at], path.split("/"), new, delete=not value)
    return True


def _changed(content: Any, path: list[str], new: Any, *, delete: bool) -> Any:
    """``content`` with another value at ``path``; what has no such place stays."""
    if not path:
        return new
    if isinstance(content, str):
        try:
            opened = json.loads(content)
        except ValueError:
            return content
        return canonical_json(_changed(opened, path, new, delete=delete))
    head, *rest = path
    if isinstance(content, dict):
        kept = {key: value for key, value in content.items() if key != head}
        gone = delete and not rest
        return (
            kept if gone else {**kept, head: _changed(content.get(head), rest, new, delete=delete)}
        )
    if isinstance(content, list) and head.isascii() and head.isdigit() and content:
        at = int(head[-6:]) % len(content)
        inner = _changed(content[at], rest, new, delete=delete)
        content = [*content[:at], inner, *content[at + 1 :]]
    return content


def relinked(rows: Rows) -> Rows:
    """Rows with number, link and payload's digest as they should be: anyone can compute them."""
    if not rows or not isinstance(rows[0].get("ledger"), str):
        return rows
    link, made = GENESIS, [rows[0]]
    for seq, row in enumerate(rows[1:], start=1):
        placed = {name: value for name, value in row.items() if name != "table"} | {"seq": seq}
        if isinstance(placed.get("payload"), str):
            placed["payload_digest"] = text_hash(placed["payload"])
        with suppress(ValueError, RecursionError):  # what cannot be linked stays as it is
            link = placed["link"] = next_link(link, str(row.get("table")), placed)
        made.append({"table": row.get("table"), **placed})
    about = rows[0] | {"head": link}
    return [about if rows[0].get("rows") is None else about | {"rows": len(made) - 1}, *made[1:]]
