"""What of a validation set gives its tasks and checks away, indexed once for all proposals.

Of inputs these are runs of words that hardly any other task has (w-shingles, Broder 1997; of long
texts only some, by winnowing: Schleimer et al. 2003), of answers those that are no vocabulary, and
of checks their mechanics. What many tasks share, a template or a label, gives none of them away.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import regex

from skillopt.core.evaluation.check_mechanics import Mechanics, is_distinctive, mechanics_of
from skillopt.core.evaluation.checks import (
    Check,
    Contains,
    Exact,
    File,
    Json,
    Number,
    ToolArguments,
)
from skillopt.core.evaluation.plain_words import plain_text, plain_words
from skillopt.core.evaluation.task import SPLITS, Split, Task

SHINGLE = 3
"""Words in a row."""

SHARED_TASKS, SHARED_PART = 3, 0.005
"""A shingle of more tasks than this, and than this share of all, is common wording."""

SHORT = 6
"""Words of an input that is also looked up as a whole."""

LONG, WINNOW = 200, 4
"""Texts of more words are indexed by every fourth shingle or so: any run of six is still found."""

VOCABULARY = 0.5
"""Answers of a field are a vocabulary where at most this share of them are different."""

MOST_OF_FILES = 200_000
"""Characters of the files of one task that are read."""

LEAST_DIGITS = 4
"""Digits of a number that names one thing rather than measures it."""

LEAST_LETTERS = 3
"""Letters of a word that may be rare."""

COMMON = -1
"""Stands in the index for the tasks of a shingle that too many have."""

_IDENTIFIER = regex.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w|\w+://\S*\w|\w(?:[\w.,/#:-]*\w)?")
_CELLS = regex.compile("[,;|]")
"""What stands between the names in a table's row."""
_DIGIT = regex.compile(r"\d")
_TIME = regex.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:am|pm)?(?:-\d{1,2}[:.]\d{2})?")
_STANDARD = regex.compile(
    r"\b(?:iso|rfc|utf|sha|en|din|http|ieee|latin|base|cp|iec)[-_/ ]?\d[\d.:-]*"
)
_ROUND = 100
_YEARS = range(1900, 2101)
_COUNTING = "01234567890123456789"

Shingle = tuple[str, ...]


class Answer(NamedTuple):
    """An answer that counts as right, as it is looked for in a text."""

    plain: str
    task: int
    field: str
    """The JSON path; "" for the whole answer."""


