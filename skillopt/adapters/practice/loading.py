"""What the reader loads: the skill whose description shares the most words with a request."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator
from typing import Any

FEWEST_SHARED = 2
"""Words that a request and a description have to share."""

_SHORTEST = 3
"""Letters of a stem."""
_WORD = re.compile(r"[^\W\d_]{3,40}")
_COMMON = frozenset(
    "about after all also and any are ask asks before but can could does each for from get give "  # noqa: SIM905
    "has have her his how into its just like make may more most much need needs new not now one "
    "only our out over own please put say should skill skills some such than that the their them "
    "then there these they this those three too two use used uses user users want wants was what "
    "when where which while who will with would write you your".split()
)


def choose(skills: str, text: str, *, seed: int = 0, noise: float = 0.0) -> str:
    """The reader's reply to a list of skills.

    Args:
        skills: one JSON object a line, with `name` and `description`.
        text: the request.
        seed: the trial; with the request it seeds the noise.
        noise: how likely it is, between 0 and 1, that the reader loads nothing, whatever fits.
    """
    asked = words_by_stem(text).keys()
    scored = [(len(asked & words_by_stem(said).keys()), name) for name, said in _listed(skills)]
    best = max(scored, default=(0, ""))
    fits = best[0] >= FEWEST_SHARED and [score for score, _ in scored].count(best[0]) == 1
    mark = hashlib.sha256(f"{text}\0{seed}".encode("utf-8", "surrogatepass"))
    errs = noise > 0 and random.Random(mark.digest()).random() < noise
    return json.dumps({"load": [best[1]] if fits and not errs else []})


def _listed(skills: str) -> Iterator[tuple[str, str]]:
    for line in skills.split("\n"):
        one = _object(line)
        if isinstance(one, dict):
            yield str(one.get("name", "")), f"{one.get('name', '')} {one.get('description', '')}"


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def words_by_stem(text: str) -> dict[str, str]:
    """The words that count, by the stem by which they are compared."""
    words = _WORD.findall(text.casefold())
    return {_stem(word): word for word in words if word not in _COMMON}


def _stem(word: str) -> str:
    """Without the endings of plurals and verbs; crude, and enough for practice."""
    for ending in ("ing", "ed", "s", "e"):
        if len(word) - len(ending) >= _SHORTEST:
            word = word.removesuffix(ending)
    return word
