"""Where a skill of the working tree was in an earlier commit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from skillopt.adapters.files.git_repository import Change, Repository
from skillopt.adapters.files.skill_file import MOST_BYTES
from skillopt.core.skill.file_names import is_markdown
from skillopt.core.skill.renames import Renames, renames
from skillopt.core.skill.skill_file import is_skill_md
from skillopt.errors import InputError

_MOST_NAMED = 3


def earlier_paths(
    repository: Repository, changes: Sequence[Change], come: Iterable[str]
) -> Renames:
    """What the skills that have come were before, among the Markdown files that are gone.

    Args:
        repository: the one with the changes.
        changes: since the commit.
        come: paths of the skills that the commit does not have.
    """
    new = [(path, _text_now(repository, path)) for path in come]
    if not new:
        return Renames({}, {})
    gone = [one for one in changes if one.kind == "deleted" and not one.submodule]
    named = [one for one in gone if is_skill_md(_name(one.path)) or is_markdown(one.path)]
    return renames([(one.path, _text_before(repository, one)) for one in named], new)


def told_alike(alike: Sequence[str]) -> str:
    """What to do about a new skill that may have been one of those that are gone."""
    if not alike:
        return ""
    more = f" and {len(alike) - _MOST_NAMED} more" if len(alike) > _MOST_NAMED else ""
    named = ", ".join(alike[:_MOST_NAMED])
    return f"; if it was {named}{more}: name both versions, REF:{alike[0]} and this one"


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _text_now(repository: Repository, path: str) -> str:
    try:
        with (repository.root / path).open("rb") as opened:
            return opened.read(MOST_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""  # what is wrong with it says the one who reads it as a skill


def _text_before(repository: Repository, change: Change) -> str:
    try:
        data = repository.blobs([change.blob], most=MOST_BYTES)[change.blob]
    except InputError:
        return ""
    return data.decode("utf-8", "replace")
