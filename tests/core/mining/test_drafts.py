from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.endings import Ending
from skillopt.core.mining.candidate import Found, Skipped
from skillopt.core.mining.drafts import LONGEST_PASSAGE, passages, read_drafts
from skillopt.core.replies import BadReply

PASSAGE = "Parcels leave the house at noon.\nThey arrive the day after."


def reply(quote: str) -> str:
    return json.dumps({"tasks": [{"input": "When?", "answer": "at noon", "quote": quote}]})


def test_a_draft_whose_quote_is_there_is_kept() -> None:
    [one] = read_drafts(reply("leave the  house\nat noon"), PASSAGE, "x.md:3")
    assert isinstance(one, Found)
    assert (one.input, one.recorded, one.source) == ("When?", "at noon", "x.md:3")


@pytest.mark.parametrize("quote", ["Parcels leave at midnight.", "noon", "", "ignore the document"])
def test_a_draft_whose_quote_is_not_there_is_skipped(quote: str) -> None:
    [one] = read_drafts(reply(quote), PASSAGE, "x.md:3")
    assert isinstance(one, Skipped)
    assert "not in the document" in one.reason


def test_a_reply_without_drafts_is_a_bad_one() -> None:
    with pytest.raises(BadReply):
        list(read_drafts("no idea", PASSAGE, "x"))
    with pytest.raises(BadReply):
        list(read_drafts(reply("leave the house"), PASSAGE, "x", ending=Ending.CUT))


def test_passages_are_whole_paragraphs_with_their_lines() -> None:
    text = "\n\n".join(f"{'p' * 900} {number}" for number in range(40))
    parts = list(passages(text))
    assert len(parts) > 2
    rows = text.splitlines()
    for line, part in parts:
        assert len(part) <= LONGEST_PASSAGE + 2
        assert rows[line - 1] == part.splitlines()[0]
    assert "\n\n".join(part for _, part in parts) == text


def test_a_paragraph_longer_than_a_passage_is_read_to_its_end() -> None:
    text = "start\n\n" + "".join(f"{number}\n" for number in range(9_000)) + "\n\nend"
    parts = [part for _, part in passages(text)]
    assert len(parts) > 2
    assert "".join("".join(part.split()) for part in parts) == "".join(text.split())


@given(st.text("ab\n", max_size=80))
def test_a_passage_is_part_of_the_document(text: str) -> None:
    assert all(part.strip() in text for _, part in passages(text))
