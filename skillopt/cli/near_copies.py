"""Near-copies among the tasks: what is said of them before a run, and the tags against them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from skillopt.cli.output import count, say, say_report, tell, tell_warnings
from skillopt.cli.terminal import printable

if TYPE_CHECKING:
    from skillopt.app.tag_clusters import Tagging
    from skillopt.core.evaluation.near_copies import NearCopy
    from skillopt.core.evaluation.validation_set import ValidationSet

MOST = 5
"""How many near-copies in two splits, and how many in one, are said before a run."""


def warn_of_near_copies(tasks: ValidationSet) -> None:
    """Say on stderr which tasks are near-copies, up to a few."""
    warn_of(tasks.near_copies)


def warn_of(pairs: Sequence[NearCopy]) -> None:
    """Say on stderr what near-copies there are, up to a few."""
    from skillopt.core.evaluation.near_copies import near_copy_warnings

    tell_warnings(near_copy_warnings(pairs, most=MOST, more="`skillopt doctor`"))


def say_import(tasks: ValidationSet) -> None:
    """Say on stderr what was read from another format, where the tasks come from one."""
    for line in tasks.imported:
        tell(f"tasks: {line}")


def show_tags(found: Tagging) -> None:
    """Print the edit that tags near-copies, or the tags where the file is not edited."""
    if not found.tags:
        say("no near-copies to tag")
    elif found.edit is not None:
        for line in found.edit.diff:
            say_report(line)
    else:
        say(f"{found.path} is spelled in a way that is not edited here; add these tags yourself:")
        for task, cluster in found.tags.items():
            say(f"  {task}: cluster: {cluster}")


def write_if_confirmed(found: Tagging, *, yes: bool) -> bool:
    """Write the tags, if the user says so; whether they were written."""
    import typer

    from skillopt.app.tag_clusters import write_edit

    if found.edit is None:
        return False
    question = f"Add {count(len(found.tags), 'tag')} to {printable(str(found.path))}?"
    if not (yes or typer.confirm(question, err=True)):
        tell("nothing was written")
        return False
    write_edit(found.edit)
    tell(f"{count(len(found.tags), 'tag')} written to {found.path}")
    return True
