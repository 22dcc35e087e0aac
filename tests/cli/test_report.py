"""`skillopt report`, as it is typed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from skillopt.cli.main import run
from tests.app.tickets import project
from tests.pages.hostile import Page


class Ended(NamedTuple):
    code: int
    out: str
    err: str


class Cli(Protocol):
    def __call__(self, *arguments: str) -> Ended: ...


@pytest.fixture
def cli(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Cli]:
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name == "SKILLOPT_LEDGER":
            monkeypatch.delenv(name)
    monkeypatch.chdir(project(tmp_path))

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["skillopt", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run()
        assert isinstance(left.value.code, int)
        return Ended(left.value.code, *capsys.readouterr())

    return call


def test_a_tuned_skill_is_reported_in_every_form(cli: Cli, tmp_path: Path) -> None:
    assert cli("tune", "tickets.md", "--rounds", "2", "--max-calls", "900").code == 0
    name = json.loads(cli("runs", "show", "--json").out)["record"]["id"]

    done = cli("report")
    place = tmp_path / f"report-{name}.html"
    size = f"{place.stat().st_size / 1000:,.0f} kB"
    assert (done.code, done.out.splitlines()[0]) == (0, f"wrote {place.name}: {size}")
    page = place.read_text(encoding="utf-8")
    assert Page(page).wrong == []
    assert "of 900 calls" in page
    assert "Ticket test" not in page

    printed = cli("report", name[:13], "-o", "-").out
    assert printed == page
    markdown = cli("report", "-o", "-", "--format", "md").out
    assert markdown.startswith("<!-- skillopt report -->\n## skillopt: tune run of tickets")
    assert "Ticket test" not in markdown

    made = json.loads(cli("report", "-o", "notes.md", "--json").out)
    assert made["format"] == "md"
    assert (tmp_path / "notes.md").read_text(encoding="utf-8") == markdown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("-o", "tickets.md"), "tickets.md exists and is no report of skillopt in this format"),
        (("-o", "validation_sets"), "validation_sets is a folder; name a file in it"),
        (("-o", "-", "--json"), "both take standard output"),
        (("nothing", "--ledger", "none.db"), "no ledger at none.db"),
    ],
)
def test_what_cannot_be_is_said(cli: Cli, arguments: tuple[str, ...], says: str) -> None:
    ended = cli("report", *arguments)
    assert ended.code in (2, 4)
    assert says in " ".join(ended.err.split())
