"""`skillopt diff` and `skillopt revert`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillopt.cli.arguments import AsJson, SkillPath
from skillopt.cli.output import (
    local_minute,
    one_line,
    percent,
    print_json,
    say,
    say_next,
    say_report,
    tell_next,
)
from skillopt.cli.store import LedgerOption, named, quoted, read
from skillopt.cli.tables import Column, say_table
from skillopt.core.figures import points

if TYPE_CHECKING:
    from skillopt.app.versions import CurrentSkill
    from skillopt.core.history.views import SkillVersion

Version = Annotated[
    str | None,
    typer.Argument(help="A version's hash, or its first characters."),
]


def diff_command(
    skill: SkillPath,
    version: Version = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Show the difference between the skill and a version in the ledger.

    By default the version that the newest run started from.

    Example: skillopt diff skills/triage-support-tickets/SKILL.md
    """
    from skillopt.app.versions import find_version, read_current
    from skillopt.core.skill.diff import skill_diff

    now = read_current(skill)
    then = read(
        ledger, lambda opened: find_version(opened, now.skill_id, version, current=now), of=skill
    )
    lines = list(skill_diff(then, now.skill, names=(then.digest[:12], str(skill)), context=3))
    if as_json:
        shown = {"skill": now.name, "version": then.digest, "file": now.skill.digest}
        print_json({**shown, "diff": lines})
        return
    for line in lines:
        say_report(line)
    if not lines:
        say(f"{skill} is version {then.digest[:12]}")


def revert_command(
    skill: SkillPath,
    version: Version = None,
    *,
    ledger: LedgerOption = None,
    as_json: AsJson = False,
) -> None:
    """Restore a version of the skill from the ledger.

    Without a version it lists the versions. If the file holds a text that is not in the ledger, the
    file is left alone and the version is written next to it.

    Example: skillopt revert skills/triage-support-tickets/SKILL.md 1f0c
    """
    from skillopt.app.versions import find_version, read_current, restore_version

    now = read_current(skill)
    if version is None:
        _list(skill, ledger, now, as_json=as_json)
        return
    then = read(
        ledger, lambda opened: find_version(opened, now.skill_id, version, current=now), of=skill
    )
    outcome = read(ledger, lambda opened: restore_version(opened, now, then), of=skill)
    if as_json:
        print_json({"skill": now.name, "version": then.digest, **outcome.model_dump(mode="json")})
        return
    say(outcome.note)
    if outcome.kind == "beside":
        say_next(f"diff {quoted(skill)} {quoted(outcome.path)}")
    else:
        say_next(f"skillopt diff {quoted(skill)}{named(ledger, of=skill)}")


def _list(path: Path, ledger: str | None, now: CurrentSkill, *, as_json: bool) -> None:
    from skillopt.app.versions import moved

    found = read(ledger, lambda opened: opened.skill_versions(now.skill_id), of=path)
    if as_json:
        print_json({"skill": now.name, "versions": [one.model_dump(mode="json") for one in found]})
        return
    say_table(COLUMNS, [_row(one, here=one.digest == now.skill.digest) for one in found])
    if found:
        tell_next(f"skillopt revert {quoted(path)} VERSION{named(ledger, of=path)}")
    else:
        hint = read(ledger, lambda opened: moved(opened, now), of=path)
        said = f"the ledger has no version of {now.skill_id}"
        say("; ".join(filter(None, [said, hint])))


COLUMNS = (
    Column("version"),
    Column("when"),
    Column("verdict"),
    Column("score", right=True),
    Column("points", right=True),
    Column("in use"),
    Column("idea"),
)


def _row(one: SkillVersion, *, here: bool) -> tuple[str, ...]:
    by_hand = one.round is not None and not one.idea
    return (
        one.digest[:12],
        local_minute(one.created),
        "where a run started" if one.outcome == "first" else _verdict(one),
        "" if one.score is None else percent(one.score),
        "" if one.gain is None else points(one.gain),
        "in the file" if here else "",
        "(hand-written edit)" if by_hand else one_line(one.idea),
    )


def _verdict(one: SkillVersion) -> str:
    return f"{one.outcome}, says {one_line(one.kept_by)}" if one.kept_by else one.outcome
