"""Two versions of a skill side by side, as a fragment of a page."""

from __future__ import annotations

from collections.abc import Sequence

from skillopt.core.skill.side_by_side import FileDiff, side_by_side
from skillopt.core.skill.skill import Skill
from skillopt.pages.templating import rendered


def diff_html(
    before: Skill,
    after: Skill,
    *,
    names: tuple[str, str] = ("before", "after"),
    context: int = 3,
) -> str:
    """The difference between two versions, a table for each file that differs.

    Args:
        before: the older version.
        after: the newer version.
        names: headings of the two sides.
        context: unchanged lines around each change.
    """
    return files_html(side_by_side(before, after, context=context), names=names)


def files_html(files: Sequence[FileDiff], *, names: tuple[str, str] = ("before", "after")) -> str:
    """Diffs that were made before, likewise."""
    return rendered("diff.html", files=files, names=names)
