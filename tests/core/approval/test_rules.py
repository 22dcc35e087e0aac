"""Names and reasons of decisions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from skillopt.core.approval.decision import Decision
from skillopt.core.approval.rules import person, reason, told
from skillopt.errors import InputError


def test_a_name_is_one_line() -> None:
    assert person(" Ana\n B ", "git").name == "Ana B"
    for wrong in ("", "\n\t", "x" * 101):
        with pytest.raises(InputError, match="--as NAME"):
            person(wrong, "given")


def test_what_steers_a_terminal_or_is_no_text_is_replaced() -> None:
    assert person("A\x1b[31m\0\udcff", "given").name == "A\ufffd[31m\ufffd\ufffd"
    assert reason("<b>\a\n\ud800</b>", "refused") == "<b>\ufffd \ufffd</b>"
    assert (
        reason("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "refused").count("\u200c") == 1
    )


def test_only_a_refusal_needs_a_reason() -> None:
    assert reason(" too\n long ", "refused") == "too long"
    assert reason("", "approved") == reason(" ", "edited") == ""
    with pytest.raises(InputError, match="--reason TEXT"):
        reason(" \n", "refused")
    with pytest.raises(InputError, match="501 characters; at most 500"):
        reason("x" * 501, "approved")


def test_what_is_said_of_a_decision() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    fields = {"entry": "e", "person": "Bo", "known_by": "given", "decided": at}
    refused = Decision(kind="refused", reason="no", **fields)
    assert told(refused) == "Bo refused it on 2026-01-02 at 03:04 UTC: no"
    assert told(Decision(kind="approved", entry="e", person="Bo", known_by="git")) == (
        "Bo approved it"
    )
