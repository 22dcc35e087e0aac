"""`skillopt triggers`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillopt.app.sync import run_to_end
from skillopt.cli.arguments import AsJson, SkillPath, Tasks
from skillopt.cli.options import ROLES_ONLY, with_settings
from skillopt.cli.output import count, percent, print_json, say_wrapped, tell

if TYPE_CHECKING:
    from skillopt.app.evaluate import Score
    from skillopt.app.triggers import QueryResult, Triggering

LONGEST_LISTED = 200
"""Characters of a query."""
MOST_LISTED = 20
"""Queries that go wrong and are listed."""


@with_settings(ROLES_ONLY)
def command(
    skill: SkillPath,
    *,
    tasks: Tasks = None,
    trials: Annotated[int, typer.Option(min=1, help="Runs of each query.")] = 3,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Measure whether agents load a skill: recall, and false triggers.

    The target is shown the skill's description, among those of its neighbours, and says which
    skills it would load for each query of the trigger set.

    Example: skillopt triggers my-skill/SKILL.md --neighbours .claude/skills
    """
    from skillopt.app.triggers import read_triggers_job, triggering_of
    from skillopt.cli.progress import Progress

    progress = Progress(report=tell)
    given["trials"] = trials
    job = read_triggers_job(skill, validation_set=tasks, on_event=progress.see, **given)
    try:
        measured = run_to_end(triggering_of(job))
    finally:
        progress.clear()
    if as_json:
        print_json(measured)
        return
    say_wrapped(_told(measured))


def _told(measured: Triggering) -> list[str]:
    from skillopt.cli.output import shown_usage

    total = len(measured.queries)
    beside = count(len(measured.neighbours), "other skill")
    right = f"{measured.skill}: {measured.passed} of {total} queries trigger as they should"
    lines = [f"{right} ({count(measured.trials, 'run')} each, beside {beside})"]
    lines += _rate("loaded where it should be", measured.recall)
    lines += _rate("loaded where it should not be", measured.false_triggers)
    if measured.missing:
        lines.append(f"  {count(measured.missing, 'run')} without a result, left out")
    wrong = [query for query in measured.queries if not query.passed]
    lines += [_line(query) for query in wrong[:MOST_LISTED]]
    if len(wrong) > MOST_LISTED:
        lines.append(f"  and {len(wrong) - MOST_LISTED} more; --json lists all")
    return [*lines, f"spent {shown_usage(measured.usage)}"]


def _rate(says: str, score: Score | None) -> list[str]:
    if score is None:
        return [f"  {says}: no such queries"]
    interval = f"95 % interval [{percent(score.low)}, {percent(score.high)}]"
    return [f"  {says}: {percent(score.mean)}, {interval}"]


def _line(query: QueryResult) -> str:
    missed = "missed" if query.should_trigger else "false trigger"
    instead = f"; loaded {', '.join(query.others)}" if query.others else ""
    asked = " ".join(query.query.split())[:LONGEST_LISTED]
    return f"  {missed}, {query.loaded} of {query.runs} runs{instead}: {asked}"
