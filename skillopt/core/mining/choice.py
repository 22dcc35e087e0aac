"""Which of what was found becomes a candidate, and under which id.

Of a trace the outermost question counts: the steps of an agent are its own work. Where more is
found than a person will read, a stable hash chooses, so that the order of a log does not.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from skillopt.core.evaluation.task import Split, Task
from skillopt.core.evaluation.validation_set import split_of
from skillopt.core.mining.candidate import Candidate, Found, Skipped, input_text
from skillopt.core.mining.cleaning import clean_found
from skillopt.core.mining.duplicates import earlier_copies
from skillopt.core.redaction import REDACTED
from skillopt.core.value import content_hash, text_hash

MOST_HELD = 5_000
"""Finds that are compared with each other; of a larger source a sample by a stable hash."""

_WORD = re.compile(r"[a-z0-9]+")
_SLUG = 5
_DIGITS = 8


class Chosen(NamedTuple):
    """The candidates of some finds, and what became none."""

    candidates: tuple[Candidate, ...]
    known: int
    """Finds that are candidates already, whatever their status."""
    in_set: int
    """Finds that are nearly the same as a task of the validation set."""
    copies: int
    """Finds that are nearly the same as another one."""
    left_out: int
    """New ones beyond the limit."""
    redacted: int
    """Candidates from which a secret was taken out."""
    skipped: tuple[Skipped, ...]


class Sample:
    """Keeps the finds with the lowest hashes; the steps of one trace stay together.

    A question that a log repeats word by word is held once: else one that is asked by a monitor
    every second would fill the sample.
    """

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._heap: list[tuple[int, int, str, Found]] = []
        self._held: set[str] = set()
        self.seen = 0
        """Finds that were added."""
        self.copies = 0
        """Those that were held already."""

    def add(self, found: Found) -> None:
        """Hold ``found``, at the cost of the one with the highest hash where that is too many."""
        self.seen += 1
        text = input_text(found.input)
        named = text_hash(found.trace or text)
        key = f"{named} {text_hash(text)}"
        if key in self._held:
            self.copies += 1
            return
        self._held.add(key)
        heapq.heappush(self._heap, (-int(named[:15], 16), -self.seen, key, found))
        if len(self._heap) > self._most:
            self._held.discard(heapq.heappop(self._heap)[2])

    @property
    def left_out(self) -> int:
        """Finds that are not held, and are no copies."""
        return self.seen - self.copies - len(self._heap)

    def finds(self) -> list[Found]:
        """Those that are held, in the order in which they were added."""
        return [entry[-1] for entry in sorted(self._heap, key=lambda entry: -entry[1])]


def choose(
    finds: Sequence[Found],
    tasks: Sequence[Task],
    known: Sequence[Candidate],
    *,
    limit: int,
    split: Split | None = None,
) -> Chosen:
    """The candidates that ``finds`` make.

    Args:
        finds: what was read, in order.
        tasks: of the validation set.
        known: candidates of earlier searches, refused ones too: they are not proposed again.
        limit: at most how many.
        split: that all of them get; by default that of their id's hash.
    """
    outer = list(outermost(finds))
    earlier = [(task.text, task.expected) for task in tasks]
    earlier += [(input_text(one.input), one.recorded) for one in known]
    copies = earlier_copies([*earlier, *((input_text(one.input), one.recorded) for one in outer)])
    origins = [copies.get(number) for number in range(len(earlier), len(earlier) + len(outer))]
    fresh = [found for found, origin in zip(outer, origins, strict=True) if origin is None]
    kept = _sampled(fresh, limit)
    cleaned = [(found, clean_found(found)) for found in kept]
    ids = {task.id for task in tasks} | {one.id for one in known}
    made: dict[str, Candidate] = {}
    again = redacted = 0
    for found, one in cleaned:
        if isinstance(one, Skipped):
            continue
        candidate = candidate_of(one, split=split)
        if candidate.id in ids or candidate.id in made:
            again += 1
            continue
        made[candidate.id] = candidate
        redacted += REDACTED in str(candidate) and REDACTED not in str(found)
    said = [origin for origin in origins if origin is not None]
    return Chosen(
        candidates=tuple(made.values()),
        known=again + sum(len(tasks) <= origin < len(earlier) for origin in said),
        in_set=sum(origin < len(tasks) for origin in said),
        copies=sum(origin >= len(earlier) for origin in said),
        left_out=len(fresh) - len(kept),
        redacted=redacted,
        skipped=tuple(one for _, one in cleaned if isinstance(one, Skipped)),
    )


def outermost(finds: Iterable[Found]) -> Iterable[Found]:
    """The finds that are no step of their trace; a trace's steps where it has nothing else."""
    finds = list(finds)
    rooted = {found.trace for found in finds if not found.inner}
    return (found for found in finds if not found.inner or found.trace not in rooted)


def candidate_of(found: Found, *, split: Split | None = None) -> Candidate:
    """The candidate for a find; the same question always gets the same id."""
    text = input_text(found.input)
    asked = (
        [turn.model_dump() for turn in found.input] if not isinstance(found.input, str) else text
    )
    words = _WORD.findall(text.rpartition("user: ")[2].casefold())[:_SLUG]
    name = "-".join([*(word[:20] for word in words), content_hash(asked)[:_DIGITS]])
    name = name if words else f"task-{name}"
    return Candidate(
        id=name,
        split=split or split_of(name),
        input=found.input,
        recorded=found.recorded,
        source=found.source,
        quote=found.quote,
    )


def _sampled(finds: Sequence[Found], limit: int) -> list[Found]:
    sample = Sample(limit)
    for found in finds:
        sample.add(found)
    return sample.finds()
