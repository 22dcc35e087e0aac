"""Links of a hand-written version: what it breaks is refused, what was broken is a warning."""

from __future__ import annotations

from pathlib import Path

from skillopt.adapters.files.skill_folder import root_of, surroundings_of
from skillopt.core.skill.left_out import Surroundings
from skillopt.core.skill.links import broken_link, dead_links, new_dead_link
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError


def check_links(old: Skill, new: Skill, file: Path | None) -> tuple[str, ...]:
    """Check that ``new`` breaks no link between its files.

    Args:
        old: the version in use.
        new: the edited one.
        file: its file; None where it is a value. Of a Markdown file alone nothing is checked: what
            lies beside it is not read.

    Returns:
        Warnings: links to no file that both versions have.

    Raises:
        InputError: a file that it links to would be gone, or was never there.
    """
    root = None if file is None else root_of(file)
    if root is None and not (old.files or new.files):
        return ()
    around = None if root is None else surroundings_of(root)
    broken = broken_link(old, new) or new_dead_link(old, new, around=around)
    if broken:
        name = "the new version" if file is None else str(file)
        raise InputError(f"{name}: {broken}; nothing was called")
    return _kept(new, around)


def _kept(skill: Skill, around: Surroundings | None) -> tuple[str, ...]:
    return tuple(
        f"{link.path} links to {link.target}, and the skill has no such file; the old version does "
        "so, too"
        for link in dead_links(skill, around=around)
    )
