"""`skillopt diff` and `skillopt revert`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillopt.cli.arguments import AsJson, SkillPath
from skillopt.cli.output import local_minute, one_line, percent, print_json, say, say_next, tell
from skillopt.cli.store import LedgerOption, named, quoted, read
from skillopt.cli.tables import Column, say_table
from skillopt.core.figures import points
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SkillVersion, SqlLedger
    from skillopt.core.skill.skill import Skill

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
    from skillopt.adapters.files.skill_file import read_skill, skill_name
    from skillopt.core.skill.diff import skill_diff

    now = read_skill(skill)
    name = skill_name(skill, now)
    digest, then = read(ledger, lambda opened: _version(opened, name, version), of=skill)
    lines = list(skill_diff(then, now, names=(digest[:12], str(skill)), context=3))
    if as_json:
        print_json({"skill": name, "version": digest, "file": now.digest, "diff": lines})
        return
    for line in lines:
        say(line)
    if not lines:
        say(f"{skill} is version {digest[:12]}")


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
    from skillopt.adapters.files.skill_file import (
        located_skill,
        read_skill,
        skill_name,
        write_skill,
    )

    now = read_skill(skill)
    name = skill_name(skill, now)
    if version is None:
        _list(skill, ledger, now, as_json=as_json)
        return
    digest, then = read(ledger, lambda opened: _version(opened, name, version), of=skill)
    known = read(ledger, lambda opened: opened.skill(now.digest), of=skill) is not None
    expected = now.digest if known else ""
    outcome = write_skill(located_skill(skill), then, expected_digest=expected)
    if as_json:
        print_json({"skill": name, "version": digest, **outcome.model_dump(mode="json")})
        return
    say(outcome.note)
    if outcome.kind == "beside":
        say_next(f"diff {quoted(skill)} {quoted(outcome.path)}")
    else:
        say_next(f"skillopt diff {quoted(skill)}{named(ledger, of=skill)}")


def _list(path: Path, ledger: str | None, now: Skill, *, as_json: bool) -> None:
    from skillopt.adapters.files.skill_file import skill_name

    name = skill_name(path, now)
    found = read(ledger, lambda opened: opened.skill_versions(name), of=path)
    if as_json:
        print_json({"skill": name, "versions": [one.model_dump(mode="json") for one in found]})
        return
    say_table(COLUMNS, [_row(one, here=one.digest == now.digest) for one in found])
    if found:
        tell(f"next: skillopt revert {quoted(path)} VERSION{named(ledger, of=path)}")
    else:
        say(f"the ledger has no version of {name}")


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
        "where a run started" if one.outcome == "first" else one.outcome,
        "" if one.score is None else percent(one.score),
        "" if one.gain is None else points(one.gain),
        "in the file" if here else "",
        "(hand-written edit)" if by_hand else one_line(one.idea),
    )


def _unknown(name: str, given: str | None, versions: Sequence[SkillVersion]) -> str:
    if not versions or given is None:
        return (
            f"the ledger has no version of {name}; `skillopt tune` or `skillopt gate` enters them, "
            "--ledger names another ledger"
        )
    newest = versions[-1].digest[:12]
    return (
        f"no version {given!r} of {name} in the ledger; the newest is {newest}, and `skillopt "
        "revert SKILL` without a version lists them all"
    )


async def _version(ledger: SqlLedger, name: str, given: str | None) -> tuple[str, Skill]:
    """The version that ``given`` names, or the one the newest run started from."""
    versions = await ledger.skill_versions(name)
    if given is None:
        runs = await ledger.list_runs(skill=name, limit=1)
        digests = {run.record.first for run in runs}
    else:
        digests = {one.digest for one in versions if one.digest.startswith(given)}
    if not digests:
        raise InputError(_unknown(name, given, versions))
    if len(digests) > 1:
        several = ", ".join(sorted(digest[:12] for digest in digests))
        raise InputError(f"version {given!r} of {name} could be {several}; type more of the hash")
    digest = digests.pop()
    skill = await ledger.skill(digest)
    if skill is None:
        raise InputError(f"the text of version {digest[:12]} is not in the ledger any more")
    return digest, skill
