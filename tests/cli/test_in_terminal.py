"""What a person sees: every command in a terminal of 60 and of 160 columns, and in a pipe."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.emulator import Session, in_terminal
from tests.scripted import ROOT, skillopt_process

WIDTHS = (60, 160)
SKILL = Path("skills/changelog-lines/SKILL.md")
TUNE = ("tune", str(SKILL), "--rounds", "1", "--no-write")


def project(folder: Path) -> Path:
    """The sample skills in a project of their own."""
    for name in ("skills", "validation_sets"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "skillopt.toml").write_text("")
    return folder


class Tuned(NamedTuple):
    """A project with a finished run in its ledger, and what was seen of the run."""

    folder: Path
    seen: Session


@pytest.fixture(scope="module")
def tunings(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Tuned]:
    """Runs in terminals of that many columns, each once."""

    @cache
    def once(columns: int) -> Tuned:
        folder = project(tmp_path_factory.mktemp("tuned"))
        return Tuned(folder, in_terminal(*TUNE, cwd=folder, columns=columns))

    return once


@pytest.fixture(scope="module")
def tuned(tunings: Callable[[int], Tuned]) -> Path:
    """A project with a finished run in its ledger."""
    folder, seen = tunings(WIDTHS[0])
    assert seen.code == 0, "\n".join(seen.text)
    return folder


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_run_fits_the_terminal_and_leaves_only_its_report(
    columns: int, tunings: Callable[[int], Tuned]
) -> None:
    ended = tunings(columns).seen
    assert ended.code == 0, "\n".join(ended.text)
    assert ended.widest <= columns
    text = "\n".join(ended.text)
    assert "\x1b[?25l" in ended.raw, "there was a live view"
    assert not ended.cursor_hidden
    assert "━" not in text
    assert "spent: " not in text
    assert sum(line.startswith("round 1") for line in ended.text) <= 2
    assert "next:" in text
    assert ended.coloured


COMMANDS = (
    ("--help",),
    ("tune", "--help"),
    ("ledger", "--help"),
    ("ledger", "list"),
    ("ledger", "stats"),
    ("ledger", "search", "answer"),
    ("ledger", "why", str(SKILL)),
    ("runs",),
    ("runs", "show"),
    ("revert", str(SKILL)),
    ("doctor", str(SKILL)),
    ("tune", str(SKILL), "--dry-run"),
    ("ledger", "list", "--no-such-option"),
    ("ledger", "show", "zzzz"),
)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_fits_the_terminal(
    arguments: tuple[str, ...], columns: int, tuned: Path
) -> None:
    ended = in_terminal(*arguments, cwd=tuned, columns=columns)
    assert ended.widest <= columns, "\n".join(ended.text)
    assert "Traceback" not in ended.raw


def test_a_proposal_is_shown_as_a_coloured_diff_that_fits(tuned: Path) -> None:
    listed = skillopt_process("ledger", "list", cwd=tuned)
    entry = listed.stdout.split()[0]
    ended = in_terminal("ledger", "show", entry, cwd=tuned, columns=60)
    assert ended.code == 0
    assert ended.widest <= 60
    assert any(line.startswith("+") for line in ended.text)
    assert ended.coloured


def test_no_color_is_respected(tuned: Path) -> None:
    entry = skillopt_process("ledger", "list", cwd=tuned).stdout.split()[0]
    for arguments in (("ledger", "show", entry), ("ledger", "list"), ("--help",)):
        ended: Session = in_terminal(*arguments, cwd=tuned, columns=80, NO_COLOR="1")
        assert ended.code == 0
        assert not ended.coloured


def test_a_run_without_colour_has_none(tuned: Path) -> None:
    ended = in_terminal(*TUNE, cwd=tuned, columns=80, NO_COLOR="1")
    assert ended.code == 0
    assert not ended.coloured


def test_in_a_pipe_there_are_plain_lines(tuned: Path) -> None:
    ended = skillopt_process(*TUNE, cwd=tuned)
    assert ended.returncode == 0, ended.stderr
    for stream in (ended.stdout, ended.stderr):
        assert "\x1b" not in stream
        assert "\r" not in stream
    assert "round 1" in ended.stdout
    assert "next:" in ended.stdout