class LeakIndex:
    """What gives a validation set's tasks and checks away.

    Tasks go by their number in the set. So do their inputs; the texts of their workspaces' files
    have the numbers after these, and are looked for as inputs are. The index is built in time
    linear in the size of the texts.
    """

    def __init__(self, tasks: Sequence[Task], *, declared: Sequence[str] = ()) -> None:
        """Index ``tasks``.

        Args:
            tasks: all tasks of the set.
            declared: texts that anybody may read, such as the sentences of the criteria.
        """
        self.tasks = tuple(tasks)
        self._shingles: dict[int, int | tuple[int, ...]] = {}
        self.short: dict[Shingle, tuple[int, ...]] = defaultdict(tuple)
        """Tasks by their whole input, where that has only a few words."""
        self._holders: Counter[str] = Counter()
        self._texts = [(number, task.text) for number, task in enumerate(self.tasks)]
        self._texts += [
            (number, text) for number, task in enumerate(self.tasks) for text in _texts_of(task)
        ]
        for number in range(len(self._texts)):
            self._file(number, self.words(number))
        self.identifiers: Mapping[str, int] = _identifiers(self.tasks)
        """Names, numbers and addresses that occur in one task only, and in which."""
        self.answers, self.open_answers = _answers(self.tasks)
        """Every task's answers; and those of them that are not a vocabulary, by task."""
        self.literals, self.windows = _mechanics(self.tasks)
        """Distinctive literals and stretches of patterns, each with the first split that has it."""
        self.declared = plain_text("\n".join(declared))
        """What anybody may read of the set, in plain form."""

    def task(self, number: int) -> int:
        """The number of the task that an input or a file belongs to."""
        return self._texts[number][0]

    def split(self, number: int) -> Split:
        """The split of a task, of the one that a file belongs to."""
        return self.tasks[self.task(number)].split

    def words(self, number: int) -> list[str]:
        """The words of an input or a file, read again: that takes less room than to keep them."""
        return plain_words(self._texts[number][1])

    def is_common(self, shingle: Shingle) -> bool:
        """Whether many tasks have that run of words."""
        return self._shingles.get(hash(shingle)) == COMMON

    def with_shingle(self, shingle: Shingle) -> tuple[int, ...]:
        """The tasks that have that run of words, or one with its hash; none for common wording."""
        found = self._shingles.get(hash(shingle), ())
        if isinstance(found, tuple):
            return found
        return () if found == COMMON else (found,)

    @cached_property
    def rare(self) -> Mapping[str, tuple[int, ...]]:
        """The tasks of each word that hardly any other one has; no short words, no numbers."""
        found: dict[str, tuple[int, ...]] = defaultdict(tuple)
        for number in range(len(self.tasks)):
            for word in self.rare_words(number):
                found[word] += (number,)
        return found

    def rare_words(self, number: int) -> set[str]:
        """The words of a task that hardly any other task has."""
        return {
            word
            for word in self.words(number)
            if len(word) >= LEAST_LETTERS
            and not word.isdigit()
            and self._holders[word] <= SHARED_TASKS
        }

    def has_rare_word(self, words: Sequence[str]) -> bool:
        """Whether one of ``words`` is in hardly any task."""
        return any(self._holders[word] <= SHARED_TASKS for word in words)

    def is_in_train(self, plain: str) -> bool:
        """Whether a train task's input or expected answer has that text: the optimizer sees it."""
        return any(
            plain in plain_text(task.text) or plain in plain_text(str(task.expected))
            for task in self.tasks
            if task.split == "train"
        )

    def _file(self, number: int, words: Sequence[str]) -> None:
        most = max(SHARED_TASKS, int(SHARED_PART * len(self.tasks)))
        for key in _sampled(words):
            found = self._shingles.get(key)
            if found is None:
                self._shingles[key] = number
            elif found not in (COMMON, number):
                both = found if isinstance(found, tuple) else (found,)
                if all(self.task(one) != self.task(number) for one in both):
                    both = (*both, number)
                    self._shingles[key] = COMMON if len(both) > most else both
        if number < len(self.tasks):  # words of files would make those of inputs common
            self._holders.update(set(words))
        if 0 < len(words) <= SHORT:
            self.short[tuple(words)] += (number,)


def shingles_of(words: Sequence[str]) -> list[Shingle]:
    """The runs of :data:`SHINGLE` words, by the place of their first."""
    return [tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1)]


def identifiers_in(text: str) -> set[str]:
    """Names, numbers and addresses in ``text`` that are likely to name one thing."""
    plain = _STANDARD.sub("", plain_text(text))
    return {
        found
        for chunk in plain.split()
        if not chunk.isalpha() and (_DIGIT.search(chunk) or "@" in chunk or "://" in chunk)
        for found in _IDENTIFIER.findall(chunk)
        if _names_one_thing(found)
    }


def _sampled(words: Sequence[str]) -> set[int]:
    keys = [hash(shingle) for shingle in shingles_of(words)]
    if len(words) <= LONG:
        return set(keys)
    return {min(keys[at : at + WINNOW]) for at in range(len(keys) - WINNOW + 1)}


def _identifiers(tasks: Sequence[Task]) -> dict[str, int]:
    holders: dict[str, int] = {}
    for number, task in enumerate(tasks):
        cells = (_CELLS.sub(" ", text) for text in _texts_of(task))
        for found in identifiers_in("\n".join((task.text, str(task.expected), *cells))):
            first = holders.setdefault(found, number)
            if first != number:
                holders[found] = COMMON
    return {found: number for found, number in holders.items() if number != COMMON}


