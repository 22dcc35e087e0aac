"""Texts of nearly the same words, found without comparing each with each.

A wording that many texts share, such as a prompt around a short question, is a template: it is left
out before words are compared, so that it makes no texts similar.

Texts are compared only if they share one of their rarest word pairs, a bottom-k sketch by document
frequency (Broder 1997), and, where many share it, stand close to each other in the given order.
That misses few pairs (one in a hundred on Banking77), and takes time near-linear in the number of
texts.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import regex

SHINGLE = 4
"""Words in a row that make a template where many texts share them."""

TEMPLATE_SHARE = 0.02
TEMPLATE_TEXTS = 10
"""A template is in more than this share of the texts, and in more than so many."""

KEYS = 16
"""Word pairs by which a text is found, the rarest first."""

WINDOW = 12
"""How many of the next texts with the same word pair a text is compared with."""

LONG = 2_000
"""Words from which on it is word pairs that are compared, wherever they stand: to compare words in
order takes time that grows with the square of the length."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_WORD = regex.compile(
    rf"[{_UNSPACED}]"  # scripts without spaces: each character is a word
    rf"|[\w--[_{_UNSPACED}]]+"
    r"|[\p{Sm}\p{Sc}\p{So}%]"  # 3 + 4 is not 3 < 4, and one emoji is not another
    r"|(?<=\d\s*)[-*/](?=\s*\d)|(?<!\S)-(?=\d)",  # nor is it 3 - 4, or -3 + 4
    regex.VERSION1,
)
_APOSTROPHES = str.maketrans("", "", "'\N{RIGHT SINGLE QUOTATION MARK}")

_Numbers = tuple[int, ...]
"""A text, each of its words as a number."""


class Wording(NamedTuple):
    """What of a text is compared."""

    payload: _Numbers
    """The words outside of templates."""
    squeezed: _Numbers
    """All words, each run of template words as one: texts of two templates differ."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of ``text``, without case and punctuation; one without words is its own word."""
    plain = unicodedata.normalize("NFKC", text).upper().casefold().translate(_APOSTROPHES)
    return tuple(_WORD.findall(plain)) or tuple(plain.split())


def wordings(texts: Sequence[tuple[str, ...]]) -> list[Wording]:
    """The wordings of ``texts``, which are all different; their templates are those they share."""
    numbers: dict[Hashable, int] = {}
    numbered = [tuple(numbers.setdefault(word, len(numbers)) for word in text) for text in texts]
    template = _template(numbered)
    return [_without(template, text, numbers) for text in numbered]


def similar(texts: Sequence[Wording], enough: float) -> Iterator[tuple[int, int, float]]:
    """Pairs of ``texts`` by number, with their similarity, which is at least ``enough``.

    The similarity is the share of the longer one's words that need no change to make it the other:
    rapidfuzz's normalized Levenshtein similarity of the word sequences.
    """
    for one, other in sorted(_candidates([text.payload for text in texts])):
        found = _similarity(texts[one].payload, texts[other].payload, enough)
        if found >= enough:
            found = min(found, _similarity(texts[one].squeezed, texts[other].squeezed, enough))
        if found >= enough:
            yield one, other, found


def _similarity(one: _Numbers, other: _Numbers, enough: float) -> float:
    """Of two texts that are not empty; it may be 0 where it is less than ``enough``."""
    longest = max(len(one), len(other))
    if min(len(one), len(other)) < enough * longest:
        return 0.0
    if longest < LONG:
        from rapidfuzz.distance import Levenshtein  # words are cut where nothing is compared, too

        return Levenshtein.normalized_similarity(one, other, score_cutoff=enough)
    shared = Counter(pairwise(one)) & Counter(pairwise(other))
    return shared.total() / (longest - 1)


def _template(texts: Sequence[_Numbers]) -> set[int]:
    """Hashes of the word runs that so many texts share that they tell none of them apart."""
    counts = Counter(shingle for text in texts for shingle in set(_shingles(text)))
    most = max(TEMPLATE_TEXTS, TEMPLATE_SHARE * len(texts))
    return {shingle for shingle, count in counts.items() if count > most}


def _shingles(text: _Numbers) -> list[int]:
    # Hashes of numbers are the same in every process, and much smaller than what they stand for.
    return [hash(text[at : at + SHINGLE]) for at in range(len(text) - SHINGLE + 1)]


def _without(template: set[int], text: _Numbers, numbers: dict[Hashable, int]) -> Wording:
    """A text's wording; its runs of template words are added to ``numbers``."""
    inside = bytearray(len(text))
    for at, shingle in enumerate(_shingles(text)):
        if shingle in template:
            inside[at : at + SHINGLE] = b"\x01" * SHINGLE
    payload: list[int] = []
    squeezed: list[int] = []
    start = 0
    while start < len(text):
        end = inside.find(1 - inside[start], start)
        end = len(text) if end < 0 else end
        run = text[start:end]
        if inside[start]:
            squeezed.append(numbers.setdefault(run, len(numbers)))
        else:
            payload += run
            squeezed += run
        start = end
    return Wording(tuple(payload), tuple(squeezed))


def _candidates(texts: Sequence[_Numbers]) -> set[tuple[int, int]]:
    """Pairs of texts that may be similar, by number."""
    keys: list[set[_Numbers]] = [set(pairwise(text)) or {text} for text in texts]
    counts = Counter(key for own in keys for key in own)
    sharing: dict[_Numbers, list[int]] = defaultdict(list)
    for number, own in enumerate(keys):
        shared = sorted((counts[key], key) for key in own if counts[key] > 1)
        for _, key in shared[:KEYS]:
            sharing[key].append(number)
    return {
        (number, other)
        for found in sharing.values()
        for at, number in enumerate(found)
        for other in found[at + 1 : at + 1 + WINDOW]
    }
