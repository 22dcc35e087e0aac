"""What lies in a skill's folder and is no part of the skill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from skillopt.adapters.files.skill_folder import LeftOut, read_around, root_of, surroundings_of
from skillopt.app.finding import Finding
from skillopt.core.skill.left_out import Why
from skillopt.core.skill.links import dead_links, link_targets
from skillopt.core.skill.skill import Skill
from skillopt.core.skill.skill_file import with_folders

MOST_NAMED = 5
"""Files and folders that are named for each reason to leave them out."""

_REPOSITORY = (
    "its folder is the root of a repository: of the other files only documents and those in "
    "assets/, references/ and scripts/ are the skill's; move it into a folder of its own for all "
    "to count"
)


def about_folder(file: Path, skill: Skill) -> list[Finding]:
    """What is left out of a skill, and its links to that and to no file.

    Args:
        file: the skill's own file.
        skill: what was read from there.

    Raises:
        SkillError: the folder cannot be read.
    """
    root = root_of(file)
    if root is None:
        return []
    left_out = read_around(root, own=file.name).left_out
    warnings = [*_lost_links(skill, left_out), *_dead_links(skill, root)]
    if any(one.why is Why.REPOSITORY for one in left_out):
        warnings.append(_REPOSITORY)
    found = [Finding(level="good", about="skill", says=_all_named(left_out))] if left_out else []
    return found + [Finding(level="warning", about="skill", says=warning) for warning in warnings]


def _all_named(left_out: Sequence[LeftOut]) -> str:
    named = "; ".join(filter(None, (_named(why, left_out) for why in Why)))
    return f"left out of it, and left alone: {named}"


def _named(why: Why, left_out: Sequence[LeftOut]) -> str:
    paths = [one.path for one in left_out if one.why is why]
    more = f" and {len(paths) - MOST_NAMED} more" if len(paths) > MOST_NAMED else ""
    names = (path if path.isprintable() else ascii(path) for path in paths[:MOST_NAMED])
    return f"{', '.join(names)}{more} ({why})" if paths else ""


def _lost_links(skill: Skill, left_out: Sequence[LeftOut]) -> list[str]:
    """Links to what its readers will not find."""
    out = {one.path.rstrip("/"): one.why for one in left_out}
    return [
        f"{path} links to {target}, which is left out of the skill ({out[place]}): move it to "
        "references/ or assets/"
        for path, document in skill.documents.items()
        for target in dict.fromkeys(link_targets(document, path))
        for place in with_folders(target)
        if place in out
    ]


def _dead_links(skill: Skill, root: Path) -> list[str]:
    return [
        f"{link.path} links to {link.target}, and the skill has no such file: create it, or "
        "correct the link"
        for link in dead_links(skill, around=surroundings_of(root))
    ]
