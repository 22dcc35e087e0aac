"""The console script: one message and an exit code, never a traceback."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from skillopt.cli import main
from skillopt.errors import CallFailed, InputError, LedgerError, SettingsError
from tests.cli.commands import ran, said


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """A command that runs in this process takes the signals, and ends with them ignored."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _garbage_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def ended(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    *arguments: str,
) -> tuple[object, str, str]:
    """Exit code, stdout and stderr where the command ends with ``error``."""

    def fails(**_named: object) -> None:
        raise error

    monkeypatch.setattr(main, "app", fails)
    monkeypatch.setattr(sys, "argv", ["skillopt", *arguments])
    with pytest.raises(SystemExit) as left:
        main.run()
    return (left.value.code, *capsys.readouterr())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("no such file: x.md"), 2),
        (SettingsError("rounds is -1"), 2),
        (CallFailed("the provider is down"), 4),
        (LedgerError("the disk is full"), 4),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: Exception,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert ended(monkeypatch, capsys, error) == (code, "", f"skillopt: {error}\n")


def test_with_json_the_error_is_an_object_as_well(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = SettingsError("rounds is -1")
    code, out, err = ended(monkeypatch, capsys, error, "tune", "--json")
    assert code == 2
    assert json.loads(out) == {"error": {"kind": "SettingsError", "message": "rounds is -1"}}
    assert err == "skillopt: rounds is -1\n"


def test_an_interrupted_command_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ended(monkeypatch, capsys, SystemExit(130))
    assert (code, out) == (130, "")
    assert err == "skillopt: interrupted; run the same command to resume\n"


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_another_exit_is_passed_on_in_silence(
    code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, capsys, SystemExit(code)) == (code, "", "")


def test_a_mistake_of_our_own_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_named: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(main, "app", fails)
    with pytest.raises(KeyError, match="ours"):
        main.run()


def test_the_version_is_the_installed_one() -> None:
    assert said("--version") == f"skillopt {version('skillopt-ledger')}\n"


def test_without_a_command_there_is_help() -> None:
    result = ran()
    assert "Usage" in result.output
    assert result.output.split() == ran("--help").output.split()
    assert ran("-h").output == ran("--help").output


def test_a_working_directory_that_was_deleted_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, out, told = ended(monkeypatch, capsys, AssertionError("not reached"))
    assert (code, out) == (2, "")
    assert told.startswith("skillopt: the working directory was deleted; change to one")
