"""Induction: which phrases of the failures go with what was expected.

The measure is a shrunk precision over everything that is shown, weighed by how many failures a
phrase explains and by three priors that need no examples: the words of the value's own name, how
telling a word is by its length, and what refused proposals have tried. With a dozen examples it
overfits now and then, honestly: a word that happened to occur in these failures only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from skillopt.adapters.practice.evidence import Need, Seen
from skillopt.adapters.practice.language import Literally, RuleBook
from skillopt.adapters.practice.phrases import folded, mentions

_STOP = (
    "a an and any are as at be been being but by can could did do does for from had has have he"
    " her hello hey hi his i i'd i'll i'm i've if in into is it it's its just let like me my of"
    " on or our please she should so some than thank thanks that the their them then there these"
    " they this those to us very was we we're were what when which who will with would you your"
)
STOP_WORDS = frozenset(_STOP.split())
"""Words that are no phrase alone and neither begin nor end one. Negations and question words that
carry meaning (not, no, how, why, where) are left out on purpose."""

_WEAK = (
    "about after again all already also always another around away back because before between"
    " both came come day days each else even ever every everything find first found get gets"
    " getting give go goes going good got how however i'd keep know last late later look looking"
    " made make makes many may maybe more most much must need needs never new next no nobody not"
    " nothing now off old one only other out over own people put really right same say says see"
    " since still such sure take takes than though through time today too try trying two until up"
    " use used using want wanted way well went where while why without work yet"
)
WEAK_WORDS = frozenset(_WEAK.split())
"""Words that are too common to be a phrase alone; with another word they may be one."""

MOST_WORDS = 3
"""Words in a phrase."""

MOST_CANDIDATES = 400
"""Phrases of one value that are weighed: those that are most its own, the earliest first."""

LEAST_PRECISION = 0.5
"""Of a phrase that counts as supported."""

TWICE = 2
"""Once may be chance."""

SHRINKAGE = 2.0
"""Imagined rollouts that a precision is shrunk with, towards the value's share."""

COVER_WEIGHT = 0.7
NAME_WEIGHT = 1.2
BASE_TELLING = 0.1
TELLING_LETTERS = 6
"""From this many letters on a phrase is as telling as can be."""

BREVITY = (1.0, 0.8, 0.55)
"""What phrases of one, two and three words are worth: long ones seldom come again."""

_WORD = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*")
_BREAK = re.compile(r"[()\"\n\[\]]|(?<![.,;:!?])[.,;:!?]++(?=[()\"\[\]\s]|$)")
_NAME = re.compile(r"[^\W\d_]{3,}")


class Atom(NamedTuple):
    """One phrase that speaks for one value of one field."""

    field: str
    value: str
    phrase: str
    score: float
    precision: float
    """Shrunk share of the rollouts mentioning the phrase that expect the value."""
    covers: frozenset[int]
    """The failures it explains, by their rollouts' places."""
    support: int
    """How many rollouts with that value mention the phrase, successes included."""
    kin: bool
    """Whether the value's own name speaks for it."""


def atoms(
    book: RuleBook,
    all_seen: Sequence[Seen],
    wanted: Sequence[Need],
    blame: Mapping[tuple[str, str, str], float],
) -> list[Atom]:
    """Candidate phrases for all that is needed, best first.

    Args:
        book: the skill's rules.
        all_seen: everything shown, successes as counter-evidence.
        wanted: what failed.
        blame: by (field, value, phrase), the share of refused proposals it has to answer for.
    """
    found: list[Atom] = []
    groups: dict[tuple[str, str], list[Need]] = {}
    for need in wanted:
        groups.setdefault((need.field, need.value), []).append(need)
    names = _Names(book)
    grams = [tuple(dict.fromkeys(phrases_of(one.low))) for one in all_seen]
    spread = Counter(gram for some in grams for gram in some)
    for (field, value), group in groups.items():
        within = Counter(gram for need in group for gram in grams[need.at])
        rank = {gram: (2 * spread[gram] - 3 * times) for gram, times in within.items()}
        candidates = sorted(within, key=lambda gram: rank[gram])[:MOST_CANDIDATES]
        taken = _phrases_for(book, field, value)
        for phrase in candidates:
            if phrase in taken or blame.get((field, value, phrase), 0.0) >= 1.0:
                continue
            atom = _atom(phrase, (field, value), group, all_seen, names)
            penalty = 1.0 - blame.get((field, value, phrase), 0.0)
            if atom is not None:
                found.append(atom._replace(score=atom.score * penalty))
    return sorted(found, key=lambda atom: (-atom.score, atom.field, atom.value, atom.phrase))


def is_supported(atom: Atom) -> bool:
    """Whether more than one failure speaks for the phrase."""
    return atom.precision >= LEAST_PRECISION and (atom.support >= TWICE or atom.kin)


