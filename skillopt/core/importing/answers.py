"""Expected answers, and the check that compares with them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from skillopt.core.importing.fields import Unreadable, as_text
from skillopt.core.importing.values import Draft, ExpectedCheck, Fields, Tally

LONGEST_EXACT = 100
"""Characters; an expected text that is longer, or has several lines, is no answer to repeat."""

# The leak screen takes what checks say for public: no answer may stand in it.
ONE_OF_WHOLE = "The answer is one of the accepted texts."
ONE_OF = "The answer contains one of the accepted texts."
AGREES = "The answer says the same as the expected answer."
_NO_TEXTS = {"number": "numbers", "json": "lists, mappings or yes and no"}
NO_ANSWER = "no expected answer and no checks"


def scored(drafts: Sequence[Draft], check: ExpectedCheck | None, tally: Tally) -> list[Draft]:
    """The drafts with checks: those without get one that compares with the expected answer.

    Texts are compared word for word, unless one of them is too long for that: then the judge
    compares all of them. Several texts are alternatives.
    """
    bare = [draft for draft in drafts if draft.checks is None]
    texts = [text for draft in bare for text in _texts(draft.expected)]
    chosen: ExpectedCheck = check or ("rubric" if any(map(_is_long, texts)) else "exact")
    found: list[Draft] = []
    kinds: set[str] = set()
    for draft in drafts:
        if draft.checks is not None:
            found.append(draft)
            continue
        try:
            made = _with_check(draft, chosen, asked_for=check is not None)
        except Unreadable as error:
            tally.leave_out(str(error), record=draft.record)
            continue
        kinds |= {one["type"] for one in made.checks or ()}
        found.append(made)
    if texts or (bare and check):
        tally.note(
            f"expected answers are compared by `{chosen}`; `import-tasks --check` sets another"
        )
    for kind, what in _NO_TEXTS.items():
        if check is None and kind in kinds:
            tally.note(f"expected answers that are {what} are compared by `{kind}`")
    return found


def alternatives(values: Sequence[str], *, whole: bool, ignore_case: bool = False) -> Fields:
    """The check that finds one of ``values``, as the whole answer or anywhere in it."""
    either = "|".join(re.escape(value.strip() if whole else value) for value in values)
    pattern = rf"\A\s*(?:{either})\s*\Z" if whole else f"(?:{either})"
    return {
        "type": "regex",
        "pattern": f"(?i){pattern}" if ignore_case else pattern,
        "says": ONE_OF_WHOLE if whole else ONE_OF,
    }


def _with_check(draft: Draft, chosen: ExpectedCheck, *, asked_for: bool) -> Draft:
    expected = _single(draft.expected)
    if expected in (None, "", [], {}):
        raise Unreadable(NO_ANSWER)
    if asked_for or isinstance(expected, str) or _is_texts(expected):
        expected, check = _compared(expected, chosen)
    elif isinstance(expected, int | float) and not isinstance(expected, bool):
        check = {"type": "number"}
    else:
        check = {"type": "json"}
    return draft.model_copy(update={"expected": expected, "checks": (check,)})


def _compared(expected: Any, chosen: ExpectedCheck) -> tuple[Any, Fields]:
    match chosen:
        case "rubric":
            return expected, {"type": "rubric", "criteria": [AGREES]}
        case "number":
            return _number(expected), {"type": "number"}
        case "json":
            return _json(expected), {"type": "json"}
        case "exact" | "contains":
            if _is_texts(expected):
                return expected, alternatives(expected, whole=chosen == "exact")
            return as_text(expected), {"type": chosen}


def _number(expected: Any) -> float:
    try:
        value = float(expected)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise Unreadable("its expected answer is no number, which --check number compares")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _json(expected: Any) -> Any:
    if not isinstance(expected, str):
        return expected
    try:
        return json.loads(expected)
    except (ValueError, RecursionError):
        raise Unreadable("its expected answer is no JSON, which --check json compares") from None


def _single(expected: Any) -> Any:
    """A list of one text is that text."""
    return expected[0] if _is_texts(expected) and len(expected) == 1 else expected


def _is_texts(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(part, str) and part.strip() for part in value)
    )


def _texts(expected: Any) -> list[str]:
    if isinstance(expected, str):
        return [expected]
    return list(expected) if _is_texts(expected) else []


def _is_long(text: str) -> bool:
    return len(text) > LONGEST_EXACT or "\n" in text.strip()
