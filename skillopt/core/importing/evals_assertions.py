"""The assertions of an evals.json: statements, objects with a type, and `contains 'text'`.

The last form is that of AWS's sample-agent-skill-eval; types with `content_` before them are those
of netresearch's skills.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from skillopt.core.importing.promptfoo_asserts import KNOWN, Refused, check_of, criterion
from skillopt.core.importing.values import Fields

_TEXTS = (
    "text", "statement", "description", "assertion", "expectation", "criterion", "check", "rule",
    "requirement", "expected", "content",
)  # fmt: skip
_LABELS = {"id", "name", "type", "kind", "category", "severity", "level", "priority", "grading"}
_VALUES = ("value", "pattern", "values", "expected")
_ABOUT = re.compile(r"\A(?:content|output|response|answer|text)-")
_SYNONYMS = {
    "matches": "regex",
    "matches-regex": "regex",
    "regex-match": "regex",
    "includes": "contains",
    "not-includes": "not-contains",
    "exact": "equals",
    "exact-match": "equals",
}
_OF_TRACE = {"tool-use", "tool-used", "tool-call", "tool-called", "tool-not-used"}
_SAID = re.compile(
    r"(?P<verb>contains|does not contain|matches regex)\s+"
    r"(?:'(?P<single>[^']+)'|\"(?P<double>[^\"]+)\"|/(?P<pattern>.+)/)\s*\.?",
    re.IGNORECASE,
)
_OR = re.compile(r"(?<!\s)\s+or\s+(?=(?:contains|does not contain|matches regex)\s)", re.IGNORECASE)


class Typed(NamedTuple):
    """An assertion that a check stands for, in promptfoo's words."""

    kind: str
    check: Fields


def assertion_of(given: Any) -> Typed | str:
    """A check, or the statement that the judge answers.

    Raises:
        Refused: it is neither.
    """
    if isinstance(given, str):
        return _said(given.strip()) or _statement(given)
    if not isinstance(given, Mapping):
        raise Refused("a statement that is no text")
    return _typed(given) or _described(given)


def _said(text: str) -> Typed | None:
    """`contains 'a' or contains 'b'` as a check; None for a statement in other words."""
    found = [_SAID.fullmatch(part) for part in _OR.split(text)]
    parts = [one for one in found if one is not None]
    verbs = {one["verb"].casefold() for one in parts}
    if len(parts) < len(found) or len(verbs) > 1:
        return None
    texts = [one["single"] or one["double"] or one["pattern"] for one in parts]
    match verbs.pop():
        case "contains" if not any(one["pattern"] for one in parts):
            kind = "contains" if len(texts) == 1 else "contains-any"
            return _checked(kind, texts[0] if len(texts) == 1 else texts)
        case "does not contain" if len(texts) == 1 and not parts[0]["pattern"]:
            return _checked("not-contains", texts[0])
        case "matches regex":
            return _checked("regex", "|".join(f"(?:{text})" for text in texts))
        case _:
            return None


def _checked(kind: str, value: Any) -> Typed:
    return Typed(kind, check_of({"type": kind, "value": value}))


def _typed(given: Mapping[str, Any]) -> Typed | None:
    own = str(given.get("type", ""))
    kind = _ABOUT.sub("", own.replace("_", "-"))
    kind = _SYNONYMS.get(kind, kind)
    if kind in _OF_TRACE:
        raise Refused(f"`{own}`: is about what the agent did; `tool_used` checks ask for that")
    value = next((given[name] for name in _VALUES if name in given), None)
    if value is None or not (kind in KNOWN or kind.removeprefix("not-") in KNOWN):
        return None
    return _checked(kind, value)


def _described(given: Mapping[str, Any]) -> str:
    text = next((given[name] for name in _TEXTS if isinstance(given.get(name), str)), None)
    if text is not None:
        return _statement(text)
    others = sorted(str(name)[:40] for name in given if name not in _LABELS)
    if others or not isinstance(given.get("name"), str):
        kind = f"of the type {str(given['type'])[:40]!r} " if "type" in given else ""
        there = f"; there is {', '.join(others[:12])}" if others else ""
        raise Refused(f"an assertion {kind}without a statement{there}")
    return _statement(given["name"])


def _statement(text: str) -> str:
    if not text.strip():
        raise Refused("a statement that is no text")
    return criterion("{}", text.strip())
