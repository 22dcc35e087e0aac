"""Slips of models are fixed, and what stands in strings is kept to the letter."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillopt.core.lenient_json import DEEPEST, Elided, lenient

texts = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
).filter(lambda value: "Infinity" not in json.dumps(value))
SKILL = '\n- Say "two", don\'t say `one`: see https://example.com/#a # and {x}\n\n'
EDIT = {"kind": "insert", "text": SKILL}


@given(st.dictionaries(texts, values, max_size=4))
def test_json_and_python_are_read_as_they_are(content: dict[str, object]) -> None:
    assert lenient(json.dumps(content, indent=1)) == content


@pytest.mark.parametrize(
    "written",
    [
        repr(EDIT),
        json.dumps(EDIT)[:-1] + ",}",
        json.dumps(EDIT).replace("\\n", "\n"),
        json.dumps(EDIT).replace('\\"', '"'),
        json.dumps(EDIT).replace("'", "\\'"),
        json.dumps(EDIT).replace("`", "\\`"),
        json.dumps(EDIT).replace('"kind"', "kind"),
        json.dumps(EDIT, indent=2).replace(",\n", "\n"),
        json.dumps(EDIT, indent=2).replace(' "kind"', ' // what [it is\n/* it\'s */ "kind"'),
        json.dumps(EDIT, indent=2).replace(' "kind"', ' # what {it is\n "kind"'),
        '{"kind": """insert""", "text": ' + json.dumps(SKILL) + "}",
    ],
)
def test_a_slip_changes_no_letter_of_a_string(written: str) -> None:
    assert lenient(written) == EDIT


def test_typographic_quotes_around_strings_and_in_them() -> None:
    written = "{“idea”: “Say “two” for beta”, “edits”: [“a\\n”]}"
    assert lenient(written) == {"idea": "Say “two” for beta", "edits": ["a\n"]}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("{'gain': +.5}", 0.5),
        ("{'gain': 5.}", 5.0),
        ("{gain: None}", None),
        ("{gain: True}", True),
        (r'{"gain": "C:\path\_x \d \u12 \x41"}', r"C:\path\_x \d \u12 A"),
        (r'{"gain": "\ud83d\ude00",}', "\U0001f600"),
    ],
)
def test_other_spellings(written: str, found: object) -> None:
    assert next(iter(lenient(written).values())) == found


@pytest.mark.parametrize(
    "written",
    [
        '{"edits": [{"kind": "insert"}, ...]}',
        '{"edits": [...]}',
        '{"edits": […]}',
        '{"edits": [{"kind": "insert"} // ... and the rest\n]}',
    ],
)
def test_what_is_left_out_by_dots_is_not_read(written: str) -> None:
    with pytest.raises(Elided):
        lenient(written)


@pytest.mark.parametrize(
    "written",
    [
        '{"a": 1, "a": 2,}',
        '{"a": "cut',
        '{"a": 1',
        "{a 1}",
        '{"a": NaN}',
        '{"a": 1}}',
        "[" * (DEEPEST + 2) + "]" * (DEEPEST + 2),
        '{"a": "' + "\n" * 50_000,
        '{"a": ' + '"' * 50_000,
    ],
)
def test_other_errors_are_not_read(written: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - it is the one it raises
        lenient(written)
    assert not isinstance(error.value, Elided)
