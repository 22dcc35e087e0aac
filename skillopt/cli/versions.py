"""`skillopt diff` and `skillopt revert`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillopt.cli.arguments import AsJson, SkillPath
from skillopt.cli.output import print_json, say
from skillopt.cli.store import LedgerOption, read
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger
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


def _list(path: Path, ledger: str | None, now: Skill, *, as_json: bool) -> None:
    from skillopt.adapters.files.skill_file import skill_name

    name = skill_name(path, now)
    found = read(ledger, lambda opened: opened.skill_versions(name), of=path)
    if as_json:
        print_json({"skill": name, "versions": [one.model_dump(mode="json") for one in found]})
        return
    for one in found:
        here = "  (in the file)" if one.digest == now.digest else ""
        say(f"{one.digest[:12]}  {one.created:%Y-%m-%d %H:%M}  {one.outcome}{here}")
    if not found:
        say(f"the ledger has no version of {name}")


async def _version(ledger: SqlLedger, name: str, given: str | None) -> tuple[str, Skill]:
    """The version that ``given`` names, or the one the newest run started from."""
    versions = await ledger.skill_versions(name)
    if given is None:
        runs = await ledger.list_runs(skill=name, limit=1)
        digests = {run.record.first for run in runs}
    else:
        digests = {one.digest for one in versions if one.digest.startswith(given)}
    if given is None and not digests:
        raise InputError(
            f"the ledger has no run of {name}; name another ledger with --ledger, or start a run "
            "with `skillopt tune`"
        )
    if len(digests) != 1:
        known = ", ".join(sorted({one.digest[:12] for one in versions})) or "none"
        problem = "no version" if not digests else "several versions"
        raise InputError(f"{problem} of {name} called {given!r}; the ledger has {known}")
    digest = digests.pop()
    skill = await ledger.skill(digest)
    if skill is None:
        raise InputError(f"the text of version {digest[:12]} is not in the ledger any more")
    return digest, skill
