"""Drafts of every format as tasks: ids, copies, splits, and checks that all of them share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from skillopt.core.evaluation.check_rules import not_json
from skillopt.core.evaluation.task import SPLITS, Split
from skillopt.core.evaluation.validation_set import LONGEST_ID, Place, hash_share, split_of
from skillopt.core.foreign_text import flaw
from skillopt.core.importing.values import Draft, Fields, Tally
from skillopt.core.value import canonical_json, content_hash

_WORD = re.compile(r"[a-z0-9]+")
_SLUG_WORDS, _WORD_CHARS, _DIGITS = 5, 20, 8
_NAMED_SPLITS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
_ODD_SPLIT = "a split that is none of train, validation (val, dev) and test: the hash gives another"


class Assembled(NamedTuple):
    """Tasks, and what stands above them."""

    header: Fields
    tasks: tuple[Fields, ...]
    places: tuple[Place, ...]


def assembled(drafts: Sequence[Draft], tally: Tally) -> Assembled:
    """The tasks of ``drafts``, whose checks are settled."""
    kept = _once(_sound(drafts, tally), tally)
    ids = _ids(kept, tally)
    splits = _splits(kept, ids, tally)
    shared = _shared_checks(kept)
    tasks = tuple(
        _task(draft, own, split, with_checks=shared is None)
        for draft, own, split in zip(kept, ids, splits, strict=True)
    )
    header = {} if shared is None else {"checks": shared}
    return Assembled(header, tasks, tuple(draft.place for draft in kept))


def _task(draft: Draft, own: str, split: Split, *, with_checks: bool) -> Fields:
    task: Fields = {"id": own, "split": split, "input": _input(draft)}
    if draft.expected is not None:
        task["expected"] = draft.expected
    if with_checks:
        task["checks"] = list(draft.checks or ())
    if draft.files:
        task["files"] = draft.files
    if draft.tags:
        task["tags"] = list(draft.tags)
    return task


def _input(draft: Draft) -> Any:
    return draft.input if isinstance(draft.input, str) else list(draft.input)


def _sound(drafts: Sequence[Draft], tally: Tally) -> list[Draft]:
    """Those whose texts a validation set's file can hold."""
    found = []
    for draft in drafts:
        content = [_input(draft), draft.expected, list(draft.checks or ()), draft.files]
        odd = not_json(content) or flaw(content)
        if odd:
            tally.leave_out(odd, record=draft.record)
        else:
            found.append(draft)
    return found


def _once(drafts: Sequence[Draft], tally: Tally) -> list[Draft]:
    """Those that ask or expect something that no earlier one does."""
    seen: set[str] = set()
    found = []
    for draft in drafts:
        key = canonical_json([_asked(draft), draft.expected, list(draft.checks or ()), draft.files])
        if key in seen:
            tally.leave_out("the same as an earlier record", record=draft.record)
            continue
        seen.add(key)
        found.append(draft)
    return found


def _asked(draft: Draft) -> str:
    """An input as tasks are compared by: case and white space are nothing."""
    text = draft.input if isinstance(draft.input, str) else canonical_json(list(draft.input))
    return " ".join(text.casefold().split())


def _ids(drafts: Sequence[Draft], tally: Tally) -> list[str]:
    """An id for each: its own, else one made of its title or its input."""
    taken: set[str] = set()
    counts: dict[str, int] = defaultdict(int)
    found = []
    for draft in drafts:
        wanted = _clean(draft.id) if draft.id else ""
        own = wanted or _slug(draft)
        while own in taken:
            counts[wanted or own] += 1
            number = counts[wanted or own] + 1
            own = f"{(wanted or _slug(draft))[: LONGEST_ID - 8]}-{number}"
            tally.note("ids that occur twice have a number at their end")
        taken.add(own)
        found.append(own)
    return found


def _clean(text: str) -> str:
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split())[:LONGEST_ID].strip()


def _slug(draft: Draft) -> str:
    """Words of the title or input, and a hash: the same record gets the same id anywhere."""
    words = _WORD.findall((draft.title or _asked(draft)).casefold()[:1000])[:_SLUG_WORDS]
    digits = content_hash([_input(draft), draft.expected])[:_DIGITS]
    return "-".join(
        [*(word[:_WORD_CHARS] for word in words), digits] if words else ["task", digits]
    )


def _splits(drafts: Sequence[Draft], ids: Sequence[str], tally: Tally) -> list[Split]:
    """The file's splits where it names all three, else the hash of the ids.

    Tasks that ask the same are in one split. Where there are too few of them for the hash to fill
    all three, they are shared out in the order of their hashes.
    """
    leaders: dict[str, int] = {}
    leader = [leaders.setdefault(_asked(draft), index) for index, draft in enumerate(drafts)]
    named = [_named_split(draft, tally) for draft in drafts]
    if {split for split in named if split} == set(SPLITS):
        tally.note("splits: the file's")
        own = [split or split_of(name) for split, name in zip(named, ids, strict=True)]
        return [own[first] for first in leader]
    if any(named):
        tally.note("splits: the file's are not used, as it does not name all three")
    tally.fields.pop("split", None)
    hashed = {first: split_of(ids[first]) for first in leaders.values()}
    if len(hashed) < len(SPLITS):
        hashed = dict.fromkeys(hashed, "validation")
        tally.note("splits: too few tasks for three; all are in `validation`, for eval and gate")
    elif len(set(hashed.values())) < len(SPLITS):
        hashed = _shared_out({first: ids[first] for first in hashed})
        tally.note("splits: too few tasks for the hash of their ids alone; shared out by it")
    else:
        tally.note("splits: by the hash of the ids")
    return [hashed[first] for first in leader]


def _shared_out(ids: dict[int, str]) -> dict[int, Split]:
    """At least one task in each split, about as many as the hash would give to many tasks."""
    ranked = sorted(ids, key=lambda index: (hash_share(ids[index]), ids[index]))
    train = max(1, round(len(ranked) * 0.25))
    test = max(1, round(len(ranked) * 0.3))
    ends = len(ranked) - test
    return {
        index: "train" if rank < train else "validation" if rank < ends else "test"
        for rank, index in enumerate(ranked)
    }


def _named_split(draft: Draft, tally: Tally) -> Split | None:
    if not draft.split:
        return None
    split = _NAMED_SPLITS.get(draft.split.strip().casefold())
    if split is None:
        tally.note(f"splits: {_ODD_SPLIT}")
    return split


def _shared_checks(drafts: Sequence[Draft]) -> list[Fields] | None:
    """The checks of every task, where all have the same."""
    kinds = {canonical_json(list(draft.checks or ())) for draft in drafts}
    return list(drafts[0].checks or ()) if len(kinds) == 1 else None
