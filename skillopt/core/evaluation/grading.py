"""Grading: what the checks that need nothing but the answer find in it, and a task's score."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any, assert_never

from skillopt.core.evaluation.answers import NoJson, json_in
from skillopt.core.evaluation.checks import (
    Check,
    CheckResult,
    Contains,
    Exact,
    Json,
    Number,
    Regex,
    Rubric,
)
from skillopt.core.evaluation.json_compare import difference, field_at, schema_complaint
from skillopt.core.evaluation.numbers import ReadNumber, last_number
from skillopt.core.evaluation.patterns import BadPattern, compiled, is_found
from skillopt.core.evaluation.task import Task
from skillopt.core.evaluation.unicode_forms import Form, as_it_is, nfc_content
from skillopt.core.figures import clipped

PureCheck = Exact | Contains | Regex | Number | Json
"""The checks that touch nothing but the answer."""

LONGEST_FEEDBACK = 500
"""Characters of a check's feedback."""

ONLY_THE_FORM = "the answer is right; only its Unicode form differs (compared in NFC)"

_LONGEST_SHOWN = 160


def grade_check(check: PureCheck, answer: str, task: Task) -> CheckResult:
    """What ``check`` finds in ``answer``: score 1, or 0 and why. Texts are compared in NFC.

    Feedback reads `<criterion or type>: expected X, got Y` on one line, with what the check `says`;
    a pattern stays with the grader. With score 1 it is empty, or says that only the Unicode form
    differs.

    Raises:
        CallFailed: a pattern ran out of its time; missing data, not a failed answer.
    """
    complaint = _complaint(check, answer, task.expected, nfc_content)
    if complaint is not None:
        says = f"{check.says}: " if check.says and not isinstance(check, Regex) else ""
        return result(label(check), 0.0, f"{says}{complaint}")
    other_form = not _in_one_form(answer) and _complaint(check, answer, task.expected, as_it_is)
    return result(label(check), 1.0, ONLY_THE_FORM if other_form else "")


def _complaint(check: PureCheck, answer: str, expected: Any, form: Form) -> str | None:
    match check:
        case Exact():
            return _exact(check, answer, expected, form)
        case Contains():
            return _contains(check, answer, expected, form)
        case Regex():
            return _regex(check, answer, form)
        case Number():
            return _number(check, answer, expected)
        case Json():
            return _json(check, answer, expected, form)
        case _:
            assert_never(check)


def label(check: Check) -> str:
    """What a check's results are filed under: its criterion, or its type."""
    return check.criterion or check.type


def result(name: str, score: float, feedback: str) -> CheckResult:
    """A check's result with its feedback on one bounded line that begins with ``name``."""
    line = _clean(" ".join(feedback.split()))
    if line and not line.startswith(f"{name}:"):
        line = f"{name}: {line}"
    return CheckResult(criterion=name, score=score, feedback=clipped(line, LONGEST_FEEDBACK))


def wanted(check: Check, otherwise: str, got: str) -> str:
    """What ``check`` wants and what there is, for checks whose mechanics stay with the grader.

    Args:
        check: its `says` is used, in plain words.
        otherwise: used where it says nothing.
        got: what there is, as text.
    """
    return (
        f"expected: {check.says}; got {got}" if check.says else f"expected {otherwise}, got {got}"
    )


def task_score(task: Task, results: Sequence[CheckResult]) -> float:
    """The task's score in [0, 1], and 1 only if every check is fully met.

    Args:
        task: says how results are put together (`scoring`).
        results: one per check in the checks' order, and for a `rubric` one per criterion of it.

    Raises:
        ValueError: the results are not those of the task's checks.
    """
    parts: list[tuple[float, float]] = []
    rest = list(results)
    for check in task.checks:
        share = len(check.criteria) if isinstance(check, Rubric) else 1
        own, rest = rest[:share], rest[share:]
        if len(own) < share:
            raise ValueError(f"task {task.id!r}: fewer results than checks")
        parts.append((sum(found.score for found in own) / share, check.weight))
    if rest:
        raise ValueError(f"task {task.id!r}: more results than checks")
    lowest, highest = min(parts)[0], max(parts)[0]
    if task.scoring == "all" or lowest >= 1.0:
        return lowest
    largest = max(weight for _, weight in parts)
    shares = [weight / largest for _, weight in parts]
    total = math.fsum(score * share for (score, _), share in zip(parts, shares, strict=True))
    mean = min(max(total / math.fsum(shares), lowest), highest)  # whatever the rounding
    return min(mean, math.nextafter(1.0, 0.0))


