"""promptfoo's assertions as checks.

Follows promptfoo's pages "Deterministic metrics" and "Assertions & metrics" (release 0.121, 2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from skillopt.core.evaluation.patterns import BadPattern, compiled
from skillopt.core.importing.answers import alternatives
from skillopt.core.importing.fields import as_text, listed
from skillopt.core.importing.values import Fields, Tally

_CODE = "is code, which an import does not run: write it as a `python` or `command` check"
_PROVIDER = "is about the provider, not the answer"
_TRACE = "is about what the agent did, not its answer"
_MODEL = "needs a model of its own: a `rubric` check asks the judge instead"

_REASONS = {
    "javascript": _CODE,
    "python": _CODE,
    "ruby": _CODE,
    "webhook": "calls a server: write it as a `command` check",
    "cost": _PROVIDER,
    "latency": _PROVIDER,
    "finish-reason": _PROVIDER,
    "skill-used": _TRACE,
    "similar": _MODEL,
    "classifier": _MODEL,
    "moderation": _MODEL,
    "select-best": "compares several answers",
    "max-score": "compares several answers",
    "assert-set": "a share of its assertions is enough, or it weighs more than one",
}
_RUBRICS = {
    "llm-rubric": "{}",
    "model-graded-closedqa": "{}",
    "factuality": "The answer agrees in its facts with this: {}",
    "model-graded-factuality": "The answer agrees in its facts with this: {}",
}
_TEXTS = ("equals", "contains", "icontains", "starts-with", "regex")
_LISTS = ("contains-all", "icontains-all", "contains-any", "icontains-any")
_JSON = ("is-json", "contains-json")
_IGNORED = {"threshold", "provider", "rubricPrompt", "config", "contextTransform"}
"""What changes how promptfoo grades an assertion that has a check here."""
KNOWN = (*_TEXTS, *_LISTS, *_JSON, *_RUBRICS)
"""Types that have a check here."""


class Refused(ValueError):  # noqa: N818 - it names what was got
    """An assertion that no check stands for; the message names its type and why."""


def checks_of(assertions: Any, tally: Tally) -> list[Fields]:
    """The checks of a test's assertions; those that have none are counted.

    A group that wants all of its assertions is taken apart.
    """
    if assertions is None:
        return []
    found: list[Fields] = []
    for one in assertions if isinstance(assertions, list) else [assertions]:
        if _is_whole_set(one):
            found += checks_of(one.get("assert"), tally)
            continue
        try:
            check = check_of(one)
        except Refused as error:
            tally.refuse(str(error))
            continue
        kind = str(one["type"])
        if left := _IGNORED & set(one):
            tally.note(f"`{kind}`: not used: {listed(left)}")
        tally.mapped[f"{kind} -> {named_check(check)}"] += 1
        found.append(check)
    return found


def check_of(assertion: Any) -> Fields:
    """The check that one assertion is.

    Raises:
        Refused: no check is the same.
    """
    if isinstance(assertion, Mapping) and "$ref" in assertion:
        raise Refused(f"`$ref` {str(assertion['$ref'])[:80]!r}, which names nothing in the file")
    if not isinstance(assertion, Mapping) or not isinstance(assertion.get("type"), str):
        raise Refused("an assertion without a `type`")
    kind: str = assertion["type"]
    bare, negated = (kind[4:], True) if kind.startswith("not-") else (kind, False)
    if assertion.get("transform") is not None:
        raise Refused(f"`{kind}` with `transform`: it is code, which an import does not run")
    weight = assertion.get("weight", 1)
    if not isinstance(weight, int | float) or isinstance(weight, bool) or weight < 0:
        raise Refused(f"`{kind}` with a `weight` that is no number from 0")
    if weight == 0:
        raise Refused(f"`{kind}` with `weight: 0`: it is measured and does not count")
    check = _mapped(kind, bare, assertion.get("value"), negated=negated)
    if weight != 1:
        check["weight"] = float(weight)
    metric = assertion.get("metric")
    if isinstance(metric, str) and metric.strip() and check["type"] != "rubric":
        check["criterion"] = metric
    return check


def _mapped(kind: str, bare: str, value: Any, *, negated: bool) -> Fields:
    if isinstance(value, str) and value.startswith("file://"):
        raise Refused(f"`{kind}` with the file {value[:80]!r}: {_file_reason(value)}")
    if bare in _TEXTS:
        return _of_text(kind, bare, value, negated=negated)
    if bare in _LISTS:
        return _of_list(kind, bare, value, negated=negated)
    if bare in _JSON and not negated:
        return _of_json(kind, value)
    if bare in _RUBRICS and not negated:
        return {"type": "rubric", "criteria": [criterion(_RUBRICS[bare], _said(kind, value))]}
    reason = _REASONS.get(bare, _TRACE if bare.startswith(("trajectory:", "trace-")) else None)
    if bare in KNOWN:
        reason = "no check here is its reverse"
    raise Refused(f"`{kind}`: {reason or 'no check here does that'}")


def criterion(form: str, text: str) -> str:
    """A criterion in a full sentence: one word alone would be the name of one."""
    sentence = form.format(text) if form != "{}" else text
    return sentence if len(sentence.split()) > 1 else f"The answer satisfies: {sentence}"


def _of_text(kind: str, bare: str, value: Any, *, negated: bool) -> Fields:
    if bare == "equals" and isinstance(value, dict | list):
        if negated:
            raise Refused(f"`{kind}` of JSON: no check here is its reverse")
        return {"type": "json", "value": value}
    text = _said(kind, value)
    reverse: Fields = {"absent": True} if negated else {}
    match bare:
        case "equals":
            whole = rf"\A\s*{re.escape(text.strip())}\s*\Z"
            return _pattern(kind, whole, reverse) if negated else {"type": "exact", "value": text}
        case "starts-with":
            return _pattern(kind, rf"\A{re.escape(text)}", reverse)
        case "regex":
            return _pattern(kind, text, reverse)
        case _:
            case: Fields = {"ignore_case": True} if bare == "icontains" else {}
            return {"type": "contains", "value": text, **case, **reverse}


def _of_list(kind: str, bare: str, value: Any, *, negated: bool) -> Fields:
    listed = _listed(value) if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed:
        raise Refused(f"`{kind}` without a list of texts")
    texts = [_said(kind, text) for text in listed]
    ignore_case = bare.startswith("i")
    case: Fields = {"ignore_case": True} if ignore_case else {}
    if bare.endswith("all"):
        if negated:
            raise Refused(f"`{kind}`: no check here is its reverse")
        return {"type": "contains", "value": texts, **case}
    if negated:
        return {"type": "contains", "value": texts, **case, "absent": True}
    found = alternatives(texts, whole=False, ignore_case=ignore_case)
    return _pattern(kind, found["pattern"], {"says": found["says"]})


def _of_json(kind: str, value: Any) -> Fields:
    if isinstance(value, str) and value.strip():
        raise Refused(f"`{kind}` with a schema that is no mapping")
    return {"type": "json", "mode": "schema", "value": value or {}}


def _pattern(kind: str, pattern: str, more: Fields) -> Fields:
    try:
        compiled(pattern)
    except BadPattern as error:
        raise Refused(f"`{kind}` with a pattern that Python does not read: {error}") from None
    return {"type": "regex", "pattern": pattern, **more}


def _said(kind: str, value: Any) -> str:
    """A value as text; promptfoo takes a number for one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Refused(f"`{kind}` without a text as its `value`")
    text = as_text(value)
    if not text.strip():
        raise Refused(f"`{kind}` with an empty `value`")
    return text


def _listed(value: str) -> list[str]:
    """Values with commas between them, as in a cell of a CSV."""
    return [part for part in (part.strip().strip('"') for part in value.split(",")) if part]


def _is_whole_set(one: Any) -> bool:
    """Whether an assertion is a group of which all must pass."""
    if not isinstance(one, Mapping) or one.get("type") != "assert-set":
        return False
    return one.get("threshold") in (None, 1) and one.get("weight", 1) == 1


def _file_reason(value: str) -> str:
    code = re.search(r"\.(?:py|[cm]?js|[cm]?ts|rb)(?::\w+)?\Z", value)
    return _CODE if code else "it is no text, JSON or YAML file of the project"


def named_check(check: Fields) -> str:
    """A check as the report names it: its type, and what turns its meaning."""
    absent = ", absent" if check.get("absent") else ""
    mode = f", {check['mode']}" if check.get("mode") else ""
    return f"{check['type']}{absent}{mode}"
