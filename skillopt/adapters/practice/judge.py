"""The judge: a practice grader of rubrics that looks at words.

A criterion is decided by the first of these that applies: a limit it names (characters, words,
sentences, lines), the phrases it quotes (all must be mentioned, or none where it says not), the
words of the expected answer (half must be mentioned), the criterion's own words (a quarter).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from skillopt.adapters.practice.induction import STOP_WORDS
from skillopt.adapters.practice.phrases import folded, mentions

MOST_CRITERIA = 100
LONGEST_QUOTE = 200

_QUOTED = re.compile(r"[\"`]([^\"`]{1,100})[\"`]")
_LIMIT = re.compile(
    r"(?:at most|within|under|no more than|fewer than) (\d{1,6}) (characters|words|sentences|lines)"
)
_NOT = re.compile(r"\b(?:not|no|never|without|avoids?|free of)\b")
_WORD = re.compile(r"[^\W_]{3,}")
_CUTS = {"words": r"\s+", "sentences": r"[.!?]+(?:\s+|$)", "lines": r"\n"}


class Finding(NamedTuple):
    """What the judge says of one criterion."""

    met: bool
    why: str
    quote: str = ""
    """A phrase of the answer that decided, "" where none did."""


def reply(data: Mapping[str, str]) -> str:
    """The judge's reply to a prompt's blocks, as JSON.

    They are `criteria`, `expected` and `answer`; or `first` and `second`, to be compared.
    """
    criteria = _loaded(data.get("criteria", ""))
    expected = _loaded(data.get("expected", ""))
    named = criteria if isinstance(criteria, dict) else {}
    if "second" in data:
        said = list(map(str, named.values()))[:MOST_CRITERIA]
        return json.dumps(compared(said, data.get("first", ""), data["second"], expected=expected))
    answer = data.get("answer", "")
    results = []
    for name, sentence in list(named.items())[:MOST_CRITERIA]:
        found = judged(str(sentence), answer, expected=expected)
        results.append(
            {
                "criterion": name,
                "quote": found.quote[:LONGEST_QUOTE],
                "why": found.why,
                "met": float(found.met),
            }
        )
    return json.dumps({"results": results}, ensure_ascii=False)


def compared(criteria: list[str], first: str, second: str, *, expected: Any = None) -> Any:
    """Which of two answers meets more of the criteria, as far as words can tell."""
    met = [
        sum(judged(criterion, answer, expected=expected).met for criterion in criteria)
        for answer in (first, second)
    ]
    better = "neither" if met[0] == met[1] else "first" if met[0] > met[1] else "second"
    why = f"Of {len(criteria)} criteria, the first answer meets {met[0]}, the second {met[1]}."
    return {"why": why, "better": better}


def judged(criterion: str, answer: str, *, expected: Any = None) -> Finding:
    """Whether the answer meets the criterion, as far as words can tell."""
    low, said = folded(answer), folded(criterion)
    if not low.strip():
        return Finding(met=False, why="The answer is empty.")
    limit = _LIMIT.search(said)
    if limit:
        size = _size(answer, limit[2])
        return Finding(size <= int(limit[1]), f"The answer has {size} {limit[2]}.")
    negative = _NOT.search(said) is not None
    quoted = _QUOTED.findall(said)
    if quoted:
        return _mentioned(quoted, low, negative=negative, share=1.0)
    known = _words(folded(expected)) if isinstance(expected, str) else []
    if known and not negative:
        return _mentioned(known, low, negative=False, share=0.5)
    return _mentioned(_words(said), low, negative=negative, share=0.25)


def _mentioned(phrases: list[str], low: str, *, negative: bool, share: float) -> Finding:
    there = [phrase for phrase in phrases if mentions(low, phrase)]
    met = not there if negative else len(there) >= share * len(phrases)
    why = f"Of {len(phrases)} words or phrases looked for, the answer mentions {len(there)}."
    literal = next((phrase for phrase in there if phrase in low), "")
    return Finding(met, why, literal)


def _words(low: str) -> list[str]:
    return sorted({word for word in _WORD.findall(low) if word not in STOP_WORDS})


def _size(answer: str, unit: str) -> int:
    if unit == "characters":
        return len(answer.strip())
    return len([part for part in re.split(_CUTS[unit], answer.strip()) if part.strip()])


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
