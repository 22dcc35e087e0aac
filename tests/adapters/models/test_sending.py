"""Messages as a request can carry them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillopt.adapters.models.sending import sendable
from skillopt.core.evaluation.task import Message


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_can_be_sent_and_a_sound_one_is_unchanged(text: str) -> None:
    (sent,) = sendable([Message(role="user", content=text)])
    assert sent["role"] == "user"
    sent["content"].encode("utf-8")
    sound = not any("\ud800" <= character <= "\udfff" for character in text)
    assert (sent["content"] == text) is sound
