"""`skillopt import-tasks`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from skillopt.cli.arguments import AsJson
from skillopt.cli.near_copies import warn_of
from skillopt.cli.output import count, from_here, print_json, say, say_next, tell_warnings
from skillopt.cli.store import quoted

if TYPE_CHECKING:
    from skillopt.app.import_tasks import ImportedTasks


def command(  # noqa: PLR0913 - each is an option of its own
    file: Annotated[
        Path, typer.Argument(help="YAML, JSON, JSONL or CSV.", metavar="FILE", dir_okay=False)
    ],
    *,
    skill: Annotated[
        Path | None,
        typer.Option("--for", help="The skill: the file is written where its tasks are found."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File to write; by default FILE's name and .tasks.yaml."),
    ] = None,
    input_field: Annotated[
        list[str] | None,
        typer.Option(help="Field of the input, such as `inputs.question`. Repeatable: joined."),
    ] = None,
    expected_field: Annotated[
        str | None, typer.Option(help="Field of the expected answer.")
    ] = None,
    id_field: Annotated[str | None, typer.Option(help="Field of the id.")] = None,
    split_field: Annotated[str | None, typer.Option(help="Field of the split.")] = None,
    check: Annotated[
        Literal["exact", "contains", "number", "json", "rubric"] | None,
        typer.Option(help="How expected answers are compared."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write an eval set of another format as a validation set.

    Reads promptfoo, a skill's evals.json, inspect, OpenAI evals, LangSmith, MLflow, DSPy, GEPA, and
    any rows with a question and an answer. What cannot be taken over is named and counted.

    Example: skillopt import-tasks promptfooconfig.yaml --for skills/triage-support-tickets
    """
    from skillopt.app.import_tasks import import_tasks

    done = import_tasks(
        file,
        skill=skill,
        out=out,
        input_fields=tuple(input_field or ()),
        expected_field=expected_field,
        id_field=id_field,
        split_field=split_field,
        check=check,
    )
    if as_json:
        print_json(done)
        return
    _say(done, skill)


def _say(done: ImportedTasks, skill: Path | None) -> None:
    warnings = done.report.warnings
    for line in done.report.lines[: len(done.report.lines) - len(warnings)]:
        say(line)
    if done.with_secrets:
        warnings.append(f"{count(done.with_secrets, 'task')} with what looks like a secret")
    tell_warnings(warnings)
    warn_of(done.near_copies)
    sizes = ", ".join(f"{number} {name}" for name, number in done.splits.items())
    say(f"wrote {from_here(done.written)}: {count(sum(done.splits.values()), 'task')} ({sizes})")
    if done.uses_judge:
        say("its rubrics need a --judge")
    if skill is not None:
        say_next(f"skillopt doctor {quoted(skill)}")
