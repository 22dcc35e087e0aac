"""`skillopt mine`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from skillopt.cli.arguments import AsJson, Tasks
from skillopt.cli.options import SPEND, with_settings
from skillopt.cli.output import (
    count,
    from_here,
    one_line,
    print_json,
    say,
    say_folded,
    say_next,
    shown_usage,
    tell,
    tell_rest,
    tell_warnings,
)
from skillopt.cli.store import quoted
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.app.mine import Mined
    from skillopt.core.mining.candidate import Candidate

FAILED = 4
"""Exit code where the optimizer failed while it drafted; what it drafted before is kept."""

MOST_SKIPPED = 10
"""How many skipped records are said; --json has more."""

SHOWN = 400
"""Characters of an input or an answer in a list."""

DEFAULT = "find"

_DRAFTING = (
    "optimizer",
    "optimizer_params",
    "optimizer_api_base",
    "api_base",
    "drop_params",
    "timeout",
    "max_attempts",
    *(name for name in SPEND if name != "health_check"),
)
_Split = Literal["train", "validation", "test"]


class MineGroup(TyperGroup):
    """`skillopt mine FILE` is `skillopt mine find FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command before arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=MineGroup,
    help="Find candidate tasks in chat logs, traces and documents.\n\n"
    "They count only once a person has approved them. `skillopt mine SOURCE... --for SKILL` is "
    "short for `skillopt mine find`.",
    add_completion=False,
    no_args_is_help=True,
)

CandidatesPath = Annotated[
    Path, typer.Argument(help="The file of candidates.", metavar="FILE", dir_okay=False)
]
Split = Annotated[
    _Split | None, typer.Option("--split", help="Split, instead of the one by the id's hash.")
]

By = Annotated[
    str | None,
    typer.Option(
        "--as", help="Who decides; by default git's user.name, else the login name.", metavar="NAME"
    ),
]


@app.command(DEFAULT)
@with_settings(_DRAFTING)
def find_command(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Chat logs, exports of tracing tools, documents.", metavar="SOURCE..."),
    ],
    *,
    skill: Annotated[
        Path, typer.Option("--for", help="SKILL.md, its folder, or any Markdown file.")
    ],
    tasks: Tasks = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="File of candidates; by default beside the validation set."
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1000, help="Maximum number of new candidates.")
    ] = 100,
    split: Split = None,
    as_json: AsJson = False,
    given: dict[str, Any],
) -> None:
    """Find candidate tasks, and add the new ones to the file of candidates.

    Reads JSONL chat logs, exports of LangSmith, Langfuse, MLflow, Phoenix, Traceloop and
    OpenTelemetry, account exports of ChatGPT and Claude, and Markdown or text. From documents the
    optimizer drafts tasks; without one, or with the practice optimizer, their own questions and
    answers are taken. No validation set is changed.

    Example: skillopt mine find logs/chat.jsonl --for skills/triage-support-tickets
    """
    from skillopt.app.mine import mine

    found = mine(sources, skill, validation_set=tasks, out=out, limit=limit, split=split, **given)
    if as_json:
        print_json(found)
    else:
        _say_found(found)
    if found.failed:
        tell(f"skillopt: drafting ended early: {found.failed}")
        raise typer.Exit(FAILED)


def _say_found(found: Mined) -> None:
    told = [f"{one.source}: skipped: {one.reason}" for one in found.skipped[:MOST_SKIPPED]]
    tell_warnings(told)
    if found.skipped_total > len(told):
        tell(f"and {found.skipped_total - len(told):,} more skipped; --json names them")
    new = len(found.candidates)
    say(f"{count(found.found, 'question')} read, {count(new, 'new candidate')}")
    for number, what in (
        (found.in_set, "nearly the same as tasks of the validation set"),
        (found.known, "candidates before"),
        (found.copies, "nearly the same as another one"),
        (found.left_out, "left out; a higher --limit takes them"),
        (found.redacted, "with a secret taken out"),
    ):
        if number:
            say(f"  {number:,} {what}")
    if found.usage.calls:
        say(f"spent {shown_usage(found.usage)}")
    if new:
        file = from_here(found.file)
        say(f"wrote {file}")
        say_next(f"skillopt mine review {quoted(file)}")


@app.command("list")
def list_command(
    file: CandidatesPath,
    *,
    status: Annotated[
        Literal["new", "approved", "refused", "added"] | None,
        typer.Option("--status", help="Only candidates of this status."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of results.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List candidates with their input, recorded answer and source.

    Example: skillopt mine list validation_sets/triage.candidates.yaml --status new
    """
    from skillopt.app.review import listed

    found = listed(file)
    wanted = [one for one in found.candidates if status in (None, one.status)]
    shown = wanted[:limit]
    if as_json:
        rows = [one.model_dump(mode="json") for one in shown]
        print_json({"candidates": rows, "total": len(wanted)})
        return
    for one in shown:
        say_candidate(one)
    if not wanted:
        say("no candidates")
    tell_rest(len(shown), len(wanted))


def say_candidate(one: Candidate) -> None:
    """Print a candidate; its texts cannot pass for lines of the report."""
    from skillopt.core.mining.candidate import input_text

    say(f"{one.id}  {one.status}, {one.split}")
    rows = {
        "input": input_text(one.input),
        "recorded": one.recorded,
        "expected": one.expected,
        "source": one.source,
        "by": one.decided_by,
        "reason": one.reason,
    }
    for name, value in rows.items():
        if value is not None:
            say_folded(f"{name}: {_shown(value)}", indent="  ")


def _shown(value: Any) -> str:
    text = one_line(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@app.command("approve")
def approve_command(
    file: CandidatesPath,
    ids: Annotated[
        list[str] | None,
        typer.Argument(help="Ids; by default those marked `status: approved`.", metavar="[ID...]"),
    ] = None,
    *,
    expected: Annotated[
        str | None, typer.Option("--expected", help="The right answer, of one candidate.")
    ] = None,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="The recorded answers are right.")
    ] = False,
    split: Split = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add candidates to the validation set.

    All of them or, if one of them has no right answer or is in the set already, none.

    Example: skillopt mine approve triage.candidates.yaml refund-march-1b2c3d4e --expected billing
    """
    from skillopt.app.review import approve

    done = approve(file, ids or [], expected=expected, recorded=recorded, split=split, by=by)
    if as_json:
        print_json(done)
        return
    for name in done.added:
        say(f"added {name}")
    for name in done.already:
        say(f"{name} is in the validation set already")
    if done.added:
        say(f"{count(len(done.added), 'task')} added to {from_here(done.validation_set)}")


@app.command("refuse")
def refuse_command(
    file: CandidatesPath,
    ids: Annotated[list[str], typer.Argument(help="Ids of candidates.", metavar="ID...")],
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, in one line.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Refuse candidates; no later search proposes them again.

    Example: skillopt mine refuse triage.candidates.yaml thanks-bye-1b2c3d4e --reason "no question"
    """
    from skillopt.app.review import refuse

    refuse(file, ids, reason=reason, by=by)
    if as_json:
        print_json({"refused": ids})
        return
    say(f"refused {count(len(set(ids)), 'candidate')}")


@app.command("edit")
def edit_command(
    file: CandidatesPath,
    candidate: Annotated[str, typer.Argument(help="Id of a candidate.", metavar="ID")],
    *,
    expected: Annotated[
        str | None, typer.Option("--expected", help="The right answer, as text.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--input", help="What the target is asked, as one text.")
    ] = None,
    split: Split = None,
    as_json: AsJson = False,
) -> None:
    """Change a candidate before it is approved; a refused one is new again.

    Example: skillopt mine edit triage.candidates.yaml refund-march-1b2c3d4e --expected billing
    """
    from skillopt.app.mined_candidates import edit_candidate

    found = edit_candidate(file, candidate, input=text, expected=expected, split=split)
    if as_json:
        print_json({"candidate": found.model_dump(mode="json")})
        return
    say(f"edited {candidate}")


@app.command("review")
def review_command(file: CandidatesPath) -> None:
    """Ask about each new candidate in turn.

    Example: skillopt mine review validation_sets/triage.candidates.yaml
    """
    import sys

    from skillopt.cli.mine_review import review

    if not sys.stdin.isatty():
        raise InputError(
            "review asks questions, and standard input is not a terminal; use `skillopt mine list`,"
            " `approve` and `refuse`, or edit the file"
        )
    review(file)
