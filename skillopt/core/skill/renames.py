"""Which skill is which, where some are gone from a repository and others have come.

Skills of one house share their form, so that the likeness of two texts says little: git pairs a
new skill with a deleted one. Their names decide first, and likeness only where nothing else is as
like.
"""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from skillopt.core.skill.front_matter import find_front_matter, read_fields
from skillopt.core.skill.skill_file import is_skill_md

ALIKE = 0.7
"""The part of the longer text that two versions of a skill have in common, line by line."""


class Renames(NamedTuple):
    """What a skill that has come was before."""

    before: dict[str, str]
    """The path of the earlier version, by the path now."""
    alike: dict[str, tuple[str, ...]]
    """What a skill in no pair may have been: the texts are alike, but not those alone."""


@dataclass(frozen=True)
class _Skill:
    path: str
    text: str
    name: str | None
    """Of the front matter."""
    place: str
    """The name of its folder, or of its file."""


def renames(gone: Iterable[tuple[str, str]], come: Iterable[tuple[str, str]]) -> Renames:
    """Pair the skills that have come with those that are gone.

    In this order: both names are the same, that of the front matter is, that of the folder or file
    is, and at last the text is alike and no other one that is gone or has come is like either. Of
    several with one name none is paired by it.

    Args:
        gone: path and text of each skill that is gone; paths are from the repository's root.
        come: path and text of each skill that was not there.
    """
    old, new = [_skill(*one) for one in gone], [_skill(*one) for one in come]
    pairs: dict[str, str] = {}
    for key in (_both, _name, _place):
        unpaired = [one for one in old if one.path not in pairs.values()]
        pairs |= _unique_pairs(unpaired, [one for one in new if one.path not in pairs], key)
    like_new = {one.path: _like(one, old) for one in new if one.path not in pairs}
    like_old = {path: 0 for paths in like_new.values() for path in paths}
    for one in old:
        if one.path in like_old:
            like_old[one.path] = len(_like(one, new))
    alone = {
        path: paths[0]
        for path, paths in like_new.items()
        if len(paths) == 1 and like_old[paths[0]] == 1 and paths[0] not in pairs.values()
    }
    pairs |= alone
    left = {one.path for one in old} - set(pairs.values())
    alike = {
        path: tuple(each for each in paths if each in left)
        for path, paths in like_new.items()
        if path not in pairs
    }
    return Renames(pairs, {path: paths for path, paths in alike.items() if paths})


def _skill(path: str, text: str) -> _Skill:
    name = read_fields(find_front_matter(text).content).get("name")
    folder, file = posixpath.split(path)
    place = posixpath.basename(folder) if is_skill_md(file) else posixpath.splitext(file)[0]
    return _Skill(path, text, name if isinstance(name, str) and name else None, place)


def _both(skill: _Skill) -> Hashable | None:
    return (skill.name, skill.place) if skill.name and skill.place else None


def _name(skill: _Skill) -> Hashable | None:
    return skill.name


def _place(skill: _Skill) -> Hashable | None:
    return skill.place or None


def _unique_pairs(
    old: Sequence[_Skill], new: Sequence[_Skill], key: Callable[[_Skill], Hashable | None]
) -> dict[str, str]:
    """New and old path of the skills of one key, where both sides have one of it."""
    was, now = _by_key(old, key), _by_key(new, key)
    return {
        now[each][0]: was[each][0]
        for each in now
        if len(now[each]) == 1 and len(was.get(each, ())) == 1
    }


def _by_key(
    skills: Iterable[_Skill], key: Callable[[_Skill], Hashable | None]
) -> dict[Hashable, list[str]]:
    found: dict[Hashable, list[str]] = defaultdict(list)
    for one in skills:
        if (each := key(one)) is not None:
            found[each].append(one.path)
    return found


def _like(skill: _Skill, others: Iterable[_Skill]) -> tuple[str, ...]:
    lines = Counter(skill.text.splitlines())
    return tuple(one.path for one in others if _is_like(lines, one.text))


def _is_like(lines: Counter[str], text: str) -> bool:
    others = Counter(text.splitlines())
    shared, longer = _chars(lines & others), max(_chars(lines), _chars(others))
    return shared > 0 and shared >= ALIKE * longer


def _chars(lines: Counter[str]) -> int:
    return sum((len(line) + 1) * times for line, times in lines.items())
