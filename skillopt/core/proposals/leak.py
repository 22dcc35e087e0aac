"""The leak screen: what a proposal may not carry into the skill.

A rule that holds for new tasks names words and phrases. Text that belongs to single tasks (inputs,
answers, identifiers) or to the mechanics of their checks raises the score of these tasks and
teaches the target nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from pydantic import Field

from skillopt.core.evaluation.check_mechanics import SHORTEST_PATTERN, WINDOW, pattern_key
from skillopt.core.evaluation.disguises import readings
from skillopt.core.evaluation.leak_index import (
    SHINGLE,
    Answer,
    LeakIndex,
    identifiers_in,
    shingles_of,
    strong_answer,
)
from skillopt.core.evaluation.plain_words import plain_text, plain_words
from skillopt.core.evaluation.task import SPLITS, Split
from skillopt.core.figures import clipped
from skillopt.core.proposals.additions import Added
from skillopt.core.skill.edit import Edit, added_text
from skillopt.core.skill.skill import Skill
from skillopt.core.value import Value, is_empty

LeakPolicy = Literal["strict", "heldout", "off"]
"""`strict` screens text of all tasks, `heldout` that of validation and test tasks; the mechanics of
checks are screened by both."""

Rule = Literal["input", "answer", "identifier", "table", "mechanics"]

LONG_PASSAGE = 10
"""Words in a row of one task's input that are a passage of it, however long it is."""

MOST_OF_IT, WITH_ANSWER = 0.6, 0.4
"""Share of an input's own words that is a copy of it: alone, and where the right answer stands on
the same line."""

LEAST_WORDS = 7
"""Words that a copy has at least. With fewer, ordinary wording is taken for the input of a task
that happens to use it; docs/leak-screen.md has what other numbers would do."""

LEAST_SCATTERED, SCATTERED = 6, 0.5
"""Words that hardly any other task has, and their share of all such words of the task, that are a
copy of it in any order, where the right answer stands on the same line."""

LEAST_QUOTED = 5
"""Words of an input that is quoted as a whole, one of them in hardly any other task. "Where is my
card" is wording that every rule for such questions may have."""

LEAST_ANSWER = 3
"""Characters of an answer that gives a task away beside three words of its input."""

TABLE_ROWS = 3
"""Shorter inputs, each on a line with its answer, that are a lookup table."""

LONGEST_PASSAGE = 160
"""Characters of a passage that a refusal quotes."""

MOST_NAMED = 3
"""Passages that a refusal quotes."""

_WHAT: dict[Rule, str] = {
    "input": "the input of a {split} task",
    "answer": "the answer of a {split} task",
    "identifier": "a name or number of a single {split} task",
    "table": "inputs of {split} tasks with their answers",
    "mechanics": "the mechanics of a check of {split} tasks",
}


class Leak(Value):
    """A passage of an edit that belongs to a task or to a check."""

    rule: Rule
    """What it repeats."""
    split: Split
    """The split of the task, or of the first task with that check."""
    passage: str
    """The words of the edit, clipped."""
    edit: int | None = None
    """Index of the edit that has it, from 0; None where several have it together."""
    in_idea: bool = Field(default=False, exclude_if=is_empty)
    """It stands in the sentence that names the idea, which later prompts quote."""

    @property
    def text(self) -> str:
        """The finding in one sentence."""
        where = "the edits repeat" if self.edit is None else f"edit {self.edit} repeats"
        where = "the idea repeats" if self.in_idea else where
        return f"{where} {_WHAT[self.rule].format(split=self.split)}: “{self.passage}”"


def leaks(
    before: Skill,
    after: Skill,
    *,
    index: LeakIndex,
    policy: LeakPolicy,
    edits: Sequence[Edit] = (),
) -> tuple[Leak, ...]:
    """What ``after`` says of tasks and checks that ``before`` does not; one leak for each task.

    Args:
        before: the version that is edited.
        after: the edited version.
        index: of the validation set.
        policy: what is screened.
        edits: what makes the one the other, to name those that leak.
    """
    if policy == "off":
        return ()
    found: dict[object, Leak] = {}
    for key, rule, split, passage in _in_all_readings(Added.of(before, after), index):
        wanted = rule == "mechanics" or policy == "strict" or split != "train"
        if wanted and key not in found:
            edit = _edit_with(edits, passage)
            shown = clipped(passage, LONGEST_PASSAGE)
            found[key] = Leak(rule=rule, split=split, passage=shown, edit=edit)
    return tuple(sorted(found.values(), key=lambda leak: SPLITS.index(leak.split)))


