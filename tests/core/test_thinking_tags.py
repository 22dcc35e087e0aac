"""Tags around reasoning, and tags that a text is about."""

from __future__ import annotations

import pytest

from skillopt.core.thinking_tags import Quoting, tags_in


def test_tags_have_a_name_in_common_with_what_closes_them() -> None:
    (opens, closes, empty) = tags_in("<Thinking a='b'>hm</seed:think> <think/>")
    assert (opens.name, opens.closes, opens.empty) == ("think", False, False)
    assert (closes.name, closes.closes) == ("think", True)
    assert empty.empty


def test_tags_in_json_are_content_broken_json_too() -> None:
    assert list(tags_in('{"a": "<think>"}')) == []
    assert list(tags_in('{"a": "one\n</think>"}')) == []
    assert len(list(tags_in('{"a": "<think>'))) == 1


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("x TAG b", False),
        ("the TAG b", True),
        ("lathe TAG b", False),
        ("theTAG b", False),
        ("x TAG\ntag", False),
        ("x TAG tag", True),
        ("`TAG`", True),
        ("`TAG", False),
        ("`a` TAG `b`", False),
        ("`a\nTAG\n`", False),
        ("```\nTAG\n```", True),
        ("```\nTAG\n```\n```\n", False),
        ('"TAG"', True),
        ("'TAG'", True),
        ("don't TAG it's", False),
    ],
)
def test_where_a_tag_is_text(text: str, *, quoted: bool) -> None:
    at = text.index("TAG")
    assert Quoting(text).holds(at, at + 3, since=0) is quoted


def test_what_stands_before_does_not_count() -> None:
    text = "`TAG`"
    assert not Quoting(text).holds(1, 4, since=1)
