"""The targets by name, what each starts from, and where the cases that were found are kept."""

from __future__ import annotations

import json
from pathlib import Path

from skillopt.adapters.ledger.schema.tables import CHAINED_TABLES
from tests.core.texts import PIECES
from tests.fuzz import targets
from tests.fuzz.fields import written
from tests.fuzz.ledger_target import an_export, ledger_import

CASES = Path(__file__).parent / "cases"

TARGETS: dict[str, targets.Target] = {
    "skills": targets.skills,
    "edits": targets.edits,
    "validation_sets": targets.validation_sets,
    "replies": targets.replies,
    "ledger_import": ledger_import,
}

SKILL = """---
name: s
description: d
---
# Top

intro

<!-- skillopt:lock -->
never change this
<!-- skillopt:unlock -->

## Rules

- one
- two
"""
DRAFT = {
    "idea": "an idea",
    "criteria": ["c"],
    "predicted_gain": 0.1,
    "edits": [{"kind": "insert", "anchor": "- one", "where": "after", "text": "\n- 1\u00bd"}],
}
CRITIQUES = {
    "critiques": [{"rollout": "r1", "criterion": "c", "quote": "q", "cause": "because"}],
}
SET = """y\
name: set
criteria: {c: A sentence.}
checks:
  - {type: exact, criterion: c}
tasks:
  - id: a
    input: one
    expected: "1"
    split: train
  - {id: v, input: three, expected: &two "2", tags: [*two], split: validation, cluster: k}
  - id: b
    split: test
    input: [{role: user, content: two}]
    tags: [x]
    weight: 2.5
    checks: [{type: regex, criterion: c, pattern: "^a+$"}, {type: json, criterion: c}]
    expected: {a: [1, null, true]}
"""
LINES = """j{"validation_set": {"name": "s", "criteria": {"c": "A sentence."}, "checks": [{"type": "exact", "criterion": "c"}]}}
{"id": "a", "input": "one", "checks": [{"type": "number", "criterion": "c"}], "expected": 1, "split": "train"}
{"id": "c", "input": "three", "expected": "3", "split": "validation"}
{"id": "b", "split": "test", "input": "two", "checks": [{"type": "contains", "criterion": "c", "value": "x"}]}
"""

SPANS = ((0, 4), (20, 9), (60, 30))
FIELDS = ("tasks: ", "id: ", "input: ", "checks: ", "criteria: ", "criterion: ", "expected: ",
    "type: ", "split: ", "validation_set", "settings: ", "scoring: ", "weight: ", "cluster: ",
    "role: ", "content: ", "regex", "number", "json", "contains", "exact", "rubric")  # fmt: skip


def words(name: str) -> list[str]:
    """What inputs are made of, for the fuzzer to put in."""
    match name:
        case "skills":
            return list(PIECES)
        case "edits":
            return [*PIECES, *(f"\0{kind}@{at}+{size}\0" for kind in "ibrd" for at, size in SPANS)]
        case "validation_sets":
            return [
                *FIELDS,
                "&a ",
                "*a",
                "!!str ",
                "|\n",
                ">-\n",
                "? ",
                "<<: ",
                "\\ud800",
                "{",
                "[",
            ]
        case "replies":
            fields = (field for shape in targets.SHAPES for field in shape.model_fields)
            return [
                *map(json.dumps, fields),
                "```json\n",
                "```\n",
                "<think>",
                "</think>",
                "...",
                "//",
            ]
        case "ledger_import":
            columns = sorted({column for table in CHAINED_TABLES for column in table.c.keys()})  # noqa: SIM118
            rows = (f"\n{row} " for row in range(len(an_export().splitlines())))
            values = ("null", "[]", "{}", "-1", "1e400", "NaN", "true", '"\\ud800"', '"\\u0000"')
            return [*columns, *rows, *values, "copy", "drop", "document/", "payload/", "/0"]
        case _:
            raise ValueError(name)


def seeds(name: str) -> list[bytes]:
    """Well-formed inputs to start from."""
    match name:
        case "skills":
            return [SKILL.encode(), SKILL.replace("\n", "\r\n").encode("utf-8-sig")]
        case "edits":
            return [
                written(SKILL, ("i", "- one\n", "- more\n", "Rules"), ("d", "@20+4", "", "")),
                written(SKILL, ("r", "- two", "- 2", "Top>Rules"), ("b", "", "x\n", "")),
            ]
        case "validation_sets":
            return [SET.encode(), LINES.encode()]
        case "replies":
            return [
                json.dumps(DRAFT).encode(),
                f"Here it is:\n```json\n{json.dumps(CRITIQUES, indent=1)}\n```\n".encode(),
                b"{'idea': 'x', edits: [{kind: 'delete', 'anchor': \"a\nb\",},], } // so",
            ]
        case "ledger_import":
            return [
                b"=" + an_export().split(b"\n")[0],
                b'3 created "2030-01-01T00:00:00+00:00"',
                b'1 document/settings/rounds 3\n2 text "other"',
                b"3 document/decision/verdict/gain -1\n3 copy\n4 drop",
            ]
        case _:
            raise ValueError(name)
