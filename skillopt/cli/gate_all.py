"""`skillopt gate --changed`: one verdict for each skill that has changed; the worst one counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.gate_exits import exit_code
from skillopt.cli.gate_told import told_gated
from skillopt.cli.junit import change_suites, write_junit
from skillopt.cli.output import count, print_json, say, say_wrapped, shown_usage, tell
from skillopt.cli.terminal import printable
from skillopt.errors import SettingsError, SkilloptError

if TYPE_CHECKING:
    from skillopt.app.gate_changes import ChangedSkill, GatedChanges, GatedSkill
    from skillopt.app.single_edit import GatedEdit

FAILED = 4
"""Exit code where a skill has no verdict because something went wrong."""


class Forms(NamedTuple):
    """In which forms the verdicts are wanted."""

    table: bool = False
    markdown: bool = False
    as_json: bool = False
    junit: Path | None = None


def gate_all(
    base: str | None, folders: Sequence[str], given: dict[str, Any], forms: Forms
) -> NoReturn:
    """Test every skill that has changed since ``base``, print the verdicts, and exit by the worst.

    Args:
        base: the git ref.
        folders: files or folders to keep to; none for the whole repository.
        given: options of the runs.
        forms: in which forms the verdicts are wanted.

    Raises:
        SettingsError: there is no ref.
    """
    try:
        gated = _gated(base, folders, given)
    except SkilloptError as error:
        if forms.markdown:  # what stands in the pull request is about an earlier version
            _say_failure(error)
        raise
    write_junit(forms.junit, change_suites(gated))
    _print(gated, forms)
    raise typer.Exit(FAILED if gated.failed else exit_code(gated.outcome))


def _gated(base: str | None, folders: Sequence[str], given: dict[str, Any]) -> GatedChanges:
    """The verdicts, with progress on stderr."""
    from skillopt.app.gate_changes import changed_skills, gate_changed
    from skillopt.cli.near_copies import warn_of_near_copies
    from skillopt.cli.progress import Progress

    if base is None:
        raise SettingsError("--changed needs --base REF: the branch, tag or commit to compare with")
    progress = Progress(report=tell)
    options = {**given, "on_event": progress.see}
    found = changed_skills(base, folders, options)

    def before_each(one: ChangedSkill) -> None:
        progress.clear()
        tell(f"testing {printable(one.path)}")
        if one.job is not None:
            warn_of_near_copies(one.job.inputs.validation_set)

    try:
        gated = run_to_end(gate_changed(found, base, options, before_each=before_each))
    finally:
        progress.clear()
    progress.warn(tuple(dict.fromkeys(text for one in gated.verdicts for text in one.warnings)))
    return gated


def _say_failure(error: SkilloptError) -> None:
    from skillopt.cli.gate_comment import comment_on_failure

    say(comment_on_failure(str(error)).rstrip("\n"))


def _print(found: GatedChanges, forms: Forms) -> None:
    from skillopt.cli.gate_comment import comment_on_all

    if forms.as_json:
        print_json(_as_json(found))
    elif forms.markdown:
        text = comment_on_all(found, spent=lambda one: shown_usage(one.usage))
        say(text.rstrip("\n"))
    else:
        say_wrapped(_told(found, table=forms.table))


def _as_json(found: GatedChanges) -> dict[str, Any]:
    content = found.model_dump(mode="json")
    for one, shown in zip(found.skills, content["skills"], strict=True):
        if one.gated is not None:
            shown["gated"] = {"outcome": one.gated.outcome.value, **shown["gated"]}
    return {"outcome": found.outcome.value, **content}


def _told(found: GatedChanges, *, table: bool) -> list[str]:
    against = f"{found.ref} ({found.base[:12]})"
    if not found.skills:
        return [printable(f"no skill has changed since {against}")]
    lines = [line for one in found.skills for line in _told_one(one, table=table)]
    tested = len(found.verdicts)
    said = f", the worst verdict is {found.outcome.value}" if tested else ""
    return [*lines, printable(f"{count(tested, 'skill')} tested against {against}{said}")]


def _told_one(one: GatedSkill, *, table: bool) -> list[str]:
    from skillopt.cli.verdicts import told_table

    name = printable(one.path if one.before is None else f"{one.path} (was {one.before})")
    if one.gated is None:
        said = f"failed: {one.failed}" if one.failed else f"skipped: {one.skipped}"
        return [f"{name}: {printable(said)}"]
    return [f"{name}:", *_indented(one.gated), *(told_table(one.gated.verdict) if table else ())]


def _indented(gated: GatedEdit) -> list[str]:
    return [f"  {line}" for line in told_gated(gated)]
