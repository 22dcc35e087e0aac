"""In which order pieces of a skill are tried for deletion: those least likely to be missed first.

Each test costs rollouts and carries a small chance of a wrong acceptance, and of two rules that say
the same only the first to go can go. So what is known decides, not the place in the text. What lost
when its deletion was tested comes last, before it what was accepted for a gain, by its size; what
is said elsewhere, too, comes first. Among the rest the expected saving counts: the characters, less
up to half of them by the share of train tasks that have words of the piece. Words alone tell little
(`docs/shrinking.md`), so they weigh no more than that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from pydantic import Field

from skillopt.core.evaluation.task import Task
from skillopt.core.proposals.lessons import words_in
from skillopt.core.skill.changes import statements
from skillopt.core.skill.edit import Delete
from skillopt.core.skill.repeats import SAME
from skillopt.core.skill.similarity import text_similarity
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.word_tables import SILENT
from skillopt.core.skill.wording import wording
from skillopt.core.value import Value

TELLING = 0.25
"""Share of the inputs, and of the skill's statements, up to which a word tells them apart."""


class RuleRecord(Value):
    """What earlier rounds have shown of single statements."""

    lost: Mapping[str, float] = Field(default_factory=dict)
    """By statement: by how much the mean score fell when its deletion was tested, as a share of 1;
    only losses."""
    gained: Mapping[str, float] = Field(default_factory=dict)
    """By statement: what the edit that brought it was credited with."""


class Known(NamedTuple):
    """What the order rests on."""

    record: RuleRecord = RuleRecord()
    tasks: Sequence[Task] = ()
    """The train tasks."""


class _Place(NamedTuple):
    """Sorts pieces; the smallest is tried first."""

    lost: float
    gained: float
    said_once: bool
    saves: float
    """Minus the characters that its deletion is expected to save."""


def by_evidence(pieces: Sequence[Delete], skill: Skill, known: Known) -> tuple[Delete, ...]:
    """``pieces`` of ``skill``, the least likely to be missed first.

    Args:
        pieces: deletions that fit the skill.
        skill: the version they are deleted from.
        known: what the order rests on.
    """
    bodies = (document.body_text for document in skill.documents.values())
    said = [statement for body in bodies for statement in statements(body)]
    meanings = _meanings(said)
    reach = _reach(said, known.tasks)

    def place(piece: Delete) -> _Place:
        own, size = statements(piece.anchor), len(piece.anchor)
        if _is_repeated(own, said, meanings):
            return _Place(0.0, 0.0, said_once=False, saves=-size)
        tasks = {at for word in words_in(piece.anchor) for at in reach.get(word, ())}
        return _Place(
            lost=max((known.record.lost.get(one, 0.0) for one in own), default=0.0),
            gained=max((known.record.gained.get(one, 0.0) for one in own), default=0.0),
            said_once=True,
            saves=-size * (1 - len(tasks) / max(1, len(known.tasks)) / 2),
        )

    return tuple(sorted(pieces, key=place))


def _is_repeated(own: Sequence[str], said: Sequence[str], meanings: Mapping[str, int]) -> bool:
    """Whether all that the statements say is said elsewhere in the skill, too."""
    everywhere = Counter(meanings[one] for one in said if one in meanings)
    here = Counter(meanings[one] for one in own if one in meanings)
    return bool(here) and all(everywhere[one] > count for one, count in here.items())


def _meanings(said: Sequence[str]) -> dict[str, int]:
    """Statements by a number that those share which say the same; headings have none."""
    found: dict[str, int] = {}
    alike: defaultdict[tuple[tuple[str, ...], ...], list[str]] = defaultdict(list)
    for one in dict.fromkeys(said):
        read = wording(one)
        if one.startswith("#") or not read.words:
            continue
        others = alike[read.words, read.marks]
        same = (found[other] for other in others if text_similarity(one, other) >= SAME)
        found[one] = next(same, len(found))
        others.append(one)
    return found


def _reach(said: Sequence[str], tasks: Sequence[Task]) -> dict[str, set[int]]:
    """The tasks whose inputs have a word, by words that tell statements and inputs apart.

    A word that carries no idea does not, nor one that many of the inputs or of the statements have.
    """
    inputs: defaultdict[str, set[int]] = defaultdict(set)
    for at, task in enumerate(tasks):
        for word in words_in(task.text) - SILENT:
            inputs[word].add(at)
    told = Counter(word for one in said for word in words_in(one))
    return {
        word: found
        for word, found in inputs.items()
        if _is_telling(len(found), of=len(tasks)) and _is_telling(told[word], of=len(said))
    }


def _is_telling(count: int, *, of: int) -> bool:
    return count == 1 or 0 < count <= TELLING * of