def _texts_of(task: Task) -> Iterator[str]:
    """The texts of the files in a task's workspace, as far as they are read."""
    room = MOST_OF_FILES
    for file in task.files:
        text = (file.text or "")[:room]
        room -= len(text)
        if text.strip():
            yield text


def _names_one_thing(found: str) -> bool:
    if "@" in found or "://" in found:
        return True
    digits = "".join(filter(str.isdigit, found))
    if _TIME.fullmatch(found) or digits in _COUNTING:
        return False
    if found.isdigit():
        number = int(found) if len(found) <= len(_COUNTING) else 1
        return len(digits) >= LEAST_DIGITS and number % _ROUND != 0 and number not in _YEARS
    mixed = any(map(str.isalpha, found)) and any(sign in found for sign in "-_#/.")
    return len(digits) >= (LEAST_DIGITS - mixed)


def _answers(
    tasks: Sequence[Task],
) -> tuple[dict[int, tuple[Answer, ...]], dict[int, tuple[Answer, ...]]]:
    every: dict[int, tuple[Answer, ...]] = {
        number: tuple(dict.fromkeys(_answers_of(task, number))) for number, task in enumerate(tasks)
    }
    spread: dict[str, Counter[str]] = defaultdict(Counter)
    for found in every.values():
        for answer in found:
            spread[answer.field][answer.plain] += 1
    closed = {field for field, texts in spread.items() if len(texts) <= VOCABULARY * texts.total()}
    single = Counter(plain for found in every.values() for plain in {one.plain for one in found})
    own = {
        number: tuple(one for one in found if one.field not in closed and single[one.plain] == 1)
        for number, found in every.items()
    }
    return every, {number: found for number, found in own.items() if found}


def _answers_of(task: Task, number: int) -> Iterator[Answer]:
    for content in (task.expected, *map(_value_of, task.checks)):
        for field, leaf in _leaves(content, ""):
            plain = plain_text(leaf)
            if plain:
                yield Answer(plain, number, field)


def _value_of(check: Check) -> Any:
    match check:
        case Exact() | Contains(absent=False) | Number():
            return check.value
        case Json(mode="equal" | "subset", at=None):
            return check.value
        case Json(mode="equal" | "subset") if check.value is not None:
            return {check.at: check.value}
        case ToolArguments(match="equal" | "subset"):
            return check.arguments
        case File(content=content) if content is not None:
            return _value_of(content)
        case _:
            return None


def _leaves(content: Any, path: str) -> Iterator[tuple[str, str]]:
    match content:
        case dict():
            for key, value in content.items():
                yield from _leaves(value, f"{path}.{key}".lstrip("."))
        case list() | tuple():
            for value in content:
                yield from _leaves(value, path)
        case None | bool():
            return
        case float() if content.is_integer():
            yield path, str(int(content))
        case _:
            yield path, str(content)


def _mechanics(tasks: Sequence[Task]) -> tuple[dict[str, Split], dict[str, Split]]:
    literals: dict[str, Split] = {}
    windows: dict[str, Split] = {}
    known: dict[int, Mechanics] = {}
    for task in sorted(tasks, key=lambda task: SPLITS.index(task.split)):
        for check in task.checks:
            if id(check) not in known:  # most tasks share the header's checks
                known[id(check)] = mechanics_of(check)
                for literal in known[id(check)].literals:
                    literals.setdefault(plain_text(literal), task.split)
                for window in known[id(check)].windows:
                    windows.setdefault(window, task.split)
    return literals, windows


def strong_answer(plain: str) -> bool:
    """Whether an answer gives itself away: a code, a long number, or several words."""
    bare = "".join(plain.split())
    if plain.isdigit() or not any(map(str.isalpha, bare)):
        symbols = sum(not char.isdigit() for char in bare)
        return _names_one_thing(plain) or (symbols > 1 and len(bare) > LEAST_DIGITS + 1)
    return is_distinctive(plain)
