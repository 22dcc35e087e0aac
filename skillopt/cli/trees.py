"""A run's search as a tree of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from skillopt.cli.output import one_line, outcome_by

if TYPE_CHECKING:
    from skillopt.core.history.tree import TreeVersion, Tried

_WAYS = {
    "another_section": "asked for another section",
    "deletion": "asked for a deletion",
    "way_back": "asked to branch off",
}


def told_tree(version: TreeVersion, *, kept_by: str | None = None) -> Iterator[str]:
    """The tree, one round to a line; rounds stand under the version they were proposed on.

    Args:
        version: the first one.
        kept_by: the loop whose verdicts these are, where that is not skillopt's gate.
    """
    yield f"{version.digest[:12]}, the first version{_ending(version)}"
    yield from _below(version, "", kept_by)


def _below(version: TreeVersion, indent: str, kept_by: str | None) -> Iterator[str]:
    for at, tried in enumerate(version.tried, start=1):
        last = at == len(version.tried)
        yield f"{indent}{'└─' if last else '├─'} {_round(tried, kept_by)}"
        if tried.version:
            yield from _below(tried.version, indent + ("   " if last else "│  "), kept_by)


def _round(tried: Tried, kept_by: str | None) -> str:
    parts = [
        "back here" if tried.back else "",
        _WAYS[tried.leave] if tried.leave else "",
        f"best of {tried.losers + 1}" if tried.losers else "",
        f"continues {tried.continues}" if tried.continues else "",
    ]
    how = ", ".join(filter(None, parts))
    idea = one_line(tried.idea) or "no proposal"
    if tried.version is None:
        verdict = f"{outcome_by(kept_by, tried.outcome, tried.stage)} ({tried.code})"
    else:
        verdict = f"accepted as {tried.version.digest[:12]}{_ending(tried.version)}"
    lost = ", not better than the version that was left" if tried.beat_head is False else ""
    return f"{tried.number}{f' ({how})' if how else ''}: {verdict}{lost}: {idea}"


def _ending(version: TreeVersion) -> str:
    if version.last:
        return ", the last version"
    return "" if version.place == "line" else ", a dead branch"
