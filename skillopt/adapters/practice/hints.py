"""Hints: changes to the skill that are not about phrases: sources, shapes, the answer's form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from skillopt.adapters.practice.evidence import Need, Seen
from skillopt.adapters.practice.language import (
    ANSWER,
    FreeForm,
    JsonForm,
    LabelForm,
    Rule,
    RuleBook,
    ShapeKind,
    Source,
    Taken,
    TemplateForm,
)
from skillopt.adapters.practice.sources import taken


class Hint(NamedTuple):
    """One sentence to add, or a rule to replace by it ("" removes the rule)."""

    field: str
    text: str
    gain: float
    """The share of what is shown that it would fix."""
    replaces: Rule | None = None


_GUESSED = (
    Source.HOUR,
    Source.MINUTE,
    Source.FIRST_NUMBER,
    Source.QUOTED,
    Source.FIRST_SENTENCE,
    Source.FIRST_LINE,
    Source.WHOLE_INPUT,
)


def source_hints(
    book: RuleBook, seen: Sequence[Seen], needs: Sequence[Need], noun: str
) -> list[Hint]:
    """Fields whose expected value stands in the input, where a source finds it."""
    found = []
    for field in book.fields:
        wanted = {need.at: need.value for need in needs if need.field == field}
        for source in _GUESSED:
            value = Taken(source=source)
            mended = broken = 0
            for at, one in enumerate(seen):
                got = taken(value, one.observation.input)
                if got is None or field not in one.expected:
                    continue
                mended += at in wanted and got == wanted[at]
                broken += at not in wanted and got != one.expected[field]
            if mended >= 2 and mended > 3 * broken:  # noqa: PLR2004 - once may be chance
                text = f"Set `{field}` to {source.value} in the {noun}."
                if field == ANSWER and isinstance(book.form, LabelForm | FreeForm):
                    text = f"Set `{ANSWER}` to {source.value} in the {noun}."
                found.append(Hint(field, text, mended / len(seen)))
                break
    return found


_COMPLAINTS: tuple[tuple[ShapeKind, re.Pattern[str], str], ...] = (
    (
        ShapeKind.START_LOWER,
        re.compile(
            r"lower[- ]case (?:first )?letter|start\w{0,3} (?:with|in) (?:a )?lower|"
            r"lower-case start"
        ),
        "Start {field} with a lower-case letter.",
    ),
    (
        ShapeKind.START_CAPITAL,
        re.compile(r"capital (?:first )?letter|start\w{0,3} with (?:a|an) (?:capital|upper)"),
        "Start {field} with a capital letter.",
    ),
    (
        ShapeKind.NO_STOP,
        re.compile(r"(?:no|without a?|drop the) ?(?:final |trailing )?(?:full stop|period)"),
        "End {field} without a full stop.",
    ),
    (
        ShapeKind.STOP,
        re.compile(r"(?:end|ends|ending) (?:with|in) a (?:full stop|period)"),
        "End {field} with a full stop.",
    ),
    (
        ShapeKind.LOWER,
        re.compile(r"(?:all|in) lower[- ]case(?! letter)"),
        "Write {field} in lower case.",
    ),
    (
        ShapeKind.UPPER,
        re.compile(r"(?:all|in) upper[- ]case(?! letter)"),
        "Write {field} in upper case.",
    ),
)
_LENGTH = re.compile(
    r"(?:at most|no more than|within|not longer than|maximum of|limit of|max\.?) (\d{1,5}) char"
)


def shape_hints(book: RuleBook, seen: Sequence[Seen], refused: str) -> list[Hint]:
    """Shapes that at least two of the checks' remarks ask for in so many words."""
    field = _worded(book, seen)
    told = Counter[str]()
    for one in seen:
        said = " ".join(one.observation.feedback).lower()
        wish = said.rpartition("expected")[2] if "expected" in said else said
        for kind, pattern, sentence in _COMPLAINTS:
            has = any(shape.kind is kind and shape.field == field for shape in book.shapes)
            if not has and pattern.search(wish):
                told[sentence.format(field=_named(field))] += 1
        length = _LENGTH.search(wish)
        if length and not any(
            s.kind is ShapeKind.WITHIN and s.field == ANSWER for s in book.shapes
        ):
            told[f"Keep the answer within {length[1]} characters."] += 1
    return [
        Hint(field, sentence, times / (2 * len(seen)))
        for sentence, times in told.most_common()
        if times >= 2 and sentence not in refused  # noqa: PLR2004 - once may be chance
    ]


def _worded(book: RuleBook, seen: Sequence[Seen]) -> str:
    """The field that is written in words: the last one nobody expects a certain value of."""
    expected = {field for one in seen for field in one.expected}
    free = [f for f in book.fields if f not in expected and f not in book.values]
    return free[-1] if free else ANSWER


def _named(field: str) -> str:
    return "the answer" if field == ANSWER else f"`{field}`"


def form_hint(book: RuleBook, seen: Sequence[Seen]) -> Hint | None:
    """The answer's form, where what is expected is not of the form that the skill states."""
    mappings = [one.told for one in seen if isinstance(one.told, Mapping)]
    if mappings and not isinstance(book.form, TemplateForm):
        fields = tuple(dict.fromkeys(str(key) for content in mappings for key in content))
        known = book.form.fields if isinstance(book.form, JsonForm) else ()
        missing = [field for field in fields if field not in known]
        plain = all(re.fullmatch(r"[\w-]{1,60}", field) for field in fields)
        if missing and plain and len(mappings) * 2 > len(seen):
            named = [f"`{field}`" for field in (*known, *missing)]
            listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
            return Hint(ANSWER, f"Answer as JSON with the fields {listed}.", 0.5)
    labels = Counter(one.told for one in seen if isinstance(one.told, str))
    repeated = [label for label, times in labels.items() if times > 1]
    short = all(len(label) <= 40 and not re.search(r"[`\n]", label) for label in labels)  # noqa: PLR2004
    common = len(repeated) > 1 and sum(labels[label] for label in repeated) * 2 > len(seen)
    if isinstance(book.form, FreeForm) and short and common:
        listed = ", ".join(f"`{label}`" for label in sorted(labels))
        return Hint(ANSWER, f"Answer with one of {listed}.", 0.5)
    return None
