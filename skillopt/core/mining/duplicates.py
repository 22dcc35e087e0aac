"""Which finds are new: not nearly the same as a task, a candidate, or each other.

The same rule as for :mod:`skillopt.core.evaluation.near_copies`: the same words but for case and
punctuation, or nearly the same words, fewer of them where the answers differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from skillopt.core.evaluation.near_copies import ENOUGH, ENOUGH_ALONE
from skillopt.core.evaluation.similar_texts import similar, wordings, words_of
from skillopt.core.value import canonical_json

Asked = tuple[str, Any]
"""An input as one text, and its answer as far as there is one."""


def earlier_copies(texts: Sequence[Asked]) -> dict[int, int]:
    """For each text that is a near-copy of an earlier one that is kept: the number of that one.

    The first of a family is kept: what is in the validation set comes first, then what was found
    before. Takes time near-linear in the number of texts.
    """
    first: dict[tuple[str, ...], int] = {}
    copies: dict[int, int] = {}
    for number, (text, _) in enumerate(texts):
        earlier = first.setdefault(words_of(text), number)
        if earlier != number:
            copies[number] = earlier
    alike: dict[int, set[int]] = defaultdict(set)
    for one, other in _similar(first, [_answer(answer) for _, answer in texts]):
        alike[max(one, other)].add(min(one, other))
    kept = set(first.values())
    for number in sorted(alike):
        origin = min(alike[number] & kept, default=None)
        if origin is not None:
            copies[number] = origin
            kept.discard(number)
    return copies


def _similar(first: dict[tuple[str, ...], int], answers: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of numbers whose texts differ in few words."""
    words = sorted(first)
    compared = [
        (first[own], wording)
        for own, wording in zip(words, wordings(words), strict=True)
        if wording.payload
    ]
    pairs = []
    for one, other, similarity in similar([wording for _, wording in compared], ENOUGH):
        left, right = compared[one][0], compared[other][0]
        same = answers[left] != "null" and answers[left] == answers[right]
        if similarity >= (ENOUGH if same else ENOUGH_ALONE):
            pairs.append((left, right))
    return pairs


def _answer(answer: Any) -> str:
    return canonical_json(" ".join(answer.split()) if isinstance(answer, str) else answer)