def phrases_of(low: str) -> Iterator[str]:
    """The phrases of a folded text: up to three words that do not cross punctuation."""
    for segment in _BREAK.split(low[:6_000]):
        words = _WORD.findall(segment)
        for start, word in enumerate(words):
            if word in STOP_WORDS:
                continue
            if len(word) > 1 and not word.isdecimal() and word not in WEAK_WORDS:
                yield _base(word)
            for size in range(2, MOST_WORDS + 1):
                gram = words[start : start + size]
                if len(gram) == size and gram[-1] not in STOP_WORDS:
                    yield " ".join(gram)


def _base(word: str) -> str:
    """The word without an ending that the rule language grants anyway, where that is safe."""
    for ending, instead, shortest in _ENDINGS:
        if not word.endswith(ending) or len(word) - len(ending) < shortest:
            continue
        stem = word.removesuffix(ending) + instead
        if ending in {"ing", "ed"} and stem[-1] in "cvuzg" and not stem.endswith("ng"):
            stem += "e"
        return stem if mentions(word, stem) else word
    return word


_ENDINGS = (
    ("ss", "ss", 0),
    ("us", "us", 0),
    ("is", "is", 0),
    ("ies", "y", 2),
    ("shes", "sh", 1),
    ("ches", "ch", 1),
    ("xes", "x", 1),
    ("sses", "ss", 1),
    ("s", "", 3),
    ("ing", "", 5),
    ("ed", "", 4),
)
"""Ending, what takes its place, and the letters that must be left of the word. Short words in -ing
are left alone: an evening is not more even."""


def _atom(
    phrase: str,
    target: tuple[str, str],
    group: Sequence[Need],
    all_seen: Sequence[Seen],
    names: _Names,
) -> Atom | None:
    field, value = target
    covers = frozenset(need.at for need in group if mentions(all_seen[need.at].low, phrase))
    if not covers:
        return None
    told = [one for one in all_seen if field in one.expected]
    mentioning = [one for one in told if mentions(one.low, phrase)]
    agree = sum(one.expected[field] == value for one in mentioning)
    against = len(mentioning) - agree
    share = sum(one.expected[field] == value for one in told) / len(told)
    precision = (agree + SHRINKAGE * share) / (agree + against + SHRINKAGE)
    name = names.kinship(field, value, phrase)
    words = phrase.split()
    letters = sum(len(word) for word in words if word not in STOP_WORDS)
    score = (
        precision
        * len(covers) ** COVER_WEIGHT
        * (BASE_TELLING + min(1.0, letters / TELLING_LETTERS))
        * BREVITY[min(len(words), MOST_WORDS) - 1]
        * (1 + NAME_WEIGHT * name)
    )
    return Atom(field, value, phrase, score, precision, covers, agree, name > 0)


def _phrases_for(book: RuleBook, field: str, value: str) -> set[str]:
    """The phrases of the rules that set the field to the value already."""
    return {
        folded(phrase)
        for rule in book.rules
        if rule.condition and any(_sets(setting, field, value) for setting in rule.settings)
        for group in rule.condition.every
        for phrase in group
    }


def _sets(setting: object, field: str, value: str) -> bool:
    got = getattr(setting, "value", None)
    return (
        getattr(setting, "field", None) == field
        and isinstance(got, Literally)
        and got.text == value
    )


class _Names:
    """How near a phrase is to the names of a field's values: a prior that needs no examples."""

    def __init__(self, book: RuleBook) -> None:
        self._words = {
            field: {value: set(_NAME.findall(value.lower().replace("_", " "))) for value in values}
            for field, values in book.values.items()
        }
        self._spread = {
            field: Counter(word for words in named.values() for word in words)
            for field, named in self._words.items()
        }

    def kinship(self, field: str, value: str, phrase: str) -> float:
        """Between -0.5 (another value's name) and 1 (a word that only this value's name has)."""
        named = self._words.get(field, {})
        best = 0.0
        for word in phrase.split():
            for part in named.get(value, set(_NAME.findall(value.lower().replace("_", " ")))):
                if _kin(word, part):
                    best = max(best, 1 / self._spread.get(field, Counter()).get(part, 1))
        if best:
            return best
        foreign = any(
            _kin(word, part)
            for word in phrase.split()
            for other, parts in named.items()
            if other != value
            for part in parts
        )
        return -0.5 if foreign else 0.0


def _kin(word: str, part: str) -> bool:
    """Whether two words begin alike for at least four letters and two thirds of the longer."""
    shared = 0
    for left, right in zip(word, part, strict=False):
        if left != right:
            break
        shared += 1
    return word == part or shared >= max(4, 2 * max(len(word), len(part)) / 3 - 1)
