"""A row of a promptfoo CSV as the test it stands for.

Columns `__expected`, `__expected1`, `__description`, `__prefix`, `__suffix`, `__metric`,
`__threshold`, `__metadata:name` and `__config:...` are special, any other is a variable. Follows
promptfoo's page "Test Case Configuration", and its `src/csv.ts` for the form of an expectation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from skillopt.core.importing.values import Fields

_EXPECTED = re.compile(r"__expected\d*\Z")
_SPECIAL = (
    "__description", "__prefix", "__suffix", "__metric", "__threshold", "__metadata:", "__config:",
)  # fmt: skip
_CODE = re.compile(r"(?:javascript|fn|eval|python):|file://", re.IGNORECASE)
_TYPED = re.compile(
    r"(?P<type>(?:not-)?[a-z][a-z0-9]*(?:[-:][a-z0-9]+)*?)"
    r"(?:\((?P<threshold>\d+(?:\.\d+)?)\))?(?::(?P<value>.*))?\Z",
    re.DOTALL,
)
_TYPES = {
    "answer-relevance", "bleu", "classifier", "contains", "contains-all", "contains-any",
    "contains-html", "contains-json", "contains-sql", "contains-xml", "context-faithfulness",
    "context-recall", "context-relevance", "cost", "equals", "factuality", "finish-reason",
    "g-eval", "gleu", "guardrails", "icontains", "icontains-all", "icontains-any", "is-html",
    "is-json", "is-refusal", "is-sql", "is-valid-function-call", "is-valid-openai-function-call",
    "is-valid-openai-tools-call", "is-xml", "latency", "levenshtein", "llm-rubric", "max-score",
    "meteor", "model-graded-closedqa", "model-graded-factuality", "moderation", "perplexity",
    "perplexity-score", "pi", "regex", "rouge-n", "ruby", "search-rubric", "select-best",
    "similar", "skill-used", "starts-with", "tool-call-f1", "webhook", "word-count",
}  # fmt: skip
"""Assertion types of promptfoo's, so that an answer with a colon is no assertion."""


def is_promptfoo_csv(columns: list[str]) -> bool:
    """Whether one of the columns is special to promptfoo."""
    return any(_EXPECTED.match(column) or column.startswith(_SPECIAL) for column in columns)


def test_of(row: Mapping[str, str]) -> Fields:
    """The test that a row is."""
    test: Fields = {"vars": {}, "assert": [], "options": {}, "metadata": {}}
    for column, cell in row.items():
        if _EXPECTED.match(column):
            test["assert"] += [assertion(cell)] if cell.strip() else []
        elif column in {"__prefix", "__suffix"}:
            test["options"][column[2:]] = cell
        elif column.startswith("__metadata:"):
            test["metadata"] |= _metadata(column.removeprefix("__metadata:"), cell)
        elif column.startswith("__config:"):
            if cell.strip():
                test.setdefault("config", {})[column] = cell
        elif column in {"__description", "__threshold", "__metric", "__providerOutput"}:
            if cell.strip():
                test[column[2:]] = cell
        else:
            test["vars"][column] = cell
    metric = test.pop("metric", None)
    for one in test["assert"] if metric else []:
        one["metric"] = metric
    return test


def assertion(cell: str) -> Fields:
    """An expectation in one cell: `type:value`, `type(threshold):value`, or the answer itself."""
    code = _CODE.match(cell)
    if code:
        prefix = code.group().casefold()
        kind = "python" if prefix == "python:" or ".py" in cell else "javascript"
        return {"type": kind, "value": cell[code.end() :].strip()}
    if cell.startswith("grade:"):
        return {"type": "llm-rubric", "value": cell[6:].strip()}
    found = _TYPED.match(cell)
    if not found or found["type"].removeprefix("not-") not in _TYPES:
        return {"type": "equals", "value": cell}
    made: Fields = {"type": found["type"], "value": (found["value"] or "").strip()}
    if made["type"].endswith("-json"):
        made["value"] = _schema(made["value"])
    if found["threshold"]:
        made["threshold"] = float(found["threshold"])
    return made


def _schema(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _metadata(name: str, cell: str) -> Fields:
    if not name.endswith("[]"):
        return {name: cell}
    parts = re.split(r"(?<!\\),", cell)
    listed = [part.replace("\\,", ",").strip() for part in parts]
    return {name.removesuffix("[]"): [part for part in listed if part]}