def shown(value: Any) -> str:
    """A value for feedback and messages: as JSON, on one line, bounded."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return clipped(_clean(text), _LONGEST_SHOWN)


def _exact(check: Exact, answer: str, expected: Any, form: Form) -> str | None:
    wanted = str(expected) if check.value is None else check.value
    sides = [form(_folded(side.strip(), check.ignore_case)) for side in (answer, wanted)]
    if sides[0] == sides[1]:
        return None
    near = " (only such forms as no-break spaces or ligatures differ)" if _alike(*sides) else ""
    return f"expected {shown(wanted)}, got {shown(answer)}{near}"


def _contains(check: Contains, answer: str, expected: Any, form: Form) -> str | None:
    wanted = expected if check.value is None else check.value
    values = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    text = form(_folded(answer, check.ignore_case))
    there = [value for value in values if form(_folded(value, check.ignore_case)) in text]
    if check.absent:
        return f"expected no {shown(there[0])}, got {shown(answer)}" if there else None
    missing = [value for value in values if value not in there]
    spelled = ", ".join(shown(value) for value in missing[:3])
    return f"expected {spelled} in it, got {shown(answer)}" if missing else None


def _regex(check: Regex, answer: str, form: Form) -> str | None:
    # In both forms: a pattern may look for combining characters, which NFC has composed.
    pairs = dict.fromkeys([(check.pattern, answer), (_composed(check.pattern, form), form(answer))])
    if any(is_found(pattern, text) for pattern, text in pairs) is not check.absent:
        return None
    if check.absent:
        return wanted(check, "an answer without something that is in it", shown(answer))
    return wanted(check, "a form that the answer does not have", shown(answer))


def _composed(pattern: str, form: Form) -> str:
    """``pattern`` in ``form``, where that is a pattern still."""
    try:
        compiled(form(pattern))
    except BadPattern:
        return pattern
    composed: str = form(pattern)
    return composed


def _number(check: Number, answer: str, expected: Any) -> str | None:
    value = float(expected) if check.value is None else check.value
    found = last_number(answer, decimal=check.decimal)
    if found is None:
        return f"expected the number {value:.12g}, got no number in {shown(answer)}"
    wanted = Decimal(repr(value))
    absolute, relative = Decimal(repr(check.absolute)), Decimal(repr(check.relative))
    with localcontext(prec=1000):
        # In decimals, so that 1.1 lies within 0.1 of 1.0 as it does on paper.
        tolerance = max(absolute, relative * abs(wanted))
        fits = [abs(one - wanted) <= tolerance for one in found.values]
    if all(fits):
        return None
    values = " or ".join(f"{float(one):.12g}" for one in found.values)
    within = f" ± {float(tolerance):.6g}" if tolerance else ""
    complaint = f"expected {value:.12g}{within}, got {values}"
    if any(fits):
        return (
            f"{complaint}: {shown(found.text)} is ambiguous; write it without a thousands "
            "separator, or set the check's `decimal` to '.' or ','"
        )
    hint = _number_hint(found, wanted, tolerance)
    return f"{complaint} ({hint})" if hint else complaint


def _number_hint(found: ReadNumber, wanted: Decimal, tolerance: Decimal) -> str | None:
    """What else the number may have meant, where that would have been right."""

    def fits(value: Decimal) -> bool:
        with localcontext(prec=1000):
            return abs(value - wanted) <= tolerance

    if found.per_cent and any(fits(value / 100) for value in found.values):
        return "a per cent sign is not applied"
    pieces = re.findall(r"\d+", found.text)
    if len(pieces) > 1 and fits(Decimal("".join(pieces))):
        return f"{shown(found.text)} has a decimal sign; set the check's `decimal` if it groups"
    if len(pieces) > 1 and fits(Decimal(pieces[-1])):
        return f"{shown(found.text)} is read as one number"
    return None


def _json(check: Json, answer: str, expected: Any, form: Form) -> str | None:
    wanted = expected if check.value is None else check.value
    if check.at is not None and check.value is None:
        wanted = field_at(wanted, check.at)
    try:
        got = form(json_in(answer, like=_kind(check, wanted)))
    except NoJson:
        return f"expected JSON, got {shown(answer)}"
    if check.at is not None:
        try:
            got = field_at(got, form(check.at))
        except KeyError:
            want = "a field" if check.mode == "schema" else shown(wanted)
            return f"expected {want} at `{check.at}`, got no such field in {shown(got)}"
    if check.mode == "schema":
        return schema_complaint(form(wanted), got)
    return difference(form(wanted), got, subset=check.mode == "subset", show=shown)


def _kind(check: Json, wanted: Any) -> type | None:
    """What kind of JSON the answer must hold: a bracket in its prose is not taken for it."""
    if check.at is not None:
        return None if check.at.split(".")[0].isdecimal() else dict
    if check.mode == "schema":
        kinds: dict[Any, type] = {"object": dict, "array": list}
        kind = wanted.get("type") if isinstance(wanted, dict) else None
        return kinds.get(kind) if isinstance(kind, str) else None
    return type(wanted) if isinstance(wanted, dict | list) else None


def _in_one_form(answer: str) -> bool:
    """Whether no text of ``answer`` can have another form, JSON's escapes included."""
    return answer.isascii() and "\\u" not in answer


def _alike(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but compatibility characters and white space."""
    one, other = (" ".join(unicodedata.normalize("NFKC", text).split()) for text in (one, other))
    return one == other


def _folded(text: str, ignore_case: bool) -> str:  # noqa: FBT001 - one caller's field
    return text.casefold() if ignore_case else text


def _clean(text: str) -> str:
    """Without lone surrogates, which neither a ledger nor a terminal can take."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