def reason(found: Sequence[Leak]) -> str:
    """Why a proposal with these leaks is refused, and the way out."""
    told = "; ".join(dict.fromkeys(leak.text for leak in found[:MOST_NAMED]))
    more = f"; and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f"{told}{more}. State the rule in words that hold for other tasks as well"


def is_held_out(found: Iterable[Leak]) -> bool:
    """Whether any of it is of tasks that the optimizer may not know."""
    return any(leak.split != "train" for leak in found)


_Finding = tuple[object, Rule, Split, str]
"""What it is about, the rule, the split and the passage."""


def _in_all_readings(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    """What is found in the text as it stands, then what is found in it once it is decoded.

    There only letters count: digits in another order are some other number. A pattern that stands
    there in plain sight is not found again in what the signs around its letters become.
    """
    plain = list(_findings(added, index))
    yield from plain
    known = {"identifier", *(rule for _, rule, _, _ in plain if rule == "mechanics")}
    for lines in readings(added.lines):
        for finding in _findings(Added(added.before, lines), index):
            if any(map(str.isalpha, finding[-1])) and finding[1] not in known:
                yield finding


def _findings(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    yield from _inputs(added, index)
    yield from _scattered(added, index)
    yield from _short_inputs(added, index)
    yield from _answers(added, index)
    yield from _identifiers(added, index)
    yield from _mechanics(added, index)


def _inputs(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    hit = {number for shingle in added.places for number in index.with_shingle(shingle)}
    for number in sorted(hit):
        copy = _copy_of(added, index, number)
        if copy.places and _is_input(copy, added, index, number):
            yield index.task(number), "input", index.split(number), _passage(added, copy.places)


class _Copy(NamedTuple):
    """What of a task's input is added."""

    words: frozenset[int]
    """Which of its words, counted from 0."""
    own: int
    """How many of its words are in runs that are not common wording."""
    places: tuple[int, ...]
    """Where in the added words."""


def _copy_of(added: Added, index: LeakIndex, number: int) -> _Copy:
    words: set[int] = set()
    own: set[int] = set()
    places: list[int] = []
    for at, shingle in enumerate(shingles_of(index.words(number))):
        if index.is_common(shingle):
            continue
        run = range(at, at + SHINGLE)
        own.update(run)
        if shingle in added.places:
            words.update(run)
            places += added.places[shingle]
    return _Copy(frozenset(words), len(own), tuple(places))


def _is_input(copy: _Copy, added: Added, index: LeakIndex, number: int) -> bool:
    """Whether so much is added that it is this input, alone or with its answer on the line."""
    share = len(copy.words) / copy.own if len(copy.words) >= LEAST_WORDS else 0.0
    if _longest_run(copy.words) >= LONG_PASSAGE or share >= MOST_OF_IT:
        return True
    lines = {added.words[place].line for place in copy.places}
    much = share >= WITH_ANSWER
    answers = index.answers[index.task(number)] if much else _telling(index, number)
    return any(_has_any(answers, added, line) for line in lines)


def _telling(index: LeakIndex, number: int) -> list[Answer]:
    """The task's answers that few lines have by chance: no vocabulary, and no bare 2."""
    own = index.open_answers.get(index.task(number), ())
    return [answer for answer in own if len(answer.plain) >= LEAST_ANSWER]


def _has_any(answers: Sequence[Answer], added: Added, line: int) -> bool:
    """Whether one of ``answers`` stands on an added line."""
    return any(_is_in(one.plain, added.plain_lines[line]) for one in answers)


def _scattered(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    """Inputs in other words or another order: most of what only they say, with their answer."""
    for line, plain in enumerate(added.plain_lines):
        words = set(plain_words(plain)) - added.before.words
        hits = Counter(number for word in words for number in index.rare.get(word, ()))
        for number, count in sorted(hits.items()):
            if count < LEAST_SCATTERED or count < SCATTERED * len(index.rare_words(number)):
                continue
            if _has_any(index.answers[number], added, line):
                yield number, "input", index.split(number), added.lines[line].strip()


def _short_inputs(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    """Inputs of a few words: quoted as a whole, or listed with their answers."""
    rows: dict[Split, dict[int, str]] = defaultdict(dict)
    for words, line in added.pieces:
        for number in index.short.get(words, ()):
            text = added.lines[line].strip()
            own = len(words) >= LEAST_QUOTED and index.has_rare_word(words)
            if own or _has_any(_telling(index, number), added, line):
                if not _is_in(" ".join(words), added.before.plain):
                    yield index.task(number), "input", index.split(number), text
            elif _has_any(index.answers[index.task(number)], added, line):
                rows[index.split(number)].setdefault(index.task(number), text)
    for split, found in rows.items():
        if len(found) >= TABLE_ROWS:
            yield ("table", split), "table", split, " / ".join(dict.fromkeys(found.values()))


def _answers(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    for number, answers in index.open_answers.items():
        for answer in answers:
            if strong_answer(answer.plain) and _is_new(answer.plain, added, index):
                yield number, "answer", index.split(number), _line_with(added, answer.plain)


def _identifiers(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    for found in sorted(identifiers_in("\n".join(added.lines))):
        number = index.identifiers.get(found)
        if number is not None and _is_new(found, added, index):
            yield number, "identifier", index.split(number), _line_with(added, found)


def _mechanics(added: Added, index: LeakIndex) -> Iterator[_Finding]:
    for literal, split in index.literals.items():
        if _is_new(literal, added, index) and not index.is_in_train(literal):
            yield ("literal", literal), "mechanics", split, _line_with(added, literal)
    for line in added.lines:
        found = {index.windows[part] for part in _windows(line, index, added.before.pattern)}
        if found:
            yield ("pattern", line), "mechanics", min(found, key=SPLITS.index), line.strip()


def _windows(line: str, index: LeakIndex, old: str) -> Iterator[str]:
    """The stretches of patterns that the line has and the skill had not."""
    key = pattern_key(line)
    for size in range(SHORTEST_PATTERN, WINDOW + 1):
        for at in range(len(key) - size + 1):
            part = key[at : at + size]
            if part in index.windows and part not in old:
                yield part


def _is_new(plain: str, added: Added, index: LeakIndex) -> bool:
    """Whether the skill did not say it before, nor anything that all may read."""
    if not _is_in(plain, added.plain):
        return False
    return plain not in added.before.plain and not _is_in(plain, index.declared)


def _is_in(plain: str, text: str) -> bool:
    """Whether ``text`` has it, and not within a longer word or number."""
    at = text.find(plain)
    while at >= 0:
        end = at + len(plain)
        before, after = text[at - 1 : at], text[end : end + 1]
        if not (before.isalnum() and plain[0].isalnum()) and not (
            after.isalnum() and plain[-1].isalnum()
        ):
            return True
        at = text.find(plain, at + 1)
    return False


def _longest_run(places: Iterable[int]) -> int:
    longest = run = 0
    last = -2
    for place in sorted(places):
        run = run + 1 if place == last + 1 else 1
        longest, last = max(longest, run), place
    return longest


def _passage(added: Added, places: Sequence[int]) -> str:
    """The longest stretch of the added words at ``places``, as it is written."""
    words = sorted({place + step for place in places for step in range(SHINGLE)})
    best = start = last = words[0]
    longest = 0
    for word in words:
        start = word if word > last + 1 else start
        if word - start + 1 > longest:
            longest, best = word - start + 1, start
        last = word
    return added.passage(best, best + longest - 1)


def _line_with(added: Added, plain: str) -> str:
    found = (line.strip() for line in added.lines if plain in plain_text(line))
    return next(found, plain)


def _edit_with(edits: Sequence[Edit], passage: str) -> int | None:
    wanted = plain_words(passage)
    for number, edit in enumerate(edits):
        if " ".join(wanted) in " ".join(plain_words(added_text(edit))):
            return number
    return None
