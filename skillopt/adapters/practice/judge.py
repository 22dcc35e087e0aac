"""The judge: a practice grader of rubrics that looks for the words a criterion names.

It answers for each criterion whether the answer meets it. It reads a criterion's quoted phrases
(all must be mentioned, or none where the criterion says not), its limits in characters, words and
sentences, and otherwise whether the answer shares the criterion's telling words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from skillopt.adapters.practice.induction import STOP_WORDS
from skillopt.adapters.practice.phrases import folded, mentions

_QUOTED = re.compile(r"[\"\u201c`]([^\"\u201d`]{1,100})[\"\u201d`]")
_LIMIT = re.compile(
    r"(?:at most|within|under|no more than|fewer than) (\d{1,6}) (characters|words|sentences|lines)"
)
_NOT = re.compile(r"\b(?:not|no|never|without|avoids?|free of)\b")
_WORD = re.compile(r"[^\W\d_]{4,}")
_CUTS = {"words": r"\s+", "sentences": r"[.!?]+(?:\s+|$)", "lines": r"\n"}


def reply(data: Mapping[str, str]) -> str:
    """The judge's reply to a prompt's blocks (`criteria`, `input`, `answer`): JSON."""
    try:
        loaded = json.loads(data.get("criteria", ""))
    except (ValueError, RecursionError):
        loaded = {}
    criteria = loaded if isinstance(loaded, dict) else {str(name): str(name) for name in loaded}
    answer = data.get("answer", "")
    results = [
        {
            "criterion": str(name),
            "quote": "",
            "why": (found := met(str(sentence), answer))[1],
            "met": float(found[0]),
        }
        for name, sentence in criteria.items()
    ]
    return json.dumps({"results": results}, ensure_ascii=False)


def met(criterion: str, answer: str) -> tuple[bool, str]:
    """Whether the answer meets the criterion as far as it can be seen in words, and why."""
    low, said = folded(answer), folded(criterion)
    if not low.strip():
        return False, "The answer is empty."
    limit = _LIMIT.search(said)
    if limit:
        size = _size(answer, limit[2])
        return size <= int(limit[1]), f"The answer has {size} {limit[2]}."
    negative = _NOT.search(said) is not None
    quoted = _QUOTED.findall(said)
    if quoted:
        there = [phrase for phrase in quoted if mentions(low, phrase)]
        good = not there if negative else len(there) == len(quoted)
        return good, f"Of {quoted} the answer mentions {there}."
    words = {word for word in _WORD.findall(said) if word not in STOP_WORDS}
    shared = sorted(word for word in words if mentions(low, word))
    good = not shared if negative else len(shared) * 4 >= len(words)
    return good, f"The answer shares {shared} with the criterion."


def _size(answer: str, unit: str) -> int:
    if unit == "characters":
        return len(answer.strip())
    return len([part for part in re.split(_CUTS[unit], answer.strip()) if part.strip()])
