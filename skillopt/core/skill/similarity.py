"""Similarity of edits: whether a proposal is an idea that was refused before, in other words.

Two proposals are compared by the changes they make (:mod:`skillopt.core.skill.changes`), statement
by statement, and by how each statement is worded (:mod:`skillopt.core.skill.wording`). The likeness
of two
wordings is 0 where their marks or roles differ (a number, a label, a negation, who comes before
whom); else it is Dice's coefficient of their canonical words, `2 · shared / (n + m)`, which is
rapidfuzz's normalized Indel similarity of the sorted words, less :data:`EXCHANGE` for every word
that has another one in its place and :data:`ADDITION` for every word too many. Of two proposals it
is that of the worst matched pair: a proposal is like another only if every part of it has its
counterpart there.

Keys make a ledger of any size searchable: like proposals share a key with a high probability
(MinHash with banding: Broder 1997; Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*,
ch. 3). They are 63-bit numbers, the same on every machine, and need nothing but an index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from skillopt.core.skill.changes import Change
from skillopt.core.skill.word_tables import FRAME
from skillopt.core.skill.wording import Wording, exchanged, wording
from skillopt.core.value import canonical_json, key_of

DEFAULT_SIMILARITY = 0.8
"""At this similarity a proposal is the same idea; evidence in `docs/ledger-conditioning.md`."""

EXCHANGE = 0.25
"""What a word in another one's place costs: in a long sentence Dice alone would not mind it."""

ADDITION = 0.1
"""What a word that only one of the texts has costs."""

ENOUGH = 3
"""Words and marks that make an instruction without the verb that frames it."""

BANDS = 8
ROWS = 2
"""Texts whose words overlap by the Jaccard index s share a key with 1 - (1 - s**ROWS)**BANDS."""

_PRIME = (1 << 61) - 1


def similarity(one: Sequence[Change], other: Sequence[Change]) -> float:
    """How alike two proposals' changes are, in [0, 1]; 1 is the same but for words of no weight.

    Changes are matched one to one where there are as many, else each section's as a whole: one
    sentence may have become two.
    """
    if not one or not other:
        return 0.0
    if len(one) == len(other):
        return _worst_match(list(one), list(other))
    mine, theirs = _by_section(one), _by_section(other)
    if mine.keys() != theirs.keys():
        return 0.0
    return min(_of_changes(mine[name], theirs[name]) for name in mine)


def text_similarity(one: str, other: str) -> float:
    """How alike two texts are, in [0, 1]; 0 where a mark or a role differs."""
    return _of_wordings(wording(one), wording(other))


def similarity_keys(scope: Iterable[str], changes: Sequence[Change]) -> tuple[int, ...]:
    """Keys of which two like proposals of one scope share at least one, with high probability.

    Args:
        scope: what must agree beyond likeness, such as the skill's name and the context.
        changes: the proposal's.
    """
    if not changes:
        return ()
    words: set[str] = set()
    marks: Counter[str] = Counter()
    for change in changes:
        for text in (change.before, change.after):
            words.update(wording(text).words)
            marks.update(wording(text).marks)
    shape = sorted({change.section for change in changes})
    base = canonical_json([*scope, shape, sorted(set(marks))])
    least = _minima(words, BANDS * ROWS)
    return tuple(
        key_of(base, str(band), *(str(least[band * ROWS + row]) for row in range(ROWS)))
        for band in range(BANDS)
    )


def topic_keys(scope: Iterable[str], text: str, *, count: int = 4) -> tuple[int, ...]:
    """Keys of which two texts on one topic are likely to share some, whatever they say about it."""
    base = canonical_json([*scope])
    words = set(wording(text).words)
    return tuple(
        key_of(base, str(place), str(least))
        for place, least in enumerate(_minima(words, count) if words else ())
    )


def topic_similarity(one: str, other: str) -> float:
    """Share of the words of both texts that are in both, in [0, 1]; 0 where one says nothing."""
    mine, theirs = set(wording(one).words), set(wording(other).words)
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def idea_of(text: str) -> str:
    """A name for the idea of a sentence: two spellings of one idea often have the same one."""
    said = wording(text)
    return f"{key_of('idea', canonical_json([sorted(set(said.words)), said.marks])):016x}"


def _worst_match(one: list[Change], other: list[Change]) -> float:
    """Pairs each change with its most similar counterpart still free; returns the worst pair's."""
    worst = 1.0
    for change in one:
        found = [_of_changes(change, rival) for rival in other]
        best = max(found)
        worst = min(worst, best)
        if worst == 0.0:
            return 0.0
        other.pop(found.index(best))
    return worst


def _by_section(changes: Sequence[Change]) -> dict[str, Change]:
    found: dict[str, Change] = {}
    for change in changes:
        known = found.get(change.section, Change(section=change.section))
        found[change.section] = Change(
            section=change.section,
            before=f"{known.before}\n{change.before}".strip(),
            after=f"{known.after}\n{change.after}".strip(),
        )
    return found


def _of_changes(one: Change, other: Change) -> float:
    if one.section != other.section:
        return 0.0
    if bool(one.before) != bool(other.before) or bool(one.after) != bool(other.after):
        return 0.0
    before = _of_wordings(wording(one.before), wording(other.before))
    after = _of_wordings(wording(one.after), wording(other.after))
    if not (one.before and one.after):
        return min(before, after)
    return min(before, after, *_of_rewordings(one, other))


def _of_rewordings(one: Change, other: Change) -> tuple[float, float]:
    """Of what went and of what came: the words that both sentences keep prove nothing."""
    went = [_less(change.before, change.after) for change in (one, other)]
    came = [_less(change.after, change.before) for change in (one, other)]
    return _dice(*went), _dice(*came)


def _less(text: str, known: str) -> tuple[str, ...]:
    kept = Counter(wording(text).words) - Counter(wording(known).words)
    return tuple(sorted(kept.elements()))


def _of_wordings(one: Wording, other: Wording) -> float:
    if one.marks != other.marks or exchanged(one, other):
        return 0.0
    mine, theirs = _content(one, other)
    gone = Counter(word for word in mine if word not in FRAME)
    more = Counter(word for word in theirs if word not in FRAME)
    gone, more = gone - more, more - gone
    exchanges = min(gone.total(), more.total())
    additions = max(0, len((set(mine) ^ set(theirs)) - FRAME) - 2 * exchanges)
    cost = EXCHANGE * exchanges + ADDITION * additions
    return max(0.0, _dice(mine, theirs) - cost)


def _content(one: Wording, other: Wording) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Their words but for those that only frame an instruction that says enough else."""
    mine, theirs = (
        tuple(word for word in text.words if word not in FRAME) for text in (one, other)
    )
    if min(len(mine), len(theirs)) + len(one.marks) < ENOUGH:
        return one.words, other.words
    return mine, theirs


def _dice(one: Sequence[str], other: Sequence[str]) -> float:
    from rapidfuzz.distance import Indel

    mine, theirs = sorted(set(one)), sorted(set(other))
    return float(Indel.normalized_similarity(mine, theirs)) if mine or theirs else 1.0


def _minima(words: set[str], count: int) -> list[int]:
    hashes = [key_of(word) % _PRIME for word in words] or [0]
    return [
        min((factor * value + offset) % _PRIME for value in hashes)
        for factor, offset in _permutations(count)
    ]


@cache
def _permutations(count: int) -> tuple[tuple[int, int], ...]:
    return tuple(
        (1 + key_of("factor", str(place)) % (_PRIME - 1), key_of("offset", str(place)) % _PRIME)
        for place in range(count)
    )
