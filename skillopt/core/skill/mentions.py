"""How much of a skill is spoken of where: which files matter most when not all can be shown."""

from __future__ import annotations

from collections.abc import Iterable

from skillopt.core.skill.skill import Skill


def most_mentioned(skill: Skill, paths: Iterable[str]) -> list[str]:
    """``paths``, those that the SKILL.md and its other Markdown names most often first."""
    texts = [document.text for document in skill.documents.values() if document.markdown]

    def times(path: str) -> int:
        name = path.rpartition("/")[2]
        return sum(text.count(name) for text in texts)

    return sorted(paths, key=lambda path: (-times(path), path))


def that_fit(skill: Skill, paths: Iterable[str], *, room: int) -> frozenset[str]:
    """Those of ``paths`` whose texts fit into ``room`` characters together."""
    sizes = {path: len(skill.documents[path].text) for path in paths}
    if sum(sizes.values()) <= room:
        return frozenset(sizes)
    found: set[str] = set()
    for path in most_mentioned(skill, sizes):
        if sizes[path] <= room:
            found.add(path)
            room -= sizes[path]
    return frozenset(found)
