"""A run's report, from the ledger to a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from skillopt.adapters.files.atomic import replace_file
from skillopt.app.environment import environment_secrets
from skillopt.core.redaction import REDACTED
from skillopt.core.report.facts import RunFacts
from skillopt.core.report.making import report_of
from skillopt.core.report.values import Report
from skillopt.core.value import Value
from skillopt.errors import InputError

if TYPE_CHECKING:
    from skillopt.adapters.ledger import SqlLedger

Form = Literal["html", "md"]
MARKS: dict[Form, str] = {"html": '<meta name="generator" content="skillopt report">',
                          "md": "<!-- skillopt report -->"}  # fmt: skip
"""What a report has near its beginning: a file with it may be written again."""
_SHORTEST_SECRET = 12
"""Characters of a variable's value that is shown nowhere, as on the terminal."""
_LOOKED_AT = 2_000
"""Bytes of a file that are looked at for the mark."""


class WrittenReport(Value):
    """What was written."""

    run: str
    written: str
    format: Form
    bytes: int


async def run_report(ledger: SqlLedger, run: str | None = None) -> Report:
    """The report of a run.

    Args:
        ledger: that has it.
        run: its id or the beginning of one; by default the newest run.

    Raises:
        InputError: there is no such run, or several have that beginning.
    """
    if run is None:
        newest = await ledger.list_runs(limit=1)
        if not newest:
            raise InputError("the ledger has no runs; start one with `skillopt tune SKILL.md`")
        run = newest[0].record.id
    facts = await ledger.run_facts(run)
    return report_of(_without(facts, environment_secrets(shortest=_SHORTEST_SECRET)))


def report_text(report: Report, form: Form) -> str:
    """A report as a page or as Markdown.

    Raises:
        InputError: a page needs matplotlib, which is not installed.
    """
    if form == "md":
        from skillopt.pages.report_markdown import report_markdown

        return report_markdown(report)
    from skillopt.pages.report_html import report_html

    return report_html(report)


def write_report(report: Report, path: Path, form: Form) -> WrittenReport:
    """Write a report into a new file, or over an earlier report.

    Raises:
        InputError: the file is something else, or cannot be written.
    """
    check_place(path, form)
    data = report_text(report, form).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data)
    except OSError as error:
        raise InputError(f"-o {path}: cannot be written: {error.strerror}") from None
    return WrittenReport(run=report.run, written=str(path), format=form, bytes=len(data))


def check_place(path: Path, form: Form) -> None:
    """Check that a report may go there.

    Raises:
        InputError: there is a folder, or a file that is no report of that format.
    """
    if path.is_dir():
        raise InputError(f"-o {path} is a folder; name a file in it, such as {path}/report.{form}")
    if not path.exists():
        return
    try:
        with path.open("rb") as stream:
            begin = stream.read(_LOOKED_AT)
    except OSError as error:
        raise InputError(f"-o {path}: cannot be read: {error.strerror}") from None
    if MARKS[form].encode() not in begin:
        raise InputError(
            f"{path} exists and is no report of skillopt in this format; nothing was written; "
            "name another file with -o"
        )


def _without(facts: RunFacts, secrets: Sequence[str]) -> RunFacts:
    """The facts without the values of secret variables, should a text have quoted one."""
    text = facts.model_dump_json()
    spelled = [json.dumps(secret, ensure_ascii=False)[1:-1] for secret in secrets]
    if not any(secret in text for secret in spelled):
        return facts
    return RunFacts.model_validate(_clean(facts.model_dump(), secrets))


def _clean(content: Any, secrets: Sequence[str]) -> Any:
    match content:
        case str():
            for secret in secrets:
                content = content.replace(secret, REDACTED)
            return content
        case bytes():
            for secret in secrets:
                content = content.replace(secret.encode(), REDACTED.encode())
            return content
        case dict():
            return {name: _clean(value, secrets) for name, value in content.items()}
        case list() | tuple() | frozenset():
            return type(content)(_clean(value, secrets) for value in content)
        case _:
            return content
