"""What skillopt has to say beside a result, such as a write that was completed."""

from __future__ import annotations

import logging

import pytest

from skillopt.cli.main import silence_libraries


def test_a_note_of_its_own_is_told_once_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    own = logging.getLogger("skillopt")
    before = list(own.handlers)
    try:
        silence_libraries()
        silence_libraries()
        own.warning("an interrupted write of forms was completed")
        logging.getLogger("somebody.else").warning("noise")
    finally:
        own.handlers = before
    told = capsys.readouterr()
    assert told.err == "warning: an interrupted write of forms was completed\n"
    assert told.out == ""
