"""One JSON object a line, appended whole or not at all, without secrets."""

from __future__ import annotations

import json
import os
import resource
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.listeners import JsonLines
from skillopt.adapters.listeners.hub import Listeners
from skillopt.adapters.listeners.json_lines import SCHEMA, line_of
from skillopt.core.events import Event, GateOpened, RunEnded, RunStarted, RunWarned
from skillopt.core.skill.skill import Skill
from skillopt.errors import InputError

STARTED = RunStarted(run="r", skill="s", resumed=False, rounds_done=0)
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)  # noqa: UP017


def opened(idea: str) -> GateOpened:
    return GateOpened(run="r", number=1, idea=idea)


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@given(st.text())
def test_a_line_is_one_object_whatever_the_text(text: str) -> None:
    line = line_of(opened(text), now=NOW)
    assert line.isascii()
    assert "\n" not in line
    told = json.loads(line)
    assert list(told)[:4] == ["schema", "time", "event", "run"]
    assert told["schema"] == SCHEMA
    assert told["time"] == "2026-01-02T03:04:05.678901+00:00"
    assert (told["event"], told["run"], told["number"]) == ("gate_opened", "r", 1)


def test_each_line_is_in_the_file_at_once_and_other_runs_append(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for run in ("one", "two"):
        listener = JsonLines(path)
        for event in (STARTED, opened("é\n\U0001f600"), RunEnded(run=run)):
            listener(event)
            assert read(path)[-1]["event"] == event.event
    assert [line["event"] for line in read(path)] == 2 * ["run_started", "gate_opened", "run_ended"]
    assert read(path)[1]["idea"] == "é\n\U0001f600"


def test_half_a_line_of_a_killed_run_is_ended_first(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"schema": 1, "eve')
    JsonLines(path)(STARTED)
    first, second = path.read_bytes().splitlines()
    assert first == b'{"schema": 1, "eve'
    assert json.loads(second)["event"] == "run_started"


def test_secrets_are_taken_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "hunter2-hunter2")
    path = tmp_path / "events.jsonl"
    key = "sk-proj-" + "a1B2c3D4e5F6" * 4
    JsonLines(path)(RunWarned(says=f"{key} and hunter2-hunter2", run="r"))
    text = path.read_text(encoding="utf-8")
    assert key not in text
    assert "hunter2" not in text


async def test_a_full_disk_ends_no_run_and_leaves_no_half_line(tmp_path: Path) -> None:
    """A limit on the size of files fails like a full disk: with a short write, then an error."""
    path = tmp_path / "events.jsonl"
    heard: list[Event] = []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with Listeners([JsonLines(path), heard.append]) as listeners:
        listeners.emit(STARTED)
        whole = path.read_bytes()
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, before[1]))
        try:
            listeners.emit(opened("fits not"))
            listeners.emit(opened("nor is it tried"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_bytes() == whole
    (warning,) = [event.says for event in heard if isinstance(event, RunWarned)]
    assert "the listener JsonLines failed on gate_opened" in warning
    assert heard[-1] == RunEnded(run="r")


def test_a_pipe_takes_lines_too(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    JsonLines(path)(STARTED)
    assert json.loads(os.read(reader, 65536))["event"] == "run_started"
    os.close(reader)


def test_what_can_be_no_file_is_refused_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="standard output, which holds the result; name a file"):
        JsonLines("-")
    with pytest.raises(InputError, match="it is a folder; name a file in it"):
        JsonLines(tmp_path)
    with pytest.raises(InputError, match=r"no such folder: .*nowhere; make it"):
        JsonLines(tmp_path / "nowhere" / "events.jsonl")


def test_a_huge_event_is_one_line(tmp_path: Path) -> None:
    from skillopt.core.events import VersionChosen

    path = tmp_path / "events.jsonl"
    big = Skill(text="# Big\n\n" + "word " * 400_000)
    JsonLines(path)(VersionChosen(run="r", shipped="improved", first=big, skill=big))
    (line,) = read(path)
    assert line["shipped"] == "improved"
