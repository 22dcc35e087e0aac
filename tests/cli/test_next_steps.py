"""What a command suggests to type next works when it is typed."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest

from skillopt.cli.main import run
from tests.app.tickets import project

GATE = ("gate", "tickets.md", "new.md", "--tasks", "validation_sets/tickets.yaml")


class Ended(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def steps(self) -> list[str]:
        """The commands after `next:`."""
        last = self.out[self.out.rindex("next:") :].removeprefix("next:")
        return [step.strip() for step in last.strip().splitlines()]


class Cli(Protocol):
    def __call__(self, *arguments: str) -> Ended: ...


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKILLOPT_LEDGER", raising=False)
    project(tmp_path)

    def call(*arguments: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["skillopt", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            run()
        assert isinstance(left.value.code, int)
        return Ended(left.value.code, *capsys.readouterr())

    return call


def follow(cli: Cli, steps: list[str]) -> None:
    for step in steps:
        program, *arguments = shlex.split(step)
        if program == "diff":
            assert subprocess.run(["diff", *arguments], check=False).returncode == 1, step
        else:
            assert program == "skillopt"
            done = cli(*arguments)
            assert done.code == 0, (step, done.err)


@pytest.mark.parametrize(
    ("options", "last"),
    [
        ((), "skillopt revert tickets.md"),
        (("--no-write",), "skillopt revert tickets.md "),
        (("--out", "tuned.md"), "diff tickets.md tuned.md"),
        (("--ledger", "other.db"), "skillopt revert tickets.md --ledger other.db"),
    ],
)
def test_after_a_tuning(cli: Cli, options: tuple[str, ...], last: str) -> None:
    done = cli("tune", "tickets.md", "--rounds", "2", *options)
    assert done.code == 0, done.err
    assert done.steps[-1].startswith(last)
    follow(cli, done.steps)


def test_not_written_the_suggested_revert_writes_it(cli: Cli, tmp_path: Path) -> None:
    before = (tmp_path / "tickets.md").read_bytes()
    done = cli("tune", "tickets.md", "--rounds", "2", "--no-write")
    assert (tmp_path / "tickets.md").read_bytes() == before
    follow(cli, done.steps[-1:])
    assert (tmp_path / "tickets.md").read_bytes() != before


@pytest.mark.parametrize(
    "arguments",
    [
        GATE,
        (*GATE, "--ledger", "other.db"),
        ("aa", "tickets.md", "--contests", "20"),
        ("init", "answer-questions"),
    ],
    ids=" ".join,
)
def test_after_other_commands(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = cli(*arguments)
    assert done.code == 0, done.err
    follow(cli, done.steps)


def test_from_another_folder_the_ledger_of_the_skills_project_is_named(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "skillopt.toml").touch()
    monkeypatch.chdir(other)
    tasks = ("--tasks", "../validation_sets/tickets.yaml")
    done = cli("gate", "../tickets.md", "../new.md", *tasks)
    assert done.code == 0, done.err
    assert done.steps[0].endswith(" --ledger ../.skillopt/ledger.db")
    follow(cli, done.steps)


def test_after_going_back_and_after_taking_in(cli: Cli) -> None:
    assert cli(*GATE, "--ledger", "other.db").code == 0
    taken = cli("ledger", "import", "other.db")
    follow(cli, taken.steps)
    assert cli("tune", "tickets.md", "--rounds", "1").code == 0
    versions = cli("revert", "tickets.md").out.split()
    back = cli("revert", "tickets.md", versions[0])
    assert back.code == 0, back.err
    follow(cli, back.steps)
    pruned = cli("ledger", "prune", "--older-than", "0h", "--yes")
    follow(cli, pruned.steps)
